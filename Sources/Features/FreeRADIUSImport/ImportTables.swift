import Database
import RADIUSPipeline

/// SQL that writes FreeRADIUS's policy tables as an import wants it, over one connection.
struct ImportTables {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = [
        "radcheck": Statement("INSERT INTO radcheck (username, attribute, op, value) VALUES ($1, $2, $3, $4)"),
        "radreply": Statement("INSERT INTO radreply (username, attribute, op, value) VALUES ($1, $2, $3, $4)"),
        "radgroupcheck": Statement("INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)"),
        "radgroupreply": Statement("INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ($1, $2, $3, $4)"),
    ]
    private static let insertMembership = Statement("INSERT INTO radusergroup (username, groupname, priority) VALUES ($1, $2, $3)")
    private static let user = Statement(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM radcheck WHERE username = $1) OR EXISTS (SELECT 1 FROM radreply WHERE username = $1)
            OR EXISTS (SELECT 1 FROM radusergroup WHERE username = $1)
        """)
    private static let group = Statement(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM radgroupcheck WHERE groupname = $1)
            OR EXISTS (SELECT 1 FROM radgroupreply WHERE groupname = $1)
            OR EXISTS (SELECT 1 FROM radusergroup WHERE groupname = $1)
        """)

    /// Whether any row has this user name.
    func hasUser(_ name: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.user, [.text(name)]) { _ throws(DatabaseError) in true } ?? false
    }

    /// Whether any row has this group name.
    func hasGroup(_ name: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.group, [.text(name)]) { _ throws(DatabaseError) in true } ?? false
    }

    func add(_ row: UsersPlan.Row) throws(DatabaseError) {
        guard let statement = Self.insert[row.table.rawValue] else { return }
        try connection.execute(statement, [.text(row.owner), .text(row.attribute), .text(row.op), .text(row.value)])
    }

    func add(_ membership: UsersPlan.Membership) throws(DatabaseError) {
        try connection.execute(
            Self.insertMembership, [.text(membership.user), .text(membership.group), .integer(Int64(membership.priority))])
    }
}
