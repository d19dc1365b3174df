import Database
import Testing
import TestSupport

typealias Engine = TestDatabase.Engine

extension TestDatabase {
    /// Runs the body with a connection to a fresh database after a script.
    static func connected<R>(_ engine: Engine, _ script: String = "", _ body: (any DatabaseConnection) throws -> R) throws -> R {
        try with(engine) { database in
            let connection = try database.engine.connect(.general)
            if !script.isEmpty { try connection.script(script) }
            return try body(connection)
        }
    }
}

extension DatabaseConnection {
    /// The first column of all rows as text; "NULL" for NULL.
    func column(_ sql: String, _ arguments: [DatabaseValue] = []) throws -> [String] {
        try rows(Statement(sql), arguments) { (row) throws(DatabaseError) in row.textOrNil(0) ?? "NULL" }
    }
}

/// The kind of the error that the body must throw.
func kind(_ body: () throws -> Void) -> DatabaseError.Kind? {
    #expect(throws: DatabaseError.self, performing: body)?.kind
}

/// Shows in the test report that half of the contract has not run.
@Test(.enabled(if: Engine.postgres.isAvailable, "RADIAN_TEST_POSTGRES is not set"))
func `the contract runs on PostgreSQL`() {
    #expect(Engine.available == [.sqlite, .postgres])
}
