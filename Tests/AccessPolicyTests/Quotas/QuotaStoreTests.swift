import Accounts
import Composition
import Database
import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import ServicePlans
import ServiceLifecycle
import Sessions
import TestSupport
import Testing

@testable import AccessPolicy

@Suite struct QuotaStoreTests {
    typealias Engine = TestDatabase.Engine
    /// Noon of 21 June 2026, UTC.
    private static let noon: Int64 = 1_782_043_200
    private static let calendar = LocalCalendar(.gmt)

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, TestDatabase) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            try body(connection, database)
        }
    }

    private static func terms(_ rate: UInt64) -> PlanTerms {
        var terms = PlanTerms()
        terms.downRate = rate
        return terms
    }

    @Test(arguments: Engine.available) func `quotas come back as they were stored`(_ engine: Engine) throws {
        try with(engine) { (connection, _) throws in
            let store = QuotaStore(connection)
            let quotas = [
                Quota(id: "", measure: .time, period: .days(1), limit: 3600),
                Quota(
                    id: "", measure: .down, period: .months(1, resetDay: 15), limit: 5_000_000_000,
                    exhaustion: .throttle(Self.terms(64_000))),
                Quota(id: "", measure: .octets, period: .rolling(hours: 48), limit: 1, exhaustion: .plan("slow down")),
                Quota(id: "", measure: .age, period: .total, limit: 1, exhaustion: .refuse),
            ]
            for quota in quotas { _ = try store.add(quota, for: .user, "bob", at: 0) }
            _ = try store.add(quotas[0], for: .group, "bob", at: 0)
            let stored = try store.quotas(.user, of: "bob")
            #expect(
                stored.map(\.quota)
                    == zip(quotas, stored).map { quota, row in
                        var quota = quota
                        quota.id = "quota \(row.id)"
                        return quota
                    })
            #expect(try store.quotas().count == 5)
            try store.remove(stored[0].id)
            #expect(throws: QuotaError.quotaUnknown(stored[0].id)) { try store.remove(stored[0].id) }
        }
    }

    @Test(arguments: Engine.available) func `plans are added, changed and removed, with their quotas`(_ engine: Engine) throws {
        try with(engine) { (connection, _) throws in
            let store = PlanStore(connection)
            var gold = PlanRow(name: "gold", description: "d", terms: Self.terms(8), sessionLimit: 3)
            gold.terms.vlan = .name("guests")
            try store.add(gold, at: 0)
            #expect(throws: QuotaError.planExists("gold")) { try store.add(gold, at: 0) }
            #expect(throws: QuotaError.invalidPlanName("")) { try store.add(PlanRow(name: ""), at: 0) }
            gold.terms.downRate = nil
            gold.sessionLimit = nil
            try store.set(gold)
            #expect(try store.plan("gold") == gold)
            #expect(throws: QuotaError.planUnknown("iron")) { try store.set(PlanRow(name: "iron")) }
            _ = try QuotaStore(connection).add(Quota(id: "", measure: .time, period: .total, limit: 5), for: .plan, "gold", at: 0)
            let directory = PlanDirectory()
            try directory.refresh(over: connection)
            #expect(directory.plan("gold", organizationID: "any")?.quotas.map(\.limit) == [5])
            #expect(directory.plan("iron", organizationID: nil) == nil)

            try connection.script("INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Radian-Plan', ':=', 'gold')")
            #expect(throws: QuotaError.planInUse("gold", by: "user bob")) { try store.remove("gold", force: false) }
            try store.remove("gold", force: true)
            #expect(try QuotaStore(connection).quotas().isEmpty)
        }
    }

    @Test(arguments: Engine.available) func `a login's one visit brings quotas, usage and running sessions`(_ engine: Engine) throws {
        try with(engine) { (connection, database) throws in
            try connection.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'staff', 1), ('eve', 'staff', 1);
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime, acctinputoctets,
                    acctoutputoctets) VALUES ('s', 'u', 'bob', {{inet '192.0.2.1'}}, {{timestamp \(Self.noon - 90_000)}}, {{timestamp \(Self.noon - 3000)}},
                    87000, 870, 8700)
                """)
            let quotas = QuotaStore(connection)
            _ = try quotas.add(Quota(id: "", measure: .time, period: .days(1), limit: 7), for: .user, "bob", at: 0)
            _ = try quotas.add(Quota(id: "", measure: .time, period: .days(1), limit: 8), for: .group, "staff", at: 0)
            _ = try quotas.add(Quota(id: "", measure: .time, period: .days(1), limit: 9), for: .user, "other", at: 0)
            let kept = KeptConnection(database.engine, .packets)
            let grant = UsageGrant(counters: ["Max-Daily-Session": 5], plan: "gold")
            let query = UsageQuery(userName: "bob", depth: UsageDepth(hours: 3, days: 1), grant: grant)
            let begun = try UsageKeeper(kept, calendar: Self.calendar).begin([query], at: Self.noon, isRehearsal: false)

            let loader = PolicyLoader(kept) { _ in nil }
            let policies = try loader.load(["bob", "eve", "carol"].map { PolicyQuery(userName: $0, epoch: Self.noon) })
            #expect(policies[0].usage == begun[0])
            #expect(policies[0].usage?.grant == grant)
            #expect(policies[0].usage?.total == UsageAmount(seconds: 87_000, inputOctets: 870, outputOctets: 8700))
            #expect(policies[0].usage?.firstStart == Self.noon - 90_000)
            // Of today from midnight on, of the three hours until now 70 minutes.
            let today = policies[0].usage?.amount(in: .days(1), at: Self.noon, calendar: Self.calendar)
            #expect(today?.seconds == Int64(43_200 - 3000))
            let recent = policies[0].usage?.amount(in: .rolling(hours: 3), at: Self.noon, calendar: Self.calendar)
            #expect(recent?.seconds == Int64(4200))
            #expect((policies[0].usage?.hours.count ?? 99) <= 4)
            #expect(policies[0].quotas.map(\.limit) == [7, 8])
            #expect(policies[0].openSessions?.map(\.acctSessionID) == ["s"])
            #expect(policies[1].quotas.map(\.limit) == [8] && policies[1].usage == nil && policies[1].openSessions == nil)
            #expect(policies[2].quotas.isEmpty && policies[2].usage == nil)

            // Whoever may get a plan from a rule has the sessions counted too, each once.
            try connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime)
                    VALUES ('t', 'v', 'carol', {{inet '192.0.2.1'}}, {{timestamp \(Self.noon)}})
                """)
            let wanted = try loader.load(["bob", "carol"].map { PolicyQuery(userName: $0, epoch: Self.noon, wantsOpenSessions: true) })
            #expect(wanted.map { $0.openSessions?.map(\.acctSessionID) } == [["s"], ["t"]])
        }
    }

    @Test(arguments: Engine.available) func `names of other bytes and of other organizations have usage of their own`(_ engine: Engine)
        throws
    {
        try with(engine) { (connection, database) throws in
            let (composed, decomposed) = ("ren\u{e9}", "rene\u{301}")
            for (number, (name, organization)) in [(composed, "'one'"), (decomposed, "'one'"), (composed, "'two'"), (composed, "NULL")]
                .enumerated()
            {
                try connection.script(
                    """
                    INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctsessiontime, organization_id)
                    VALUES ('s', 'u\(number)', '\(name)', {{inet '192.0.2.1'}}, {{timestamp 100000}}, \([1, 10, 100, 1000][number]), \(organization))
                    """)
            }
            let kept = KeptConnection(database.engine, .packets)
            let queries = [(composed, "one"), (decomposed, "one"), (composed, "two"), (composed, nil)].map {
                UsageQuery(userName: $0.0, organizationID: $0.1, depth: UsageDepth())
            }
            let histories = try UsageKeeper(kept, calendar: Self.calendar).begin(queries, at: 200_000, isRehearsal: false)
            #expect(histories.map(\.total.seconds) == [1001, 10, 1100, 1101])
            let rehearsed = try UsageKeeper(kept, calendar: Self.calendar).begin(queries, at: 200_000, isRehearsal: true)
            #expect(rehearsed.map(\.total.seconds) == [1001, 10, 1100, 1101])
        }
    }

    @Test(arguments: Engine.available) func `a report tells what is used and left, of counters and plans too`(_ engine: Engine) throws {
        try with(engine) { (connection, _) throws in
            try PlanStore(connection).add(PlanRow(name: "gold"), at: 0)
            let quotas = QuotaStore(connection)
            _ = try quotas.add(
                Quota(id: "", measure: .octets, period: .rolling(hours: 2), limit: 100, exhaustion: .refuse), for: .plan, "gold", at: 0)
            try connection.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'staff', 1);
                INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('staff', 'Radian-Plan', ':=', 'gold');
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Max-Daily-Session', ':=', '5000');
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime, acctinputoctets,
                    acctoutputoctets) VALUES ('s', 'u', 'bob', {{inet '192.0.2.1'}}, {{timestamp \(Self.noon - 3600)}}, {{timestamp \(Self.noon)}}, 3600, 100, 50)
                """)
            let report = QuotaReport(connection, calendar: Self.calendar)
            let entries = try report.entries(of: "bob", at: Self.noon + 60)
            #expect(entries.map(\.limit) == [100, 5000])
            #expect(entries.map(\.used) == [150, 3600])
            #expect(entries.map(\.left) == [0, 1400])
            // The hour of the traffic leaves the window at one; the day ends at midnight.
            #expect(entries.map(\.resetsAt) == [Self.noon + 3600, Self.noon + 43_200])
            #expect(entries.map(\.action) == ["refuse", "disconnect"])
            #expect(try report.entries(of: "nobody", at: Self.noon) == [])
        }
    }

    @Test(arguments: Engine.available) func `a packet that reaches a limit is answered by an action`(_ engine: Engine)
        async throws
    {
        try await TestDatabase.with(engine, schema: Schema.migrations) { database in
            let kernel = Kernel(
                engine: database.engine, connections: 1, refreshInterval: .seconds(60),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            defer { kernel.stop() }
            try await kernel.withConnection { connection in
                _ = try QuotaStore(connection).add(Quota(id: "", measure: .octets, period: .total, limit: 100), for: .user, "bob", at: 0)
                try connection.transaction { () throws(DatabaseError) in
                    try UsageLedger(connection, calendar: Self.calendar).begin([UsageQuery(userName: "bob", depth: UsageDepth())], at: 0)
                }
            }
            let module = QuotasModule(kernel, calendar: Self.calendar)
            let actions = NIOLockedValueBox<[SessionActionRequested]>([])
            kernel.events.subscribe(to: SessionActionRequested.self) { action in actions.withLockedValue { $0.append(action) } }
            let group = ServiceGroup(services: module.services, gracefulShutdownSignals: [], logger: kernel.logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let recorder = SessionRecorder(KeptConnection(database.engine, .packets), events: kernel.events, calendar: Self.calendar)
                let now = Int64(Date().timeIntervalSince1970)
                var record = AccountingRecord(
                    statusType: .interimUpdate, uniqueID: "u", eventEpoch: now, acctSessionID: "s", nasIPAddress: "192.0.2.1")
                record.userName = "bob"
                record.sessionTime = 10
                record.outputOctets = 100
                #expect(try recorder.record([record]) == [.stored])
                #expect(await eventually { actions.withLockedValue { !$0.isEmpty } })
                #expect(actions.withLockedValue { $0.map(\.uniqueID) } == ["u"])
                #expect(actions.withLockedValue { $0.map(\.action) } == [.disconnect])
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
