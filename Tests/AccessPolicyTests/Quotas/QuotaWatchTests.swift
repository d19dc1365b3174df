import Accounts
import Composition
import Database
import Foundation
import RADIUSPipeline
import ServerKernel
import ServicePlans
import Sessions
import TestSupport
import Testing

@testable import AccessPolicy

/// Running sessions of users whose quotas run out.
@Suite struct QuotaWatchTests {
    typealias Engine = TestDatabase.Engine

    private struct Watching {
        let connection: any DatabaseConnection
        let recorder: SessionRecorder
        let plans = PlanDirectory()
        let watch: QuotaWatch
        /// Noon of 21 June 2026, UTC.
        static let noon: Int64 = 1_782_043_200

        init(_ database: TestDatabase) throws {
            connection = try database.engine.connect(.general)
            let calendar = LocalCalendar(.gmt)
            recorder = SessionRecorder(KeptConnection(database.engine, .packets), events: EventBus(), calendar: calendar)
            watch = QuotaWatch(
                counters: Dictionary(uniqueKeysWithValues: UsageCounter.builtIn.map { ($0.attribute, $0) }), calendar: calendar,
                plans: plans,
                staleSeconds: 900)
        }

        func keep(_ user: String, _ grant: UsageGrant = UsageGrant(), organization: String? = nil) throws {
            try connection.transaction { () throws(DatabaseError) in
                try UsageLedger(connection, calendar: LocalCalendar(.gmt)).begin(
                    [UsageQuery(userName: user, organizationID: organization, depth: UsageDepth(hours: 48, days: 31), grant: grant)], at: 0)
            }
        }

        func add(_ quota: Quota, _ scope: QuotaRow.Scope, _ subject: String) throws {
            _ = try QuotaStore(connection).add(quota, for: scope, subject, at: 0)
            try plans.refresh(over: connection)
        }

        /// A packet of a session that began at noon, `seconds` into it.
        func packet(
            _ type: AcctStatusType, _ id: String, _ seconds: Int64, octets: Int64 = 0, user: String = "bob", organization: String? = nil,
            from start: Int64 = noon
        ) throws {
            var record = AccountingRecord(
                statusType: type, uniqueID: id, eventEpoch: start + seconds, organizationID: organization, acctSessionID: id,
                nasIPAddress: "192.0.2.1")
            record.userName = user
            record.sessionTime = type == .start ? nil : seconds
            record.outputOctets = octets
            #expect(try recorder.record([record]) == [.stored])
        }

        /// What happens to whom, `seconds` after noon.
        func look(_ seconds: Int64, user: String = "bob") throws -> [String] {
            try connection.transaction { () throws(DatabaseError) in
                try watch.evaluate([StoredName(user)], over: connection, at: Self.noon + seconds)
            }.map { action in
                switch action.action {
                case .disconnect: "\(action.uniqueID) disconnect \(action.reason)"
                case .change(let terms, let orDisconnect):
                    "\(action.uniqueID) change \(terms.downRate.map(String.init) ?? "-") \(orDisconnect) \(action.reason)"
                }
            }.sorted()
        }

