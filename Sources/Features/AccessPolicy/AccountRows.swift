public import Database

/// FreeRADIUS's policy rows of accounts, which follow what happens to the account.
public enum AccountRows {
    private static let rename = ["radcheck", "radreply", "radusergroup"].map {
        Statement("UPDATE \($0) SET username = $2 WHERE username = $1")
    }

    /// Lets check items, reply items and groups follow a user to another name, in the transaction that renames the account.
    public static func rename(_ old: String, to new: String, over connection: any DatabaseConnection) throws(DatabaseError) {
        for statement in rename { try connection.execute(statement, [.text(old), .text(new)]) }
    }

    /// Removes what the tables hold of a user, in the transaction that removes the account. Accounting stays.
    public static func remove(_ username: String, over connection: any DatabaseConnection) throws(DatabaseError) {
        _ = try PolicyItemStore(connection).removeUser(username)
    }
}
