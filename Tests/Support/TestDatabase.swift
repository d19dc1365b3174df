public import Database
import DatabasePostgres
import DatabaseSQLite
import Foundation

/// An empty database for one test.
///
/// PostgreSQL is tested where `RADIAN_TEST_POSTGRES` holds the URL of a server on which databases may be made
/// (`.ci/with-postgres COMMAND` starts one).
public struct TestDatabase: Sendable {
    /// What contract suites are parameterized over.
    public enum Engine: String, CaseIterable, Sendable {
        case sqlite, postgres

        /// Whether this machine can run tests on the engine now.
        public var isAvailable: Bool {
            self == .sqlite || TestDatabase.serverURL != nil
        }

        /// The engines that can be tested now.
        public static var available: [Engine] {
            allCases.filter(\.isAvailable)
        }
    }

    public let engine: any DatabaseEngine
    /// As the configuration takes it: `sqlite:/path` or `postgres://...`.
    public let url: String
    /// Ends what the initializer began.
    private let remove: @Sendable () throws -> Void

    /// The server's URL from the environment.
    public static var serverURL: String? {
        ProcessInfo.processInfo.environment["RADIAN_TEST_POSTGRES"]
    }

    /// Makes the database; ``drop()`` removes it.
    /// - Parameter schema: migrations that it has already.
    public init(_ engine: Engine, schema: [[Migration]] = []) throws {
        let name = "radian_test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        switch engine {
        case .sqlite:
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
            let path = directory.appendingPathComponent("radian.db").path
            self.engine = SQLiteEngine(path: path)
            url = "sqlite:" + path
            remove = { try FileManager.default.removeItem(at: directory) }
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            if !schema.isEmpty { try SchemaTemplates.file(schema).write(to: URL(fileURLWithPath: path)) }
        case .postgres:
            guard let server = Self.serverURL, var parts = URLComponents(string: server) else { throw MissingServer() }
            parts.path = "/" + name
            let url = parts.string ?? server
            let template = schema.isEmpty ? "template0" : try SchemaTemplates.database(schema)
            try Self.administer(server, "CREATE DATABASE \(name) TEMPLATE \(template)")
            self.url = url
            self.engine = try PostgresEngine(url: url)
            remove = { try Self.administer(server, "DROP DATABASE \(name) WITH (FORCE)") }
        }
    }

    /// Removes the database, whoever is still connected.
    public func drop() throws {
        try remove()
    }

    /// Runs the body with a fresh database that is removed afterwards.
    public static func with<R>(_ engine: Engine, schema: [[Migration]] = [], _ body: (TestDatabase) throws -> R) throws -> R {
        let database = try TestDatabase(engine, schema: schema)
        defer { try? database.drop() }
        return try body(database)
    }

    /// The same for a body that waits.
    public static func with<R>(
        _ engine: Engine, schema: [[Migration]] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (TestDatabase) async throws -> R
    ) async throws -> R {
        let database = try TestDatabase(engine, schema: schema)
        defer { try? database.drop() }
        return try await body(database)
    }

    /// Copying a database takes as long as the disk takes, on a busy machine longer than a statement may.
    private static func administer(_ server: String, _ sql: String) throws {
        let connection = try PostgresEngine(url: server).connect(.general)
        try connection.script("SET statement_timeout = 0")
        try connection.script(sql)
    }

    private struct MissingServer: Error, CustomStringConvertible {
        let description = "RADIAN_TEST_POSTGRES is not set or no URL"
    }
}
