import Database
import CSQLite

/// One statement prepared on one connection.
final class SQLiteStatement {
    /// Kept, as the connection's cache knows it by identity.
    let source: Statement
    let handle: OpaquePointer
    let row: SQLiteRow
    /// True while its rows are being read.
    var isRunning = false
    private let database: OpaquePointer
    /// SQLite's number of `$1`, `$2` ...: it counts in order of appearance. 0 for those that are left out.
    private let positions: [Int32]

    /// Tells SQLite to copy what is bound. `SQLITE_TRANSIENT` is the number -1 cast to a function pointer, a macro that Swift does not import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// - Parameter parameters: how many there are, where the statement may leave some out.
    init(_ source: Statement, on database: OpaquePointer, parameters: Int? = nil) throws(DatabaseError) {
        let sql = try Dialect.sqlite.render(source.sql)
        var handle: OpaquePointer?
        var hasMore = false
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
            hasMore = tail.map { String(cString: $0).contains { !$0.isWhitespace && $0 != ";" } } ?? false
            return code
        }
        guard code == SQLITE_OK else { throw DatabaseError(database, sql: sql) }
        guard let handle, !hasMore else {
            sqlite3_finalize(handle)
            throw DatabaseError(.other, "not exactly one statement", sql: sql)
        }
        guard let positions = Self.positions(handle, of: parameters) else {
            sqlite3_finalize(handle)
            throw DatabaseError(.other, "parameters are not $1, $2 ...", sql: sql)
        }
        self.source = source
        self.handle = handle
        self.row = SQLiteRow(handle)
        self.database = database
        self.positions = positions
    }

    deinit {
        sqlite3_finalize(handle)
    }

    private static func positions(_ handle: OpaquePointer, of parameters: Int?) -> [Int32]? {
        let count = sqlite3_bind_parameter_count(handle)
        var positions = [Int32](repeating: 0, count: parameters ?? Int(count))
        for position in stride(from: 1, through: count, by: 1) {
            guard let name = sqlite3_bind_parameter_name(handle, position).map({ String(cString: $0) }), name.first == "$",
                let number = Int(name.dropFirst()), positions.indices.contains(number - 1)
            else { return nil }
            positions[number - 1] = position
        }
        return positions
    }

    func bind(_ arguments: [DatabaseValue]) throws(DatabaseError) {
        try expect(arguments.count)
        for (index, value) in arguments.enumerated() {
            switch value {
            case .null: try check(sqlite3_bind_null(handle, positions[index]))
            case .integer(let integer): try bind(integer, at: index)
            case .real(let real): try bind(real, at: index)
            case .text(let text): try bind(text, at: index)
            case .blob(let bytes):
                let isEmpty = bytes.isEmpty
                // An empty array may have no address, and SQLite takes that for NULL.
                try check(
                    isEmpty
                        ? sqlite3_bind_zeroblob(handle, positions[index], 0)
                        : sqlite3_bind_blob64(handle, positions[index], bytes, UInt64(bytes.count), Self.transient))
            case .texts(let texts): try bind(JSONList.render(texts), at: index)
            case .integers(let integers): try bind(JSONList.render(integers), at: index)
            }
        }
    }

    /// Binds one row of the columns.
    func bind(_ columns: [DatabaseColumn], row: Int) throws(DatabaseError) {
        for (index, column) in columns.enumerated() where positions[index] > 0 {
            switch column {
            case .text(let values): try bind(values[row], at: index) { (text) throws(DatabaseError) in try bind(text, at: index) }
            case .integer(let values): try bind(values[row], at: index) { (value) throws(DatabaseError) in try bind(value, at: index) }
            case .real(let values): try bind(values[row], at: index) { (value) throws(DatabaseError) in try bind(value, at: index) }
            }
        }
    }

    func expect(_ count: Int) throws(DatabaseError) {
        guard count == positions.count else {
            throw DatabaseError(.other, "\(count) arguments for \(positions.count) parameters", sql: source.sql)
        }
    }

    /// - Returns: whether there is a row to read.
    func step() throws(DatabaseError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw DatabaseError(database, sql: source.sql)
        }
    }

    /// Ends the execution and lets go of the arguments.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind<V>(_ value: V?, at index: Int, _ some: (V) throws(DatabaseError) -> Void) throws(DatabaseError) {
        if let value { try some(value) } else { try check(sqlite3_bind_null(handle, positions[index])) }
    }

    private func bind(_ integer: Int64, at index: Int) throws(DatabaseError) {
        try check(sqlite3_bind_int64(handle, positions[index], integer))
    }

    private func bind(_ real: Double, at index: Int) throws(DatabaseError) {
        try check(sqlite3_bind_double(handle, positions[index], real))
    }

    private func bind(_ text: String, at index: Int) throws(DatabaseError) {
        var text = text
        let code = text.withUTF8 { bytes -> Int32? in
            if bytes.contains(0) { return nil }
            return bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text64(handle, positions[index], $0.baseAddress, UInt64($0.count), Self.transient, UInt8(SQLITE_UTF8))
            }
        }
        guard let code else { throw DatabaseError(.data, "a text holds a NUL character", sql: source.sql) }
        try check(code)
    }

    private func check(_ code: Int32) throws(DatabaseError) {
        guard code == SQLITE_OK else { throw DatabaseError(database, sql: source.sql) }
    }
}
