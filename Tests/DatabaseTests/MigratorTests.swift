import Database
import Foundation
import Testing
import TestSupport

@Suite struct MigratorTests {
    private static func migration(_ feature: String, _ number: Int, _ sql: String) -> Migration {
        Migration(feature: feature, number: number, name: "step \(number)", sql: sql)
    }

    private static let users = [
        migration("users", 1, "CREATE TABLE users (id {{bigserial}}, name text)"),
        migration("users", 2, "ALTER TABLE users ADD COLUMN born {{timestamptz}}; CREATE INDEX users_born ON users (born)"),
    ]
    private static let logins = [migration("logins", 1, "CREATE TABLE logins (user_id bigint REFERENCES users (id))")]

    private func keys(_ migrations: [Migration]) -> [String] {
        migrations.map { "\($0.feature) \($0.number)" }
    }

    @Test(arguments: Engine.available) func `applies what is missing, once, in order`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            let first = Migrator([Self.users.dropLast(), Self.logins])
            #expect(try keys(first.pending(connection)) == ["users 1", "logins 1"])
            #expect(try !connection.tableExists("radian_migration"))
            #expect(try keys(first.migrate(connection)) == ["users 1", "logins 1"])
            #expect(try first.migrate(connection).isEmpty)
            let second = Migrator([Self.users, Self.logins])
            #expect(try keys(second.pending(connection)) == ["users 2"])
            #expect(try keys(second.migrate(connection)) == ["users 2"])
            #expect(try second.pending(connection).isEmpty)
            let rows = "SELECT feature || number || name FROM radian_migration WHERE applied_at <= {{now}} ORDER BY 1"
            #expect(try connection.column(rows) == ["logins1step 1", "users1step 1", "users2step 2"])
        }
    }

    @Test(arguments: Engine.available) func `a failed migration leaves no trace and can be repeated`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            let broken = Self.migration("users", 2, "CREATE TABLE half (x text); CREATE TABLE half (x text)")
            let error = #expect(throws: MigrationError.self) { try Migrator([[Self.users[0], broken]]).migrate(connection) }
            #expect(error.map { "\($0)".hasPrefix("migration users 2 (step 2) failed: ") } == true)
            #expect(try connection.tableExists("users"))
            #expect(try !connection.tableExists("half"))
            #expect(try keys(Migrator([Self.users]).migrate(connection)) == ["users 2"])
        }
    }

    @Test(arguments: Engine.available) func `a newer database is refused by feature and number`(_ engine: Engine) throws {
        try TestDatabase.connected(engine) { (connection) throws in
            try Migrator([Self.users, Self.logins]).migrate(connection)
            for (older, unknown) in [(Migrator([[Self.users[0]], Self.logins]), "users 2"), (Migrator([Self.users]), "logins 1")] {
                let error = #expect(throws: MigrationError.self) { try older.migrate(connection) }
                #expect(error.map { "\($0)".contains("has migration \(unknown), which") } == true)
                #expect(throws: MigrationError.self) { try older.pending(connection) }
            }
        }
    }

    @Test(arguments: [[2], [1, 3], [1, 1], [0, 1]]) func `numbers must count from 1`(_ numbers: [Int]) throws {
        try TestDatabase.connected(.sqlite) { (connection) throws in
            let migrator = Migrator([numbers.map { Self.migration("users", $0, "CREATE TABLE t (x text)") }])
            let error = #expect(throws: MigrationError.self) { try migrator.migrate(connection) }
            guard case .misnumbered(feature: "users", _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try !connection.tableExists("t"))
        }
    }

    @Test(arguments: Engine.available) func `nodes that start together apply each once`(_ engine: Engine) async throws {
        let slow = (1...8).map { Self.migration("users", $0, "CREATE TABLE t\($0) (x text); INSERT INTO t\($0) VALUES ('once')") }
        try await TestDatabase.with(engine) { (database) async throws in
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    let node = database.engine
                    group.addTask { try Migrator([slow]).migrate(node.connect(.general)).count }
                }
                var total = 0
                for try await count in group { total += count }
                return total
            }
            #expect(applied == 8)
            #expect(try database.engine.connect(.general).column("SELECT count(*) FROM radian_migration") == ["8"])
        }
    }

    @Test(arguments: Engine.available) func `adopts a table that is there`(_ engine: Engine) throws {
        let adopt = Migration(feature: "policy", number: 1, name: "adopt radcheck") { (connection) throws(DatabaseError) in
            if try !connection.tableExists("radcheck") { try connection.script("CREATE TABLE radcheck (id {{serial}})") }
            try connection.addColumnIfMissing(table: "radcheck", column: "organization_id", definition: "text")
            try connection.addColumnIfMissing(table: "radcheck", column: "since", definition: "{{timestamptz}} DEFAULT NULL")
        }
        try TestDatabase.connected(engine, "CREATE TABLE radcheck (id {{serial}}, UserName text, Since text)") { (connection) throws in
            #expect(try connection.tableExists("RadCheck"))
            #expect(try !connection.tableExists("radreply"))
            #expect(try connection.columnExists(table: "RadCheck", column: "username"))
            #expect(try !connection.columnExists(table: "radcheck", column: "organization_id"))
            #expect(try !connection.columnExists(table: "radreply", column: "id"))
            try Migrator([[adopt]]).migrate(connection)
            #expect(try connection.columnExists(table: "radcheck", column: "organization_id"))
            try connection.script("INSERT INTO radcheck (UserName, since) VALUES ('bob', 'text stays text')")
            #expect(try connection.column("SELECT username FROM radcheck WHERE organization_id IS NULL") == ["bob"])
        }
    }
}
