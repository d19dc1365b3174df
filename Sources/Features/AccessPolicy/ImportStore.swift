import Accounts
import Database
import Foundation

/// SQL of the import, over one connection.
struct ImportStore {
    let connection: any DatabaseConnection

    private static let names = ["radian_user", "radcheck", "radreply", "radusergroup"].map {
        (table: $0, statement: Statement("SELECT DISTINCT username FROM \($0)"))
    }
    private static let emails = Statement("SELECT email, id FROM radian_user WHERE email IS NOT NULL")
    private static let users = Statement(
        """
        INSERT INTO radian_user (id, username, email, first_name, last_name, is_active, created, modified)
        SELECT r.id, r.username, r.email, r.first_name, r.last_name, 1, r.created, r.created
        FROM {{rows id text, username text, email text, first_name text, last_name text, created bigint}}
        """)
    private static let credentials = Statement(
        """
        INSERT INTO radcheck (username, attribute, op, value, organization_id)
        SELECT r.username, r.attribute, r.op, r.value, r.organization
        FROM {{rows username text, attribute text, op text, value text, organization text}}
        """)
    private static let memberships = Statement(
        """
        INSERT INTO radian_organization_user (organization_id, user_id, created)
        SELECT r.organization, r.id, r.created FROM {{rows organization text, id text, created bigint}} WHERE true
        ON CONFLICT (organization_id, user_id) DO NOTHING
        """)

    /// Every user name that any table has. Tables that do not exist yet have none: a dry run may come before the first migration.
    func userNames() throws(DatabaseError) -> Set<String> {
        var names: Set<String> = []
        for (table, statement) in Self.names where try connection.tableExists(table) {
            try connection.query(statement, []) { row in names.insert(row.text(0)) }
        }
        return names
    }

    /// User ids by e-mail address in lower case.
    func idsByEmail() throws(DatabaseError) -> [String: String] {
        var ids: [String: String] = [:]
        guard try connection.tableExists("radian_user") else { return ids }
        try connection.query(Self.emails, []) { row in ids[row.text(0).lowercased()] = row.text(1) }
        return ids
    }

    /// Writes decisions, all or none of them, in one transaction.
    /// - Parameter organization: whose members the users become; nil for none, where links are nothing to write.
    func write(_ decisions: [ImportDecision], organization: Organization?) throws(DatabaseError) {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        var created: [(user: User, credential: PolicyItem)] = []
        var members: [String] = []
        for decision in decisions {
            switch decision.action {
            case .create(let user, let credential):
                created.append((user, credential))
                members.append(user.id)
            case .link(let userID): members.append(userID)
            }
        }
        try connection.transaction { () throws(DatabaseError) in
            try connection.executeRows(
                Self.users,
                columns: [
                    .text(created.map(\.user.id)), .text(created.map(\.user.username)), .text(created.map(\.user.email)),
                    .text(created.map(\.user.firstName)), .text(created.map(\.user.lastName)), .integer(created.map { _ in now }),
                ])
            try connection.executeRows(
                Self.credentials,
                columns: [
                    .text(created.map(\.user.username)), .text(created.map(\.credential.attribute)), .text(created.map(\.credential.op)),
                    .text(created.map(\.credential.value)), .text(created.map { _ in organization?.id }),
                ])
            guard let organization else { return }
            try connection.executeRows(
                Self.memberships,
                columns: [.text(members.map { _ in organization.id }), .text(members), .integer(members.map { _ in now })])
        }
    }
}
