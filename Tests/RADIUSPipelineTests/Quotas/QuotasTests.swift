import Foundation
import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSWire
import ServicePlans
import Testing

@testable import RADIUSPipeline

/// Counters, quotas and plans at login.
@Suite struct QuotasTests {
    private static let order: [PipelineStep] =
        Installation.authentication.dropLast() + [.each(ChoosePlan()), .batch(Quotas()), .each(ApplyPlan()), .each(SimultaneousUse())]

    private func installation(_ adjust: (inout PipelineSettings) -> Void = { _ in }) throws -> Installation {
        try Installation(isTraced: true, authentication: Self.order, adjust)
    }

    private static let now = Int64(Installation.noon)
    private static let midnight = now - 43_200

    /// A usage of so much today and so much in all.
    private static func usage(today: UsageAmount = UsageAmount(), hour: UsageAmount = UsageAmount(), total: UsageAmount? = nil)
        -> UsageHistory
    {
        var usage = UsageHistory(zone: "GMT", depth: UsageDepth(hours: 744, days: 366))
        usage.days = [
            UsageHistory.Bucket(began: midnight, amount: today),
            UsageHistory.Bucket(began: midnight - 86_400, amount: UsageAmount(seconds: 1_000_000)),
        ]
        usage.hours = [UsageHistory.Bucket(began: now, amount: hour)]
        usage.total = total ?? today
        return usage
    }

    private static func policy(
        _ items: (String, String)..., usage: UsageHistory? = nil, quotas: [Quota] = [], sessions: [OpenSession]? = nil
    )
        -> UserPolicy
    {
        var checks = rows(.radcheck, ("Cleartext-Password", ":=", "hello"))
        for (index, item) in items.enumerated() {
            checks.append(PolicyRow(table: .radcheck, id: Int64(index + 10), attribute: item.0, op: ":=", value: item.1))
        }
        return UserPolicy(checks: checks, openSessions: sessions, usage: usage, quotas: quotas)
    }

    // Counters, as sqlcounter has them.

    @Test(arguments: [
        ("Max-Daily-Session", "Session-Timeout = 2600"), ("Max-All-Session", "Session-Timeout = 2600"),
    ])
    func `a counter grants what is left`(_ attribute: String, _ line: String) throws {
        let installation = try installation()
        installation.stores["bob"] = Self.policy((attribute, "3600"), usage: Self.usage(today: UsageAmount(seconds: 1000)))
        #expect(try installation.logIn("bob", "hello").lines == [line])
    }

    @Test func `a counter that outlasts the period adds the next period's limit`() throws {
        let installation = try installation()
        // 12 hours are left of the day, 13 of the limit.
        installation.stores["bob"] = Self.policy(("Max-Daily-Session", "50000"), usage: Self.usage(today: UsageAmount(seconds: 3200)))
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = \(43_200 + 50_000)"])
        installation.stores["bob"] = Self.policy(("Max-Daily-Session", "50000"), usage: Self.usage(today: UsageAmount(seconds: 6801)))
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 43199"])
    }

    @Test(arguments: [
        ("Max-Hourly-Session", "hourly", RejectReason.quotaTime), ("Max-Daily-Session", "daily", .quotaDailyTime),
        ("Max-All-Session", "never", .quotaTotalTime), ("Max-Monthly-Traffic", "monthly", .quotaMonthlyVolume),
        ("CS-Total-Octets-Daily", "daily", .quotaDailyVolume), ("Max-Weekly-Output-Octets", "weekly", .quotaWeeklyVolume),
    ])
    func `a counter that is used up refuses in FreeRADIUS's words`(_ attribute: String, _ word: String, _ reason: RejectReason) throws {
        let installation = try installation()
        let amount = UsageAmount(seconds: 3600, inputOctets: 100, outputOctets: 3600)
        var policy = Self.policy((attribute, "3600"), usage: Self.usage(today: amount, hour: amount))
        policy.replies = rows(.radreply, ("Reply-Message", "=", "welcome"))
        installation.stores["bob"] = policy
        let decision = try installation.logIn("bob", "hello")
        #expect(decision.reason == reason)
        #expect(decision.lines == ["Reply-Message = Your maximum \(word) usage time has been reached"])
        // Whoever does not know the password learns nothing of it.
        #expect(try installation.logIn("bob", "wrong").reason == .passwordMismatch)
    }

