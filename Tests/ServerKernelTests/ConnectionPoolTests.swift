import Database
import ServerKernel
import TestSupport
import Testing

@Suite struct ConnectionPoolTests {
    @Test(arguments: TestDatabase.Engine.available) func `many callers share few connections`(_ engine: TestDatabase.Engine) async throws {
        try await TestDatabase.with(engine) { (database) async throws in
            let switchable = SwitchableEngine(database.engine)
            let pool = ConnectionPool(engine: switchable, size: 2)
            try await pool.withConnection { try $0.script("CREATE TABLE t (id integer)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        _ = try await pool.withConnection {
                            try $0.execute(Statement("INSERT INTO t VALUES ($1)"), [.integer(Int64(number))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.withConnection { try $0.table("SELECT count(*) FROM t") } == [["50"]])
            #expect(switchable.connectionAttempts <= 2)
            pool.stop()
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `a lost connection is opened again`(_ engine: TestDatabase.Engine) async throws {
        try await TestDatabase.with(engine) { (database) async throws in
            let switchable = SwitchableEngine(database.engine)
            let pool = ConnectionPool(engine: switchable, size: 1)
            defer { pool.stop() }
            switchable.takeAway()
            await #expect(throws: DatabaseError.self) { try await pool.withConnection { try $0.table("SELECT 1") } }
            switchable.bringBack()
            #expect(try await pool.withConnection { try $0.table("SELECT 1") } == [["1"]])
            switchable.cutConnections()
            await #expect(throws: DatabaseError.self) { try await pool.withConnection { try $0.table("SELECT 1") } }
            #expect(try await pool.withConnection { try $0.table("SELECT 1") } == [["1"]])
        }
    }

    @Test func `a stopped pool refuses`() async throws {
        let database = try TestDatabase(.sqlite)
        defer { try? database.drop() }
        let pool = ConnectionPool(engine: database.engine, size: 1)
        pool.stop()
        await #expect(throws: CancellationError.self) { try await pool.withConnection { _ in } }
    }
}