        static func with(_ engine: Engine, _ body: (Watching) throws -> Void) throws {
            try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in try body(Watching(database)) }
        }
    }

    private static func terms(_ rate: UInt64) -> PlanTerms {
        var terms = PlanTerms()
        terms.downRate = rate
        return terms
    }

    @Test(arguments: Engine.available) func `all sessions of a user end once their sum reaches the limit`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .octets, period: .days(1), limit: 1000), .user, "bob")
            try watching.packet(.start, "a", 0)
            try watching.packet(.start, "b", 0)
            try watching.packet(.interimUpdate, "a", 60, octets: 600)
            try watching.packet(.interimUpdate, "b", 60, octets: 399)
            #expect(try watching.look(60) == [])
            try watching.packet(.interimUpdate, "b", 70, octets: 400)
            #expect(try watching.look(71) == ["a disconnect quota.daily-volume", "b disconnect quota.daily-volume"])
            // Once, whatever packets follow.
            try watching.packet(.interimUpdate, "b", 80, octets: 500)
            #expect(try watching.look(81) == [])
            // One that begins all the same is met too, and so is everybody the next day.
            try watching.packet(.start, "c", 90)
            #expect(try watching.look(91) == ["c disconnect quota.daily-volume"])
            try watching.packet(.interimUpdate, "a", 50_000, octets: 50_000)
            #expect(try watching.look(50_001).contains("a disconnect quota.daily-volume"))
        }
    }

    @Test(arguments: Engine.available) func `time runs out between packets too, once for each second of each session`(_ engine: Engine)
        throws
    {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .time, period: .total, limit: 1000), .user, "bob")
            try watching.packet(.start, "a", 0)
            try watching.packet(.start, "b", 0)
            try watching.packet(.interimUpdate, "a", 300)
            // 300 told of, 150 more; and 450 of b's.
            #expect(try watching.look(450) == [])
            #expect(try watching.look(499) == [])
            #expect(try watching.look(500) == ["a disconnect quota.total-time", "b disconnect quota.total-time"])
        }
    }

    @Test(arguments: Engine.available) func `a session that nobody hears of counts no further`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .time, period: .total, limit: 1000), .user, "bob")
            try watching.packet(.start, "a", 0)
            #expect(try watching.look(901) == [])
            #expect(try watching.look(5000) == [])
        }
    }

    @Test(arguments: Engine.available) func `a throttled session gets its terms back with the new period`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try PlanStore(watching.connection).add(PlanRow(name: "gold", terms: Self.terms(8000)), at: 0)
            try watching.add(
                Quota(id: "", measure: .down, period: .days(1), limit: 100, exhaustion: .throttle(Self.terms(64))), .plan, "gold")
            try watching.keep("bob", UsageGrant(plan: "gold"))
            try watching.packet(.start, "a", 0)
            try watching.packet(.interimUpdate, "a", 60, octets: 100)
            #expect(try watching.look(61) == ["a change 64 true quota.daily-volume"])
            #expect(try watching.look(62) == [])
            #expect(
                try watching.watch.terms(of: "bob", organizationID: nil, over: watching.connection, at: Watching.noon + 63)?.downRate == 64)
            // Midnight.
            #expect(try watching.look(43_200) == ["a change 8000 true quota.renewed"])
            #expect(try watching.look(43_201) == [])
            try watching.packet(.interimUpdate, "a", 43_260, octets: 300)
            #expect(
                try watching.watch.terms(of: "bob", organizationID: nil, over: watching.connection, at: Watching.noon + 43_201)?.downRate
                    == 8000)
        }
    }

    @Test(arguments: Engine.available) func `a window that rolls on lifts what it brought`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try PlanStore(watching.connection).add(PlanRow(name: "slow", terms: Self.terms(32)), at: 0)
            try watching.keep("bob")
            try watching.add(
                Quota(id: "", measure: .octets, period: .rolling(hours: 2), limit: 100, exhaustion: .plan("slow")), .user, "bob")
            try watching.packet(.start, "a", 0)
            try watching.packet(.interimUpdate, "a", 60, octets: 100)
            #expect(try watching.look(61) == ["a change 32 true quota.volume"])
            #expect(try watching.look(7199) == [])
            #expect(try watching.look(7200) == ["a change - true quota.renewed"])
        }
    }

    @Test(arguments: Engine.available) func `counters of check rows end sessions, refusing quotas let them go on`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob", UsageGrant(counters: ["Max-Daily-Octets": 50, "Unknown": 1]))
            try watching.add(Quota(id: "", measure: .octets, period: .days(1), limit: 10, exhaustion: .refuse), .user, "bob")
            try watching.packet(.start, "a", 0)
            try watching.packet(.interimUpdate, "a", 60, octets: 49)
            #expect(try watching.look(61) == [])
            try watching.packet(.interimUpdate, "a", 70, octets: 50)
            #expect(try watching.look(71) == ["a disconnect quota.daily-volume"])
        }
    }

    @Test(arguments: Engine.available) func `a session's own quota is about no other session`(_ engine: Engine) throws {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .octets, period: .session, limit: 100), .user, "bob")
            try watching.packet(.start, "a", 0)
            try watching.packet(.start, "b", 0)
            try watching.packet(.interimUpdate, "a", 60, octets: 99)
            try watching.packet(.interimUpdate, "b", 60, octets: 100)
            #expect(try watching.look(61) == ["b disconnect quota.volume"])
        }
    }

    @Test(arguments: Engine.available) func `groups' quotas reach their members, of one organization where they belong to one`(
        _ engine: Engine
    ) throws {
        try Watching.with(engine) { (watching) throws in
            try watching.connection.script(
                """
                INSERT INTO radian_organization (id, slug, name, created, modified) VALUES ('one', 'one', 'One', 0, 0), ('two', 'two', 'Two', 0, 0);
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'staff', 1)
                """)
            for organization in ["one", "two"] { try watching.keep("bob", organization: organization) }
            try watching.add(Quota(id: "", measure: .octets, period: .total, limit: 100, organizationID: "one"), .group, "staff")
            for organization in ["one", "two"] {
                try watching.packet(.start, organization, 0, organization: organization)
                try watching.packet(.interimUpdate, organization, 60, octets: 100, organization: organization)
            }
            #expect(try watching.look(61) == ["one disconnect quota.total-volume"])
        }
    }

    @Test(arguments: Engine.available) func `a quota that looks further back than any before is met at the next look`(_ engine: Engine)
        throws
    {
        try Watching.with(engine) { (watching) throws in
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .octets, period: .months(3, resetDay: 1), limit: 100), .user, "bob")
            try watching.packet(.stop, "old", 60, octets: 60, from: Watching.noon - 60 * 86_400)
            try watching.packet(.interimUpdate, "a", 60, octets: 60)
            #expect(try watching.look(61) == [])
            #expect(try watching.look(62) == ["a disconnect quota.volume"])
        }
    }

    @Test(arguments: Engine.available, [1, 2, 3] as [UInt64])
    func `whatever the order of packets, sessions end with the one that reaches the limit`(_ engine: Engine, _ seed: UInt64)
        throws
    {
        try Watching.with(engine) { (watching) throws in
            var state = seed &* 0x9E37_79B9_7F4A_7C15
            func random(_ bound: Int64) -> Int64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64(state >> 33) % bound
            }
            let limit: Int64 = 5_000
            try watching.keep("bob")
            try watching.add(Quota(id: "", measure: .octets, period: .total, limit: limit), .user, "bob")
            // The model: the largest count that each session ever told of, added up.
            var told: [String: Int64] = [:]
            var ended: Set<String> = []
            for step in Int64(1)...80 {
                let id = "s\(random(6))"
                let octets = random(3) == 0 ? (told[id] ?? 0) / 2 : (told[id] ?? 0) + random(800)
                try watching.packet(told[id] == nil ? .start : .interimUpdate, id, step * 10, octets: told[id] == nil ? 0 : octets)
                told[id] = told[id] == nil ? 0 : max(told[id] ?? 0, octets)
                let actions = try watching.look(step * 10 + 1)
                let expected = told.values.reduce(0, +) >= limit ? Set(told.keys).subtracting(ended) : []
                #expect(Set(actions.map { String($0.prefix { $0 != " " }) }) == expected, "step \(step)")
                ended.formUnion(expected)
            }
            #expect(!ended.isEmpty)
        }
    }
}