    @Test func `Expire-After counts from the first session, online or not`() throws {
        let installation = try installation()
        var usage = Self.usage()
        installation.stores["bob"] = Self.policy(("Expire-After", "3600"), usage: usage)
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 3600"])
        usage.firstStart = Self.now - 600
        installation.stores["bob"] = Self.policy(("Expire-After", "3600"), usage: usage)
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 3000"])
        usage.firstStart = Self.now - 3600
        installation.stores["bob"] = Self.policy(("Expire-After", "3600"), usage: usage)
        #expect(try installation.logIn("bob", "hello").reason == .quotaAge)
    }

    @Test func `the lowest of several counters and of the rows' own limit counts`() throws {
        let installation = try installation()
        var policy = Self.policy(
            ("Max-Daily-Session", "3600"), ("Max-All-Session", "1800"), usage: Self.usage(today: UsageAmount(seconds: 600)))
        installation.stores["bob"] = policy
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 1200"])
        policy.replies = rows(.radreply, ("Session-Timeout", "=", "60"))
        installation.stores["bob"] = policy
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 60"])
    }

    @Test func `an operator's counter sets the reply attribute it names, within its 32 bits`() throws {
        let installation = try installation {
            $0.counters.append(UsageCounter("CS-Total-Octets", .octets, .total, replyAttribute: "ChilliSpot-Max-Total-Octets"))
        }
        installation.stores["bob"] = Self.policy(
            ("CS-Total-Octets", "10000"), usage: Self.usage(today: UsageAmount(inputOctets: 1, outputOctets: 2)))
        #expect(try installation.logIn("bob", "hello").lines == ["ChilliSpot-Max-Total-Octets = 9997"])
        installation.stores["bob"] = Self.policy(("CS-Total-Octets", "10000000000"), usage: Self.usage())
        #expect(try installation.logIn("bob", "hello").lines == ["ChilliSpot-Max-Total-Octets = 4294967295"])
    }

    @Test func `traffic that is left becomes the NAS's own attributes, with gigawords`() throws {
        var installation = try installation()
        installation.client.type = "mikrotik"
        installation.stores["bob"] = Self.policy(
            ("Max-Daily-Octets", "5000000000"), usage: Self.usage(today: UsageAmount(inputOctets: 300, outputOctets: 400)))
        let lines = try installation.logIn("bob", "hello").lines
        #expect(lines.contains("Mikrotik-Total-Limit = \(5_000_000_000 - 700 - 4_294_967_296)"))
        #expect(lines.contains("Mikrotik-Total-Limit-Gigawords = 1"))
    }

    // Where usage comes from.

    @Test func `only users with limits ask for usage, in one visit, and only until it is kept`() throws {
        let installation = try installation()
        installation.stores["free"] = Self.policy()
        #expect(try installation.logIn("free", "hello").code == .accessAccept)
        #expect(installation.stores.state.withLockedValue { $0.usageBatches.isEmpty })
        installation.stores["bob"] = Self.policy(("Max-Weekly-Session", "3600"), ("Max-Hourly-Session", "600"))
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 600"])
        let batches = installation.stores.state.withLockedValue { $0.usageBatches }
        #expect(batches.count == 1 && batches[0].map(\.depth) == [UsageDepth(hours: 1, days: 7)])
        #expect(batches[0].map(\.grant) == [UsageGrant(counters: ["Max-Weekly-Session": 3600, "Max-Hourly-Session": 600])])
        // Kept as the limits need it: no visit.
        var usage = Self.usage()
        usage.grant = batches[0][0].grant
        installation.stores["bob"] = Self.policy(("Max-Weekly-Session", "3600"), ("Max-Hourly-Session", "600"), usage: usage)
        _ = try installation.logIn("bob", "hello")
        #expect(installation.stores.state.withLockedValue { $0.usageBatches.count } == 1)
        // Another zone, a longer look back and another limit are reasons to ask again.
        for change: (inout UsageHistory) -> Void in [{ $0.zone = "Europe/Rome" }, { $0.depth.days = 6 }, { $0.grant.counters = [:] }] {
            var changed = usage
            change(&changed)
            installation.stores["bob"] = Self.policy(("Max-Weekly-Session", "3600"), ("Max-Hourly-Session", "600"), usage: changed)
            _ = try installation.logIn("bob", "hello")
        }
        #expect(installation.stores.state.withLockedValue { $0.usageBatches.count } == 4)
    }

