import Database
import Logging
@testable import Messaging
import NIOConcurrencyHelpers
import ServerKernel
import TestSupport

typealias Engine = TestDatabase.Engine

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension TestDatabase {
    /// Runs the body with a connection to a fresh database that has the feature's tables.
    static func migrated<R>(_ engine: Engine, _ body: (any DatabaseConnection) throws -> R) throws -> R {
        try with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([MessagingModule.migrations]).migrate(connection)
            return try body(connection)
        }
    }

    /// The same for a body that waits.
    static func migrated<R>(
        _ engine: Engine, isolation: isolated (any Actor)? = #isolation, _ body: (any DatabaseConnection, TestDatabase) async throws -> R
    ) async throws -> R {
        try await with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([MessagingModule.migrations]).migrate(connection)
            return try await body(connection, database)
        }
    }
}
