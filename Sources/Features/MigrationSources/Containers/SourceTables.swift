import Database

/// The tables of a database that another program made: a live one, a file of it, or what was gathered from a dump.
///
/// Only reads; rows come in pieces, so that a table of any size needs the memory of one piece.
final class SourceTables {
    private static let pieceSize = 1000
    private let connection: any DatabaseConnection
    private var known: [String: SourceColumns?] = [:]
    private var cursors = 0

    /// - Parameter connection: used by nobody else. PostgreSQL shows one state of the database from now on.
    init(_ connection: any DatabaseConnection) throws(DatabaseError) {
        self.connection = connection
        guard connection.dialect == .postgres else { return }
        try connection.limitStatements(false)
        try connection.script(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'")
    }

    deinit {
        // A lost connection has no transaction to end.
        if connection.dialect == .postgres { try? connection.script("ROLLBACK") }
    }

    private static let columns = Statement(
        """
        {{postgres: SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(c.oid)
                AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum}}
        {{sqlite: SELECT name FROM pragma_table_info($1) ORDER BY cid}}
        """)

    /// The table's columns; nil when there is no such table.
    /// - Parameter table: in lower case.
    func columns(of table: String) throws(DatabaseError) -> SourceColumns? {
        if let columns = known[table] { return columns }
        let names = try connection.rows(Self.columns, [.text(table)]) { row throws(DatabaseError) in row.text(0) }
        let columns = names.isEmpty ? nil : SourceColumns(names)
        known[table] = columns
        return columns
    }

    func has(_ table: String) throws(DatabaseError) -> Bool { try columns(of: table) != nil }

    /// How many rows the table has; 0 when there is none.
    func count(_ table: String) throws -> Int {
        guard try has(table) else { return 0 }
        return Int(try connection.first(Statement("SELECT count(*) FROM \(Self.quoted(table))")) { $0.integer(0) } ?? 0)
    }

    /// Hands over every row; none where the table does not exist.
    /// - Parameter order: columns to sort by, those left out that the table does not have.
    func each(_ table: String, orderedBy order: [String] = [], _ take: (SourceRecord) throws -> Void) throws {
        guard let columns = try columns(of: table) else { return }
        let list = columns.names.map { connection.dialect == .postgres ? "CAST(\(Self.quoted($0)) AS text)" : Self.quoted($0) }
        let sorting = order.filter { columns.position($0) != nil }.map { Self.sorting($0, connection.dialect) }
        let sql =
            "SELECT \(list.joined(separator: ", ")) FROM \(Self.quoted(table))"
            + (sorting.isEmpty ? "" : " ORDER BY " + sorting.joined(separator: ", "))
        func handOver(_ row: any DatabaseRow) throws {
            let values = columns.names.indices.map { row.textOrNil($0) }
            try take(SourceRecord(table: table, columns: columns, values: values))
        }
        if connection.dialect == .postgres { try fetch(sql, handOver) } else { try query(Statement(sql), handOver) }
    }

    /// Byte order, as the rules of this program compare names; numbers by their value, also where a dump left them as texts.
    private static func sorting(_ column: String, _ dialect: Dialect) -> String {
        switch dialect {
        case .postgres: column == "id" ? quoted(column) : "CAST(\(quoted(column)) AS text) COLLATE \"C\""
        case .sqlite: column == "id" ? "CAST(\(quoted(column)) AS INTEGER), \(quoted(column))" : quoted(column)
        }
    }

    /// Columns of FreeRADIUS's schema are written in mixed case, which PostgreSQL keeps in lower case.
    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    private func fetch(_ sql: String, _ take: (any DatabaseRow) throws -> Void) throws {
        cursors += 1
        let name = "migration_\(cursors)"
        try connection.script("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)")
        let fetch = Statement("FETCH \(Self.pieceSize) FROM \(name)")
        var isComplete = false
        while !isComplete {
            var rows = 0
            try query(fetch) { row in
                rows += 1
                try take(row)
            }
            isComplete = rows < Self.pieceSize
        }
        try connection.script("CLOSE \(name)")
    }

    /// A query whose rows may be refused by errors of any kind.
    private func query(_ statement: Statement, _ take: (any DatabaseRow) throws -> Void) throws {
        var failure: (any Error)?
        do {
            try connection.query(statement, []) { row throws(DatabaseError) in
                do {
                    try take(row)
                } catch {
                    failure = error
                    throw DatabaseError(.other, "reading was given up")
                }
            }
        } catch {
            throw failure ?? error
        }
    }
}
