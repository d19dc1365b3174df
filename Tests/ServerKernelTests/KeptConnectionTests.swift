import Database
import ServerKernel
import TestSupport
import Testing

@Suite struct KeptConnectionTests {
    private static let one = Statement("SELECT 1")

    private func with(_ engine: TestDatabase.Engine, _ body: (SwitchableEngine, KeptConnection) throws -> Void) throws {
        try TestDatabase.with(engine) { (database) throws in
            let switchable = SwitchableEngine(database.engine)
            try body(switchable, KeptConnection(switchable, .packets))
        }
    }

    private func ask(_ kept: KeptConnection) throws(DatabaseError) -> Int64? {
        try kept.use { (connection) throws(DatabaseError) in
            try connection.first(Self.one) { (row) throws(DatabaseError) in row.integer(0) }
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `opens when needed, once`(_ engine: TestDatabase.Engine) throws {
        try with(engine) { (switchable, kept) throws in
            #expect(switchable.connectionAttempts == 0)
            #expect(try ask(kept) == 1)
            #expect(try ask(kept) == 1)
            #expect(switchable.connectionAttempts == 1)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `a lost connection is replaced and the body repeated once`(
        _ engine: TestDatabase.Engine
    ) throws {
        try with(engine) { (switchable, kept) throws in
            #expect(try ask(kept) == 1)
            switchable.cutConnections()
            var runs = 0
            let answer = try kept.use { (connection) throws(DatabaseError) in
                runs += 1
                return try connection.first(Self.one) { (row) throws(DatabaseError) in row.integer(0) }
            }
            #expect(answer == 1)
            #expect(runs == 2)
            #expect(switchable.connectionAttempts == 2)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `a body that loses the connection again is not repeated again`(
        _ engine: TestDatabase.Engine
    ) throws {
        try with(engine) { (switchable, kept) throws in
            #expect(try ask(kept) == 1)
            var runs = 0
            let error = #expect(throws: DatabaseError.self) {
                try kept.use { (connection) throws(DatabaseError) in
                    runs += 1
                    switchable.cutConnections()
                    _ = try connection.execute(Self.one, [])
                }
            }
            #expect(error?.kind == .connection)
            #expect(runs == 2)
            #expect(try ask(kept) == 1)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `an error of another kind is not repeated`(_ engine: TestDatabase.Engine) throws {
        try with(engine) { (switchable, kept) throws in
            var runs = 0
            let error = #expect(throws: DatabaseError.self) {
                try kept.use { (_) throws(DatabaseError) in
                    runs += 1
                    throw DatabaseError(.busy, "later")
                }
            }
            #expect(error?.kind == .busy)
            #expect(runs == 1)
            #expect(switchable.connectionAttempts == 1)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `while the database is away it fails at once and asks seldom`(
        _ engine: TestDatabase.Engine
    ) throws {
        try with(engine) { (switchable, kept) throws in
            #expect(try ask(kept) == 1)
            switchable.takeAway()
            // The loss, and the one attempt that repeating the body makes.
            #expect(throws: DatabaseError.self) { try ask(kept) }
            let attempts = switchable.connectionAttempts
            #expect(attempts == 2)
            let start = ContinuousClock.now
            var refusals = 0
            while ContinuousClock.now - start < .milliseconds(20) {
                let error = #expect(throws: DatabaseError.self) { try ask(kept) }
                #expect(error?.kind == .connection)
                refusals += 1
            }
            // The first pause is longer than this loop, on any machine that is not stopped altogether.
            if ContinuousClock.now - start < .milliseconds(45) { #expect(switchable.connectionAttempts == attempts) }
            #expect(refusals > 10)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `the pauses grow, and a database that is back is found by itself`(
        _ engine: TestDatabase.Engine
    ) throws {
        try with(engine) { (switchable, kept) throws in
            switchable.takeAway()
            var attempts: [ContinuousClock.Instant] = []
            while attempts.count < 4 {
                let before = switchable.connectionAttempts
                _ = try? ask(kept)
                if switchable.connectionAttempts > before { attempts.append(.now) }
            }
            let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 }
            #expect(pauses[0] >= .milliseconds(45))
            #expect(pauses[1] >= .milliseconds(95))
            #expect(pauses[2] >= .milliseconds(195))
            switchable.bringBack()
            // The next pause is 400 milliseconds.
            let isBack = waitUntil(within: .seconds(5)) { (try? ask(kept)) == 1 }
            #expect(isBack)
        }
    }
}
