import AccessPolicy
import Accounts
import Database

/// What the row function asks about accounts that exist; it never sees more than the names of one chunk.
protocol AccountDirectory {
    /// Those of the names that nobody may take any more: user names of any table, e-mail addresses and telephone numbers of users.
    func takenNames(among names: [String]) throws(DatabaseError) -> Set<StoredName>
    /// Ids of accounts by e-mail address.
    /// - Parameter addresses: in lower case, as are the keys of the result.
    func ids(withEmails addresses: [String]) throws(DatabaseError) -> [String: String]
}

/// The accounts of a database. Tables that do not exist yet have none: a dry run may come before the first migration.
struct StoredAccounts: AccountDirectory {
    private let connection: any DatabaseConnection
    private let hasTables: Bool
    private let users: BulkUserStore
    private let policy: BulkPolicyStore

    init(_ connection: any DatabaseConnection) throws(DatabaseError) {
        self.connection = connection
        users = BulkUserStore(connection)
        policy = BulkPolicyStore(connection)
        let hasUsers = try connection.columnExists(table: "radian_user", column: "phone_number")
        let hasPolicy = try connection.tableExists("radusergroup")
        hasTables = hasUsers && hasPolicy
    }

    private static let names = Statement("SELECT username FROM radian_user WHERE username {{any $1 text}}")
    private static let phones = Statement("SELECT phone_number FROM radian_user WHERE phone_number {{any $1 text}}")

    func takenNames(among names: [String]) throws(DatabaseError) -> Set<StoredName> {
        guard hasTables, !names.isEmpty else { return [] }
        var taken = try policy.known(among: names)
        try connection.query(Self.names, [.texts(names)]) { row in taken.insert(StoredName(row.text(0))) }
        try connection.query(Self.phones, [.texts(names.filter { $0.hasPrefix("+") })]) { row in taken.insert(StoredName(row.text(0))) }
        let addresses = try users.accounts(withEmails: names.filter { $0.contains("@") }.map { $0.lowercased() })
        for name in names where addresses[name.lowercased()] != nil { taken.insert(StoredName(name)) }
        return taken
    }

    func ids(withEmails addresses: [String]) throws(DatabaseError) -> [String: String] {
        guard hasTables, !addresses.isEmpty else { return [:] }
        let accounts = try users.accounts(withEmails: addresses)
        return accounts.mapValues { $0.id }
    }
}
