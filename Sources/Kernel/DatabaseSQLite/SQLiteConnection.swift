import Database
import CSQLite

/// One open file.
final class SQLiteConnection: TransactionalConnection {
    var transactionState = TransactionState.none
    var isUsable = true
    private let path: String
    private let purpose: ConnectionPurpose
    private let isReadOnly: Bool
    private var handle: OpaquePointer
    private var prepared: [ObjectIdentifier: SQLiteStatement] = [:]

    /// A caller who makes statements on the fly must not make the process grow.
    private static let preparedLimit = 500

    init(path: String, purpose: ConnectionPurpose, isReadOnly: Bool) throws(DatabaseError) {
        self.path = path
        self.purpose = purpose
        self.isReadOnly = isReadOnly
        handle = try SQLiteFile.open(path, purpose, isReadOnly: isReadOnly)
    }

    deinit {
        // Statements may be freed after this; SQLite closes the file with the last of them.
        sqlite3_close_v2(handle)
    }

    var dialect: Dialect { .sqlite }

    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        try guarded { () throws(DatabaseError) in try perform(statement, arguments) }
    }

    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try guarded { () throws(DatabaseError) in
            try run(statement) { (prepared) throws(DatabaseError) in
                try prepared.bind(arguments)
                while try prepared.step() { try row(prepared.row) }
            }
        }
    }

    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int {
        let count = columns.first?.count ?? 0
        guard columns.allSatisfy({ $0.count == count }) else { throw DatabaseError(.other, "columns differ in length") }
        if count == 0 { return 0 }
        guard case .none = transactionState else { return try executeEach(statement, columns, count) }
        return try transaction { () throws(DatabaseError) in try executeEach(statement, columns, count) }
    }

    private func executeEach(_ statement: Statement, _ columns: [DatabaseColumn], _ count: Int) throws(DatabaseError) -> Int {
        try guarded { () throws(DatabaseError) in
            try run(statement) { (prepared) throws(DatabaseError) in
                try prepared.expect(columns.count)
                var first: SQLiteStatement?
                if let statement = statement.firstOnSQLite { first = try prepare(statement, parameters: columns.count) }
                var changes = 0
                for row in 0..<count {
                    var changed = 0
                    if let first { changed = try complete(first, columns, row) }
                    if changed == 0 { changed = try complete(prepared, columns, row) }
                    changes += changed
                }
                return changes
            }
        }
    }

    private func complete(_ prepared: SQLiteStatement, _ columns: [DatabaseColumn], _ row: Int) throws(DatabaseError) -> Int {
        defer { prepared.reset() }
        try prepared.bind(columns, row: row)
        return try complete(prepared)
    }

    func script(_ sql: String) throws(DatabaseError) {
        try guarded { () throws(DatabaseError) in try SQLiteFile.run(handle, dialect.render(sql)) }
    }

    func reconnect() throws(DatabaseError) {
        let fresh = try SQLiteFile.open(path, purpose, isReadOnly: isReadOnly)
        prepared.removeAll()
        sqlite3_close_v2(handle)
        handle = fresh
        isUsable = true
    }

    func begin() throws(DatabaseError) {
        _ = try perform(Self.beginStatement, [])
    }

    func commit() throws(DatabaseError) {
        _ = try perform(Self.commitStatement, [])
    }

    func rollback() {
        // Some errors, such as a full disk, have rolled back already.
        if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    private static let beginStatement = Statement("BEGIN IMMEDIATE")
    private static let commitStatement = Statement("COMMIT")

    private func perform(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        try run(statement) { (prepared) throws(DatabaseError) in
            try prepared.bind(arguments)
            return try complete(prepared)
        }
    }

    /// Steps to the end.
    /// - Returns: rows changed; SQLite keeps the count of an earlier statement when this one changes none.
    private func complete(_ prepared: SQLiteStatement) throws(DatabaseError) -> Int {
        let before = sqlite3_total_changes64(handle)
        while try prepared.step() {}
        return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    private func run<R>(
        _ statement: Statement, _ body: (SQLiteStatement) throws(DatabaseError) -> R
    ) throws(DatabaseError) -> R {
        let prepared = try prepare(statement)
        guard !prepared.isRunning else { throw DatabaseError(.other, "the statement is already running", sql: statement.sql) }
        prepared.isRunning = true
        defer {
            prepared.reset()
            prepared.isRunning = false
        }
        return try body(prepared)
    }

    /// - Parameter parameters: how many there are, where the statement may leave some out.
    private func prepare(_ statement: Statement, parameters: Int? = nil) throws(DatabaseError) -> SQLiteStatement {
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        if prepared.count >= Self.preparedLimit { prepared.removeAll() }
        let new = try SQLiteStatement(statement, on: handle, parameters: parameters)
        prepared[ObjectIdentifier(statement)] = new
        return new
    }
}
