/// What a database said no to, in terms that do not depend on the engine.
///
/// `description` holds names of tables, constraints and hosts, never a stored or bound value; `String(reflecting:)` gives
/// everything the engine said and the SQL, which may hold values.
public struct DatabaseError: Error, Sendable {
    /// What the caller can do about it.
    public enum Kind: Sendable, Equatable {
        /// A unique or primary key exists already. PostgreSQL names the constraint, SQLite "table.column" (several joined by ", ")
        /// or the index over an expression.
        case unique(constraint: String)
        case foreignKey
        case notNull
        /// The values cannot be stored: wrong type, out of range, too long, a CHECK that fails. The same values fail again.
        case data
        /// Another transaction is in the way (lock, deadlock, serialization): repeat the whole transaction.
        case busy
        /// The database cannot be reached: the connection is unusable until ``DatabaseConnection/reconnect()``.
        case connection
        /// The statement ran longer than the connection allows.
        case timeout
        case other
    }

    public let kind: Kind
    /// The five characters of SQLSTATE; nil from SQLite and for errors found before the engine was asked.
    public let sqlState: String?
    /// The message without values.
    public let summary: String
    /// All that the engine said.
    public let detail: String
    /// The rendered SQL that failed.
    public let sql: String?

    /// - Parameters:
    ///   - summary: without values.
    ///   - detail: may hold values; the summary when nil.
    public init(_ kind: Kind, sqlState: String? = nil, _ summary: String, detail: String? = nil, sql: String? = nil) {
        self.kind = kind
        self.sqlState = sqlState
        self.summary = summary
        self.detail = detail ?? summary
        self.sql = sql
    }
}

extension DatabaseError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        sqlState.map { "\(summary) [\($0)]" } ?? summary
    }

    public var debugDescription: String {
        let text = "DatabaseError(\(kind)) \(detail)" + (sqlState.map { " [\($0)]" } ?? "")
        return sql.map { text + " in: " + $0 } ?? text
    }
}
