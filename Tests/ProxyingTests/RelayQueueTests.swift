import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSProxy
import RADIUSTransport
import RADIUSWire
import ServerKernel
import TestSupport
import Testing

@testable import Proxying

@Suite struct RelayQueueTests {
    private func entry(_ session: String, _ number: UInt8, to destination: String = "home") -> RelayEntry {
        RelayEntry(destination: destination, session: session, attributes: [40, 6, 0, 0, 0, number], receivedEpoch: 1000)
    }

    private func fill(_ database: TestDatabase, _ entries: [RelayEntry]) throws {
        try RelayQueue(KeptConnection(database.engine, .packets)) {}.enqueue(entries)
    }

    @Test(arguments: Engine.available) func aSessionsPacketsLeaveOneAfterTheOther(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, database in
            try fill(database, [entry("a", 1), entry("a", 3), entry("b", 1), entry("a", 2), entry("c", 1, to: "other")])
            let leases = RelayLeases(connection)
            #expect(try leases.destinations() == ["home", "other"])
            let first = try leases.lease("home", now: 1000, until: 1060, limit: 10)
            #expect(first.map(\.entry) == [entry("a", 1), entry("b", 1)])
            #expect(try leases.lease("home", now: 1000, until: 1060, limit: 10).isEmpty, "leased")
            try leases.delete([first[0].id])
            #expect(try leases.lease("home", now: 1000, until: 1060, limit: 10).map(\.entry) == [entry("a", 3)])
            #expect(try leases.waiting() == 4)
        }
    }

    @Test(arguments: Engine.available) func aLeaseEndsAndAPauseEnds(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, database in
            try fill(database, [entry("a", 1), entry("a", 2)])
            let leases = RelayLeases(connection)
            let first = try leases.lease("home", now: 1000, until: 1060, limit: 10)
            #expect(try leases.lease("home", now: 1059, until: 1100, limit: 10).isEmpty)
            #expect(try leases.lease("home", now: 1060, until: 1100, limit: 10).map(\.id) == first.map(\.id), "its node died")
            try leases.postpone(first[0].id, until: 2000)
            #expect(try leases.lease("home", now: 1999, until: 2100, limit: 10).isEmpty, "nothing overtakes it")
            let again = try leases.lease("home", now: 2000, until: 2100, limit: 10)
            #expect(again.map(\.attempts) == [1])
            #expect(again.map(\.entry) == [entry("a", 1)])
        }
    }

    @Test(arguments: Engine.available) func nodesNeverLeaseTheSamePacket(engine: Engine) throws {
        try TestDatabase.migrated(engine) { _, database in
            try fill(database, (0..<200).map { entry("session-\($0)", 1) })
            let taken = NIOLockedValueBox<[Int64]>([])
            let threads = (0..<4).map { _ in
                NamedThread("lease") {
                    guard let connection = try? database.engine.connect(.general) else { return }
                    var emptyHanded = 0
                    while emptyHanded < 3 {
                        // SQLite has one writer; who finds it busy asks again.
                        guard let leased = try? RelayLeases(connection).lease("home", now: 1000, until: 1060, limit: 7) else { continue }
                        emptyHanded = leased.isEmpty ? emptyHanded + 1 : 0
                        taken.withLockedValue { $0 += leased.map(\.id) }
                    }
                }
            }
            for thread in threads { thread.join() }
            let all = taken.withLockedValue { $0 }
            #expect(all.count == 200)
            #expect(Set(all).count == 200)
        }
    }

    @Test(arguments: Engine.available) func aDatabaseThatIsAwayRefusesTheBatch(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, database in
            let switchable = SwitchableEngine(database.engine)
            let queue = RelayQueue(KeptConnection(switchable, .packets)) {}
            switchable.takeAway()
            var failure: StoreError?
            do throws(StoreError) { try queue.enqueue([entry("a", 1)]) } catch { failure = error }
            #expect(failure == .unavailable("switched off"))
            switchable.bringBack()
            let waiting = try RelayLeases(connection).waiting()
            #expect(waiting == 0)
        }
    }

    @Test(arguments: Engine.available) func theQueueIsReadByItsIndexes(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, database in
            try fill(database, (0..<50).map { entry("session-\($0)", 1) })
            let plan = try connection.plan(of: RelayLeases.lease, parameters: 4)
            #expect(plan.contains { $0.contains("radian_relay_session") }, "\(plan)")
        }
    }
}