    @Test func `a store that does not answer lets nobody with limits in`() throws {
        let installation = try installation()
        installation.stores["bob"] = Self.policy(("Max-Daily-Session", "3600"))
        installation.stores.state.withLockedValue { $0.usageFailure = .unavailable("away") }
        #expect(try installation.logIn("bob", "hello").code == nil)
    }

    // Quotas, shared by the user's devices.

    private func station(_ number: Int) -> (String, String) { ("Calling-Station-Id", "02-00-00-00-00-0\(number)") }

    private func session(_ number: Int) -> OpenSession {
        OpenSession(acctSessionID: "\(number)", nasAddress: "192.0.2.1", callingStationID: "02-00-00-00-00-0\(number)")
    }

    @Test func `what is left is shared with the sessions of other devices and with logins under way`() throws {
        let installation = try installation()
        let quota = Quota(id: "quota 1", measure: .time, period: .total, limit: 12_000)
        func logIn(_ number: Int, sessions: [Int], at epoch: Double = Installation.noon) throws -> [String] {
            installation.stores["bob"] = Self.policy(
                usage: Self.usage(today: UsageAmount(seconds: 6_000)), quotas: [quota], sessions: sessions.map(session))
            return try installation.logIn("bob", "hello", [station(number)], at: epoch).lines
        }
        #expect(try logIn(1, sessions: []) == ["Session-Timeout = 6000"])
        // The first has no session yet, and counts.
        #expect(try logIn(2, sessions: []) == ["Session-Timeout = 3000"])
        #expect(try logIn(3, sessions: [1]) == ["Session-Timeout = 2000"])
        #expect(try logIn(4, sessions: [1, 2, 3]) == ["Session-Timeout = 1500"])
        // A device that roams shares with nobody new.
        #expect(try logIn(4, sessions: [1, 2, 3, 4]) == ["Session-Timeout = 1500"])
        // Logins that never became sessions are forgotten.
        #expect(try logIn(5, sessions: [], at: Installation.noon + 120) == ["Session-Timeout = 6000"])
    }

    @Test func `counters are not shared, as in FreeRADIUS`() throws {
        let installation = try installation()
        installation.stores["bob"] = Self.policy(("Max-All-Session", "600"), usage: Self.usage(), sessions: [session(1), session(2)])
        #expect(try installation.logIn("bob", "hello", [station(3)]).lines == ["Session-Timeout = 600"])
    }

    @Test func `traffic is shared too, a session's own limit is not`() throws {
        var installation = try installation()
        installation.client.type = "mikrotik"
        installation.stores["bob"] = Self.policy(
            usage: Self.usage(),
            quotas: [
                Quota(id: "a", measure: .down, period: .days(1), limit: 3_000), Quota(id: "b", measure: .up, period: .session, limit: 500),
            ], sessions: [session(1), session(2)])
        let lines = try installation.logIn("bob", "hello", [station(3)]).lines
        #expect(lines.contains("Mikrotik-Xmit-Limit = 1000"))
        #expect(lines.contains("Mikrotik-Recv-Limit = 500"))
    }

    @Test func `a quota that is used up acts as it says`() throws {
        var installation = try installation { settings in
            settings.plan = { name, _ in
                var terms = PlanTerms()
                terms.downRate = 64_000
                return name == "slow" ? ServicePlan(name: "slow", terms: terms) : nil
            }
        }
        installation.client.type = "wispr"
        var slow = PlanTerms()
        slow.downRate = 128_000
        func logIn(_ exhaustion: Quota.Exhaustion, used: Int64) throws -> Decision {
            installation.stores["bob"] = Self.policy(
                usage: Self.usage(today: UsageAmount(outputOctets: used)),
                quotas: [Quota(id: "q", measure: .octets, period: .days(1), limit: 1_000, exhaustion: exhaustion)])
            return try installation.logIn("bob", "hello")
        }
        for exhaustion in [Quota.Exhaustion.disconnect, .refuse] {
            #expect(try logIn(exhaustion, used: 1_000).reason == .quotaDailyVolume)
            #expect(try logIn(exhaustion, used: 999).code == .accessAccept)
        }
        #expect(try logIn(.refuse, used: 1_000).lines == ["Reply-Message = Your maximum daily traffic has been reached"])
        #expect(try logIn(.throttle(slow), used: 999).lines == [])
        #expect(try logIn(.throttle(slow), used: 1_000).lines.contains("WISPr-Bandwidth-Max-Down = 128000"))
        #expect(try logIn(.plan("slow"), used: 1_000).lines.contains("WISPr-Bandwidth-Max-Down = 64000"))
        #expect(try logIn(.plan("none"), used: 1_000).reason == .planUnknown)
    }

