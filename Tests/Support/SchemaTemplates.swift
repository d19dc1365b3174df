import Database
import Foundation

/// Databases that have a schema and nothing else, for tests to copy: applying migrations takes longer than most tests. Each is made
/// when it is first needed.
enum SchemaTemplates {
    private static let lock = NSLock()
    // `lock` guards both; keys are those of `key(_:)`.
    nonisolated(unsafe) private static var files: [String: Data] = [:]
    nonisolated(unsafe) private static var databases: [String: String] = [:]

    /// The content of an SQLite file with the schema.
    static func file(_ schema: [[Migration]]) throws -> Data {
        try lock.withLock {
            let key = key(schema)
            if let file = files[key] { return file }
            let template = try TestDatabase(.sqlite)
            defer { try? template.drop() }
            // The last connection's end moves what is in the write-ahead log into the file.
            do { try Migrator(schema).migrate(try template.engine.connect(.general)) }
            let file = try Data(contentsOf: URL(fileURLWithPath: String(template.url.dropFirst("sqlite:".count))))
            files[key] = file
            return file
        }
    }

    /// The name of a PostgreSQL database with the schema, which stays for as long as the server.
    static func database(_ schema: [[Migration]]) throws -> String {
        try lock.withLock {
            let key = key(schema)
            if let name = databases[key] { return name }
            let template = try TestDatabase(.postgres)
            do { try Migrator(schema).migrate(try template.engine.connect(.general)) }
            let name = String(template.url.split(separator: "/").last ?? "")
            databases[key] = name
            return name
        }
    }

    private static func key(_ schema: [[Migration]]) -> String {
        schema.joined().map { "\($0.feature) \($0.number)" }.joined(separator: ",")
    }
}
