import Accounts
import Database
import TestSupport

typealias Engine = TestDatabase.Engine

extension TestDatabase {
    /// Runs the body with a connection to a fresh database that has the feature's tables.
    static func migrated<R>(_ engine: Engine, _ body: (any DatabaseConnection) throws -> R) throws -> R {
        try with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([AccountsModule.migrations]).migrate(connection)
            return try body(connection)
        }
    }
}