    @Test func `a rolling window counts its hours and no others`() throws {
        let installation = try installation()
        var usage = Self.usage()
        usage.hours = (0..<5).map { UsageHistory.Bucket(began: Self.now - Int64($0) * 3600, amount: UsageAmount(seconds: 1000)) }
        installation.stores["bob"] = Self.policy(
            usage: usage, quotas: [Quota(id: "q", measure: .time, period: .rolling(hours: 3), limit: 3600)])
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 600"])
    }

    @Test func `quotas of other organizations do not count`() throws {
        let installation = try installation()
        installation.stores["bob"] = Self.policy(
            usage: Self.usage(), quotas: [Quota(id: "q", measure: .time, period: .total, limit: 0, organizationID: "other")])
        #expect(try installation.logIn("bob", "hello").code == .accessAccept)
    }

    // Plans.

    private func planned(strict: Bool = false) throws -> Installation {
        var terms = PlanTerms()
        terms.downRate = 8_000_000
        terms.upRate = 1_000_000
        terms.sessionSeconds = 7200
        terms.idleSeconds = 300
        let gold = ServicePlan(
            name: "gold", terms: terms, sessionLimit: 2, quotas: [Quota(id: "plan gold 1", measure: .time, period: .days(1), limit: 3600)])
        var installation = try installation {
            $0.plan = { name, _ in name == "gold" ? gold : nil }
            $0.strictPolicy = strict
        }
        installation.client.type = "wispr"
        return installation
    }

    @Test func `a plan's terms, quotas and sessions come with its name`() throws {
        let installation = try planned()
        installation.stores["bob"] = Self.policy(("Radian-Plan", "gold"), usage: Self.usage(today: UsageAmount(seconds: 600)))
        let lines = try installation.logIn("bob", "hello", [station(1)]).lines
        #expect(lines.contains("Session-Timeout = 3000"))
        #expect(lines.contains("Idle-Timeout = 300"))
        #expect(lines.contains("WISPr-Bandwidth-Max-Down = 8000000") && lines.contains("WISPr-Bandwidth-Max-Up = 1000000"))
        #expect(!lines.contains { $0.hasPrefix("Radian-Plan") })
        installation.stores["bob"] = Self.policy(("Radian-Plan", "gold"), usage: Self.usage(), sessions: [session(1), session(2)])
        #expect(try installation.logIn("bob", "hello", [station(3)]).reason == .sessionLimit)
    }

    @Test func `a group's reply row may name the plan, and rows win over it`() throws {
        let installation = try planned()
        var policy = Self.policy(usage: Self.usage())
        policy.groups = [
            GroupPolicy(
                name: "g", priority: 1,
                replies: rows(
                    .radgroupreply, ("Radian-Plan", ":=", "gold"), ("WISPr-Bandwidth-Max-Down", ":=", "5"),
                    ("Session-Timeout", ":=", "9000"))
            )
        ]
        installation.stores["bob"] = policy
        let lines = try installation.logIn("bob", "hello").lines
        #expect(lines.filter { $0.hasPrefix("WISPr-Bandwidth-Max-Down") } == ["WISPr-Bandwidth-Max-Down = 5"])
        #expect(lines.contains("WISPr-Bandwidth-Max-Up = 1000000"))
        // The row wins over the plan's two hours, the plan's quota does not give way.
        #expect(lines.contains("Session-Timeout = 3600"))
    }

    @Test func `a plan that does not exist is skipped, or refuses where rows are strict`() throws {
        for isStrict in [false, true] {
            let installation = try planned(strict: isStrict)
            installation.stores["bob"] = Self.policy(("Radian-Plan", "platinum"))
            #expect(try installation.logIn("bob", "hello").reason == (isStrict ? .planUnknown : nil))
        }
    }
}
