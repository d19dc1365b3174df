import Database
import CSQLite

extension DatabaseError {
    /// The last error of a connection.
    init(_ handle: OpaquePointer, sql: String?) {
        let code = sqlite3_extended_errcode(handle)
        let message = String(cString: sqlite3_errmsg(handle))
        // SQLite's messages name tables, columns and SQL, never values.
        self.init(Kind(sqliteCode: code, message: message), message, detail: "\(message) (SQLite \(code))", sql: sql)
    }
}

extension DatabaseError.Kind {
    /// - Parameters:
    ///   - sqliteCode: extended result code.
    ///   - message: of the same error, which names the columns of a constraint.
    init(sqliteCode: Int32, message: String) {
        let detail = sqliteCode >> 8
        switch sqliteCode & 0xff {
        case SQLITE_CONSTRAINT:
            switch detail {
            case Constraint.unique, Constraint.primaryKey, Constraint.rowID: self = .unique(constraint: Self.constraint(in: message))
            case Constraint.foreignKey: self = .foreignKey
            case Constraint.notNull: self = .notNull
            default: self = .data
            }
        case SQLITE_MISMATCH, SQLITE_TOOBIG: self = .data
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_INTERRUPT: self = .timeout
        // The file is gone, damaged, or its disk does not answer: worth opening it again.
        case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB: self = .connection
        default: self = .other
        }
    }

    /// The upper bits of an extended constraint code; the header's own names are expressions that Swift does not import.
    private enum Constraint {
        static let foreignKey: Int32 = 3
        static let notNull: Int32 = 5
        static let primaryKey: Int32 = 6
        static let unique: Int32 = 8
        static let rowID: Int32 = 10
    }

    /// "UNIQUE constraint failed: nas.nasname" or "UNIQUE constraint failed: index 'nas_key'".
    private static func constraint(in message: String) -> String {
        guard let colon = message.firstIndex(of: ":") else { return message }
        let name = message[message.index(after: colon)...].drop { $0 == " " }
        guard name.hasPrefix("index '"), name.hasSuffix("'") else { return String(name) }
        return String(name.dropFirst("index '".count).dropLast())
    }
}
