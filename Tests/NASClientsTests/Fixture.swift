import Accounts
import Database
import NASClients
import TestSupport

typealias Engine = TestDatabase.Engine

extension TestDatabase {
    /// Runs the body with a connection to a fresh database that has the tables of the feature and of those it needs.
    static func migrated<R>(_ engine: Engine, _ body: (any DatabaseConnection, TestDatabase) throws -> R) throws -> R {
        try with(engine, schema: [AccountsModule.migrations, NASClientsModule.migrations]) { database in
            let connection = try database.engine.connect(.general)
            return try body(connection, database)
        }
    }
}
