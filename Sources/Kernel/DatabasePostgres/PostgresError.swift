import CPostgres
import Database

extension DatabaseError {
    /// - Parameters:
    ///   - result: nil when the server's answer never came.
    ///   - connection: asked for its state and last message.
    init(_ result: OpaquePointer?, connection: OpaquePointer, sql: String?) {
        let field = { (code: Character) -> String? in
            guard let result, let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        let sqlState = field("C")
        let message = field("M") ?? Self.firstLine(String(cString: PQerrorMessage(connection)))
        let kind =
            PQstatus(connection) == CONNECTION_OK
            ? Kind(sqlState: sqlState ?? "", constraint: field("n") ?? field("t") ?? "") : .connection
        let summary = Self.summary(kind, sqlState: sqlState ?? "", message: message, constraint: field("n"), column: field("c"))
        let detail = [message, field("D"), field("H")].compactMap { $0 }.joined(separator: "; ")
        self.init(kind, sqlState: sqlState, summary, detail: detail, sql: sql)
    }

    /// Messages of the classes 22 (data) and P0 (raised by functions) quote values; those of 23 do so in their detail only, but
    /// name the row's table.
    private static func summary(_ kind: Kind, sqlState: String, message: String, constraint: String?, column: String?) -> String {
        switch sqlState.prefix(2) {
        case "22": "a value cannot be stored"
        case "P0": "a database function refused"
        case "23" where kind == .notNull: "column \(column ?? "") must not be NULL"
        case "23": "constraint \(constraint ?? "") is violated"
        default: message
        }
    }

    private static func firstLine(_ text: String) -> String {
        String(text.prefix { !$0.isNewline })
    }
}

extension DatabaseError.Kind {
    /// - Parameters:
    ///   - sqlState: five characters (PostgreSQL, appendix A).
    ///   - constraint: the name for `unique`.
    init(sqlState: String, constraint: String) {
        switch sqlState {
        case "23505": self = .unique(constraint: constraint)
        case "23503": self = .foreignKey
        case "23502": self = .notNull
        // Serialization failure, deadlock, lock not available.
        case "40001", "40P01", "55P03": self = .busy
        case "57014": self = .timeout
        // A protocol violation is a wrong number of arguments, not a broken connection.
        case "08P01": self = .other
        // Shutdown, crash of a neighbour, start or recovery, idle time-outs, too many connections; and a server that has become a
        // standby, which a new connection may find replaced.
        case "57P01", "57P02", "57P03", "57P05", "25P03", "53300", "25006": self = .connection
        // A value too large for an index row.
        case "54000": self = .data
        default:
            switch sqlState.prefix(2) {
            case "08": self = .connection
            case "22", "23": self = .data
            default: self = .other
            }
        }
    }
}
