import Database
import NIOConcurrencyHelpers
import ServerKernel
import TestSupport
import Testing

@Suite struct EventBusTests {
    struct Happened: Event, Equatable { let number: Int }
    struct Other: Event {}

    @Test func `subscribers get events of their type, in order`() {
        let bus = EventBus()
        let seen = NIOLockedValueBox<[Int]>([])
        #expect(!bus.hasSubscribers(for: Happened.self))
        bus.subscribe(to: Happened.self) { event in seen.withLockedValue { $0.append(event.number) } }
        bus.subscribe(to: Happened.self) { event in seen.withLockedValue { $0.append(-event.number) } }
        #expect(bus.hasSubscribers(for: Happened.self))
        #expect(!bus.hasSubscribers(for: Other.self))
        bus.publish(Happened(number: 1))
        bus.publish(Other())
        bus.publish(Happened(number: 2))
        #expect(seen.withLockedValue { $0 } == [1, -1, 2, -2])
    }

    @Test func `a handler may subscribe and publish`() {
        let bus = EventBus()
        let seen = NIOLockedValueBox(0)
        bus.subscribe(to: Happened.self) { _ in
            bus.subscribe(to: Other.self) { _ in seen.withLockedValue { $0 += 1 } }
            bus.publish(Other())
        }
        bus.publish(Happened(number: 1))
        #expect(seen.withLockedValue { $0 } == 1)
    }

    @Test(arguments: TestDatabase.Engine.available) func `events come after the commit`(_ engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            let engine = database.engine
            try connection.script("CREATE TABLE t (id integer)")
            let bus = EventBus()
            let seen = NIOLockedValueBox<[String]>([])
            bus.subscribe(to: Happened.self) { event in
                // Another connection sees only what is committed.
                let rows = (try? engine.connect(.general).table("SELECT id FROM t")) ?? []
                seen.withLockedValue { $0.append("\(event.number): \(rows.joined().joined(separator: ","))") }
            }
            let result = try connection.transaction(publishing: bus) { (pending) throws(DatabaseError) -> Int in
                pending.append(Happened(number: 1))
                try connection.execute(Statement("INSERT INTO t VALUES (7)"), [])
                pending.append(Happened(number: 2))
                return 5
            }
            #expect(result == 5)
            #expect(seen.withLockedValue { $0 } == ["1: 7", "2: 7"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `a rollback publishes nothing`(_ engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            try connection.script("CREATE TABLE t (id integer PRIMARY KEY)")
            let bus = EventBus()
            let seen = NIOLockedValueBox(0)
            bus.subscribe(to: Happened.self) { _ in seen.withLockedValue { $0 += 1 } }
            #expect(throws: DatabaseError.self) {
                try connection.transaction(publishing: bus) { (pending) throws(DatabaseError) in
                    pending.append(Happened(number: 1))
                    try connection.execute(Statement("INSERT INTO t VALUES (1)"), [])
                    // Fails, and the body does not care: the transaction is lost all the same.
                    _ = try? connection.execute(Statement("INSERT INTO t VALUES (1)"), [])
                }
            }
            #expect(seen.withLockedValue { $0 } == 0)
            #expect(try connection.table("SELECT id FROM t") == [])
        }
    }
}
