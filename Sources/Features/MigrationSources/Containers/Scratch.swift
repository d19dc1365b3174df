import Database
import Foundation

/// A database of this run, in a directory that goes with it: what a dump holds in the wrong order waits here.
final class Scratch {
    private static let chunkSize = 2000
    private let directory: URL
    private let open: (String) throws(DatabaseError) -> any DatabaseConnection

    /// - Parameter engine: makes an SQLite database of a path.
    init(_ engine: (String) -> any DatabaseEngine) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian-migration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = directory.path
        var engines: [String: any DatabaseEngine] = [:]
        for name in ["dump", "accounts"] { engines[name] = engine(path + "/\(name).db") }
        open = { [engines] name throws(DatabaseError) in
            guard let engine = engines[name] else { throw DatabaseError(.other, "no such database") }
            let connection = try engine.connect(.log)
            // What a crash loses is made again by the next run.
            try connection.script("PRAGMA synchronous = OFF")
            return connection
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// The database of accounts of this run.
    func accounts() throws(DatabaseError) -> any DatabaseConnection { try open("accounts") }

    /// Gathers the wanted tables of a container.
    /// - Parameter refuse: is told of a row that cannot be kept.
    func gather(
        _ container: some SourceContainer, _ wants: (String) -> Bool, refuse: (SourceRecord, String) -> Void, progress: (Int) -> Void
    ) throws -> SourceTables {
        let connection = try open("dump")
        var spools: [String: Spool] = [:]
        var waiting = 0
        func flush() throws {
            try connection.transaction { () throws(DatabaseError) in
                for name in spools.keys { try spools[name]?.flush(connection) }
            }
            waiting = 0
        }
        try container.read(wants) { record in
            // No engine keeps this character in a text.
            if record.values.contains(where: { $0?.utf8.contains(0) ?? false }) {
                return refuse(record, "a text holds the character U+0000")
            }
            try spools[record.table, default: Spool(record.table)].append(record, connection)
            waiting += 1
            if waiting >= Self.chunkSize { try flush() }
        } _: {
            progress($0)
        }
        try flush()
        return try SourceTables(connection)
    }
}

/// Rows of one table on their way into the scratch database.
private struct Spool {
    private let table: String
    /// All columns that any row had, in the order of their appearance.
    private var columns: [String] = []
    private var insert: Statement?
    private var rows: [[String?]] = []
    private var last: SourceColumns?
    private var places: [Int?] = []

    init(_ table: String) { self.table = table }

    mutating func append(_ record: SourceRecord, _ connection: any DatabaseConnection) throws(DatabaseError) {
        if record.columns !== last { try adopt(record.columns, connection) }
        rows.append(places.map { place in place.flatMap { record.values.indices.contains($0) ? record.values[$0] : nil } })
    }

    /// Makes the table, or gives it what columns it lacks.
    private mutating func adopt(_ names: SourceColumns, _ connection: any DatabaseConnection) throws(DatabaseError) {
        let missing = names.names.filter { !columns.contains($0) }
        if !missing.isEmpty {
            try flush(connection)
            if columns.isEmpty {
                try connection.script("CREATE TABLE \(quoted(table)) (\(missing.map { quoted($0) + " text" }.joined(separator: ", ")))")
            } else {
                for name in missing { try connection.script("ALTER TABLE \(quoted(table)) ADD COLUMN \(quoted(name)) text") }
            }
            columns += missing
            let tokens = columns.indices.map { "c\($0) text" }.joined(separator: ", ")
            insert = Statement(
                """
                INSERT INTO \(quoted(table)) (\(columns.map(quoted).joined(separator: ", ")))
                SELECT \(columns.indices.map { "r.c\($0)" }.joined(separator: ", ")) FROM {{rows \(tokens)}}
                """)
        }
        last = names
        places = columns.map { names.position($0) }
    }

    mutating func flush(_ connection: any DatabaseConnection) throws(DatabaseError) {
        guard let insert, !rows.isEmpty else { return }
        try connection.executeRows(insert, columns: columns.indices.map { index in .text(rows.map { $0[index] }) })
        rows.removeAll(keepingCapacity: true)
    }

    private func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
