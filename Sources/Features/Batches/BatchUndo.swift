import AccessPolicy
import Accounts
import Database

/// Takes back what a batch did, some hundreds of users in a transaction; a run that is interrupted is repeated.
///
/// Deletes the accounts that the batch made, except those that became somebody else's business: staff, managers, members of another
/// organization. Of them, and of accounts that it only linked, it ends the membership if the batch began it. Blocks.
struct BatchUndo {
    private static let chunkSize = 500
    let connection: any DatabaseConnection
    let files: BatchFiles

    /// Undoes a batch, finished or not, and deletes it.
    func run(_ batch: Batch, in organization: Organization) throws {
        let store = BatchStore(connection)
        // Whoever works on it notices at its next transaction.
        try BatchLeases(connection, owner: BatchLeases.newOwner()).seize(batch.id)
        while true {
            let members = try store.members(of: batch.id, after: "", limit: Self.chunkSize)
            if members.isEmpty { break }
            try connection.inTransaction { try takeBack(members, of: batch, in: organization) }
        }
        try connection.transaction { () throws(DatabaseError) in
            try store.delete(batch.id)
            try AuditLog(connection).batch(.undone, before: batch, after: nil)
        }
        files.remove(batch)
    }

    /// Deletes those users of a batch whose accounts ended before a time, and the batch itself when no user is left.
    /// - Parameter time: seconds since 1970 UTC.
    /// - Returns: whether the batch is gone.
    func removeEnded(_ batch: Batch, before time: Int64, in organization: Organization) throws -> Bool {
        let store = BatchStore(connection)
        while true {
            let members = try store.members(of: batch.id, endedBefore: time, after: "", limit: Self.chunkSize)
            if members.isEmpty { break }
            try connection.inTransaction { try takeBack(members, of: batch, in: organization) }
        }
        guard try !store.hasMembers(batch.id) else { return false }
        try connection.transaction { () throws(DatabaseError) in try store.delete(batch.id) }
        files.remove(batch)
        return true
    }

    private func takeBack(_ members: [BatchMember], of batch: Batch, in organization: Organization) throws {
        let store = BatchStore(connection)
        let users = BulkUserStore(connection)
        let policy = BulkPolicyStore(connection)
        let changes = ChangeOutbox(connection)
        let shared = try store.shared(among: members.map(\.userID), organizationID: organization.id)
        let deleted = members.filter { $0.isCreated && !shared.contains($0.userID) }
        let leaving = members.filter { $0.isJoined && (!$0.isCreated || shared.contains($0.userID)) }
        try policy.unregister(leaving.map(\.userID), organizationID: organization.id)
        try policy.leaveGroups(of: leaving.map(\.username), organizationID: organization.id)
        try users.leave(leaving.map(\.userID), organizationID: organization.id)
        for member in leaving { try changes.append(AccountChange(.userGroupsChanged, member.username)) }
        try policy.remove(deleted.map(\.username))
        for member in deleted { try changes.append(AccountChange(.userDisabled, member.username)) }
        try store.removeMembers(members.map(\.userID), of: batch.id)
        try users.remove(deleted.map(\.userID))
    }
}
