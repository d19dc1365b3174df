import AccessPolicy
import Accounts
import Database
import OrganizationSettings

/// Writes the rows of a chunk and all that follows from them in one transaction.
struct ChunkWriter {
    /// A decided row with its credential, which is nil where no account is made.
    struct Row {
        let verdict: RowVerdict
        var credential: PolicyItem?
    }

    /// The batch whose rows these are.
    struct Record {
        let batchID: String
        let leases: BatchLeases
        let vault: CredentialVault
        /// When generated passwords are dropped, microseconds since 1970 UTC.
        let credentialsUntil: Int64
        /// Generated passwords go to their owners by e-mail.
        let mailsPasswords: Bool
    }

    let connection: any DatabaseConnection
    let target: UserImport.Target
    let hooks: BatchHooks
    /// Nil for an import that is no batch: it leaves no list to undo or resume.
    let record: Record?

    /// - Parameters:
    ///   - begin: rows before this chunk.
    ///   - end: rows before the next one.
    /// - Throws: the database's error, a hook's, or ``BatchLost``; nothing is written then.
    func write(_ rows: [Row], counts: ImportCounts, from begin: Int, to end: Int) throws {
        guard record != nil || counts.created + counts.linked > 0 else { return }
        var mails: [CredentialMail] = []
        try connection.inTransaction {
            // First, so that a second worker waits here instead of colliding with every row.
            if let record { try record.leases.advance(record.batchID, to: end, by: counts) }
            let created = try writeAccounts(rows)
            if let organization = target.organization { try enrol(rows, created, in: organization) }
            guard let record else { return }
            let generated = Self.generated(rows)
            try record.vault.append(
                generated.map(\.credential), batchID: record.batchID, position: begin, until: record.credentialsUntil)
            if record.mailsPasswords, let organization = target.organization {
                mails = generated.compactMap { entry in
                    entry.email.map {
                        CredentialMail(recipient: $0, username: entry.credential.username, password: entry.credential.password)
                    }
                }
                if !mails.isEmpty { try hooks.mail(connection, mails, organization) }
            }
            let problems = rows.compactMap { row in row.verdict.problem.map { ($0, row.verdict.row) } }
            try BatchStore(connection).add(problems.map { (problem: $0.0, row: $0.1) }, to: record.batchID)
        }
        if !mails.isEmpty { hooks.mailsQueued() }
    }

    /// Says that the batch is still worked on.
    func keepLease() throws {
        guard let record else { return }
        guard try record.leases.renew(record.batchID) else { throw BatchLost() }
    }

    private func writeAccounts(_ rows: [Row]) throws -> [User] {
        var created: [User] = []
        var credentials: [(username: String, item: PolicyItem)] = []
        for row in rows {
            guard case .create(let user, _) = row.verdict.outcome else { continue }
            created.append(user)
            if let item = row.credential { credentials.append((user.username, item)) }
        }
        try BulkUserStore(connection).add(created)
        try BulkPolicyStore(connection).addChecks(credentials)
        return created
    }

    /// Memberships, groups, the batch's list.
    private func enrol(_ rows: [Row], _ created: [User], in organization: Organization) throws {
        let users = BulkUserStore(connection)
        let createdIDs = Set(created.map(\.id))
        // A row may link an account that another row of the chunk made or linked.
        var linkedIDs: [String] = []
        var seen = createdIDs
        for row in rows {
            if case .link(let id) = row.verdict.outcome, seen.insert(id).inserted { linkedIDs.append(id) }
        }
        let linked = try users.users(linkedIDs)
        guard linked.count == linkedIDs.count else { throw DatabaseError(.foreignKey, "an account to link does not exist any more") }
        let members = try users.members(among: linkedIDs, of: organization.id)
        let everybody = created + linked
        let newMembers = seen.subtracting(members).sorted()
        try users.join(newMembers, organizationID: organization.id)
        let policy = BulkPolicyStore(connection)
        if let group = target.group {
            try policy.replaceGroups(
                of: everybody.map(\.username), by: group, organizationID: organization.id)
            for user in linked { try ChangeOutbox(connection).append(AccountChange(.userGroupsChanged, user.username)) }
        } else {
            try DefaultGroups.assign(userIDs: newMembers, organizationID: organization.id, over: connection)
        }
        let needsVerification = try hooks.settings(of: organization, over: connection).needsIdentityVerification
        try policy.register(
            everybody.map(\.id), organizationID: organization.id, method: "manual", isVerified: needsVerification,
            at: currentMicroseconds())
        guard let record else { return }
        let joined = Set(newMembers)
        try BatchStore(connection).add(
            everybody.map { user in
                BatchMember(
                    userID: user.id, username: user.username, isCreated: createdIDs.contains(user.id),
                    isJoined: joined.contains(user.id))
            }, to: record.batchID)
    }

    private static func generated(_ rows: [Row]) -> [(credential: GeneratedCredential, email: String?)] {
        rows.compactMap { row in
            guard case .create(let user, _) = row.verdict.outcome, let password = row.verdict.generatedPassword else { return nil }
            return (GeneratedCredential(username: user.username, password: password), user.email)
        }
    }
}

extension DatabaseConnection {
    /// A transaction whose body may throw errors of any layer; it leaves no trace then.
    func inTransaction<R>(_ body: () throws -> R) throws -> R {
        var failure: (any Error)?
        do {
            return try transaction { () throws(DatabaseError) -> R in
                do {
                    return try body()
                } catch {
                    failure = error
                    throw error as? DatabaseError ?? DatabaseError(.other, "the transaction was given up")
                }
            }
        } catch {
            throw failure ?? error
        }
    }
}
