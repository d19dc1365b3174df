/// One connection for one thread at a time; every call blocks until the engine has answered.
///
/// Inside ``transaction(_:)`` the first error ends the transaction: later statements throw that error again and nothing is
/// committed, even if the body swallows it. (PostgreSQL works like this; SQLite is made to.)
public protocol DatabaseConnection: AnyObject {
    var dialect: Dialect { get }

    /// Runs one statement.
    /// - Returns: how many rows it inserted, updated or deleted.
    @discardableResult
    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int

    /// Runs one statement and hands over its rows, also those of `RETURNING`.
    ///
    /// The row is valid inside the call only. The closure may run other statements on this connection, not the same one.
    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError)

    /// Runs one statement for many rows, all or none of them.
    ///
    /// The SQL has one `{{rows a text, b bigint}}` and no other parameter. PostgreSQL executes it once for all rows (so one key must
    /// not occur twice in an upsert), SQLite once for each row, in order.
    /// - Parameter columns: in the order of the token, all of one length; no row is no call to the engine.
    /// - Returns: how many rows it inserted, updated or deleted in all.
    @discardableResult
    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int

    /// ``executeRows(_:columns:)``, then ``query(_:_:_:)`` with another statement: one round trip where the engine is remote. For use
    /// inside a transaction.
    @discardableResult
    func executeRows(
        _ statement: Statement, columns: [DatabaseColumn], then query: Statement, _ arguments: [DatabaseValue],
        _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) -> Int

    /// Runs the body in a transaction that is durable on return, or leaves no trace when the body or the commit throws.
    ///
    /// SQLite takes the write lock at once. Transactions do not nest: one inside another is an error of kind `other`.
    func transaction<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R

    /// Runs several statements separated by `;`, without parameters, tokens rendered. For schemas; nothing stays prepared.
    func script(_ sql: String) throws(DatabaseError)

    /// Whether statements may take some seconds only, as after ``reconnect()``, or as long as they take. For use outside of transactions.
    func limitStatements(_ isLimited: Bool) throws(DatabaseError)

    /// False after an error of kind `connection`.
    var isUsable: Bool { get }

    /// Drops what is left of the connection and opens a new one with nothing prepared. Waits between attempts are the caller's.
    func reconnect() throws(DatabaseError)
}

extension DatabaseConnection {
    /// An engine without round trips.
    public func executeRows(
        _ statement: Statement, columns: [DatabaseColumn], then query: Statement, _ arguments: [DatabaseValue],
        _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) -> Int {
        let affected = try executeRows(statement, columns: columns)
        try self.query(query, arguments, row)
        return affected
    }

    /// An engine that has no limit.
    public func limitStatements(_ isLimited: Bool) throws(DatabaseError) {}

    /// All rows, each turned into a value.
    public func rows<R>(
        _ statement: Statement, _ arguments: [DatabaseValue] = [], _ map: (any DatabaseRow) throws(DatabaseError) -> R
    ) throws(DatabaseError) -> [R] {
        var all: [R] = []
        try query(statement, arguments) { (row) throws(DatabaseError) in all.append(try map(row)) }
        return all
    }

    /// The first row as a value, nil when there is no row. The SQL should ask for one row only.
    public func first<R>(
        _ statement: Statement, _ arguments: [DatabaseValue] = [], _ map: (any DatabaseRow) throws(DatabaseError) -> R
    ) throws(DatabaseError) -> R? {
        var found: R?
        try query(statement, arguments) { (row) throws(DatabaseError) in
            if found == nil { found = try map(row) }
        }
        return found
    }
}
