import Database
import Foundation
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import Testing
import WebRouting

@testable import FreeRADIUSAPI

@Suite struct AccountingQueueTests {
    private typealias Answer = Result<ReportedSessions.Result, any Error>

    private func record(_ type: AcctStatusType, _ session: String, user: String? = nil, epoch: Int64 = 1000) -> AccountingRecord {
        var record = AccountingRecord(
            statusType: type, uniqueID: session, eventEpoch: epoch, hasEventTimestamp: false, organizationID: APISite.cafe,
            acctSessionID: session, nasIPAddress: "10.0.0.1")
        record.userName = user ?? session
        record.callingStationID = "AA"
        record.calledStationID = "BB"
        return record
    }

    /// Writes a record that finds the queue idle, and others while that one waits for one of the two connections: they gather.
    private func gather(_ kernel: Kernel, _ queue: AccountingQueue, _ records: [AccountingRecord]) async throws -> [Answer] {
        let (isHeld, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        @Sendable func hold() async throws {
            try await kernel.withBatchConnection { _ in
                isHeld.signal()
                mayGo.wait()
            }
        }
        async let one: Void = hold()
        async let other: Void = hold()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                for _ in 0..<2 { isHeld.wait() }
                continuation.resume()
            }
        }
        let results = await withTaskGroup(of: (Int, Answer).self, returning: [Int: Answer].self) { group in
            for (index, record) in ([self.record(.start, "first")] + records).enumerated() {
                group.addTask {
                    do { return (index, .success(try await queue.record(record))) } catch { return (index, .failure(error)) }
                }
                // One after the other, so that their order is known.
                while !queue.transactions.isBusy || queue.transactions.count != index { await Task.yield() }
            }
            for _ in 0..<2 { mayGo.signal() }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        _ = try await (one, other)
        return (1...records.count).compactMap { results[$0] }
    }

    private func queue(_ site: APISite, capacity: Int = 4096) -> AccountingQueue {
        AccountingQueue(kernel: site.kernel, calendar: LocalCalendar(.gmt), settings: FreeRADIUSAPISettings(), capacity: capacity)
    }

    @Test(.timeLimit(.minutes(5))) func `records that arrive together are committed together`() async throws {
        guard TestDatabase.Engine.available.contains(.postgres) else { return }
        try await APISite.with(.postgres) { (site) async throws in
            let results = try await gather(site.kernel, queue(site), (0..<40).map { record(.start, "s\($0)") })
            #expect(try results.map { try $0.get() } == Array(repeating: .created, count: 40))
            #expect(try site.rows("SELECT count(*), count(DISTINCT xmin::text) FROM radacct") == [["41", "2"]])
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: TestDatabase.Engine.available)
    func `records of one session, or one device, keep their order`(_ engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            let results = try await gather(
                site.kernel, queue(site),
                [
                    record(.start, "a", user: "bob"), record(.stop, "a", user: "bob", epoch: 1100),
                    record(.interimUpdate, "a", user: "bob", epoch: 1200), record(.start, "b", user: "bob", epoch: 1300),
                    record(.stop, "c", user: "eve"), record(.interimUpdate, "first", user: "first", epoch: 1400),
                ])
            #expect(try results.map { try $0.get() } == [.created, .updated, .updated, .created, .created, .updated])
            let rows = try site.rows(
                "SELECT acctuniqueid, acctterminatecause, CASE WHEN acctstoptime IS NULL THEN 'open' ELSE 'closed' END FROM radacct ORDER BY 1"
            )
            #expect(rows.map { $0[0] } == ["a", "b", "c", "first"])
            #expect(rows.map { $0[2] } == ["closed", "open", "closed", "open"])
            #expect(rows[0][1] == "Session-Timeout")
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: TestDatabase.Engine.available)
    func `groups of many users are found, each in its organization`(_ engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            try site.connection.script(
                """
                INSERT INTO radusergroup (username, groupname, priority, organization_id) VALUES
                    ('bob', 'second', 2, '\(APISite.cafe)'), ('bob', 'first', 1, '\(APISite.cafe)'), ('bob', 'everywhere', 0, NULL),
                    ('eve', 'bar-users', 0, '\(APISite.bar)'), ('ann', 'everywhere', 1, NULL), ('AA', 'devices', 1, NULL)
                """)
            _ = try await gather(
                site.kernel, queue(site),
                [
                    record(.start, "1", user: "bob"), record(.start, "2", user: "eve"), record(.start, "3", user: "ann"),
                    record(.start, "4", user: "AA"),
                ])
            let rows = try site.rows("SELECT groupname FROM radacct WHERE acctuniqueid <> 'first' ORDER BY acctuniqueid")
            #expect(rows == [["first"], [nil], ["everywhere"], [nil]])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a record that the database refuses takes no other with it`() async throws {
        guard TestDatabase.Engine.available.contains(.postgres) else { return }
        try await APISite.with(.postgres) { (site) async throws in
            // No timestamp of PostgreSQL's.
            let wrong = record(.start, "wrong", epoch: 1 << 60)
            let results = try await gather(site.kernel, queue(site), [record(.start, "a"), wrong, record(.start, "b")])
            #expect(try results[0].get() == .created)
            #expect(throws: DatabaseError.self) { try results[1].get() }
            #expect(try results[2].get() == .created)
            #expect(try site.rows("SELECT acctuniqueid FROM radacct ORDER BY 1") == [["a"], ["b"], ["first"]])
        }
    }

    @Test(.timeLimit(.minutes(5))) func `beyond its capacity the queue refuses`() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let queue = queue(site, capacity: 2)
            // The first is being written, two wait.
            let results = try await gather(site.kernel, queue, [record(.start, "a"), record(.start, "b")])
            #expect(try results.map { try $0.get() } == [.created, .created])
            let none = self.queue(site, capacity: 0)
            await #expect(throws: Problem.self) { try await none.record(record(.start, "c")) }
        }
    }
}
