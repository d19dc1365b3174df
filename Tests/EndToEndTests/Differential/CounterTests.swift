import Database
import Foundation
import TestSupport
import Testing

/// FreeRADIUS's sqlcounter and Radian's counters over the same accounting rows. Its queries for SQLite take times for text, so that only
/// PostgreSQL tells what is meant.
@PeerThread
@Suite
struct CounterTests {
    private nonisolated static let engines = TestDatabase.Engine.available.filter { $0 == .postgres && FreeRADIUSProcess.hasCounters($0) }

    /// A session by the hours before now at which it began, and the minutes that it lasted.
    private struct Past {
        var hoursAgo: Double
        var minutes: Int64
        var isOpen = false
    }

    private static let histories: [(name: String, sessions: [Past])] = [
        ("nothing", []),
        ("a minute", [Past(hoursAgo: 0.2, minutes: 1)]),
        ("running", [Past(hoursAgo: 1, minutes: 50, isOpen: true)]),
        ("over midnight", [Past(hoursAgo: 30, minutes: 1700)]),
        ("all day", [Past(hoursAgo: 20, minutes: 1190)]),
        ("this week", [Past(hoursAgo: 100, minutes: 60), Past(hoursAgo: 50, minutes: 90), Past(hoursAgo: 2, minutes: 30)]),
        ("over the month", [Past(hoursAgo: 24 * 33, minutes: 33 * 1440 - 60)]),
        ("long ago", [Past(hoursAgo: 24 * 100, minutes: 600)]),
        ("several at once", (0..<4).map { Past(hoursAgo: 3, minutes: 100 + Int64($0)) }),
    ]

    private static let limits: [(name: String, check: [String])] = [
        ("daily short", ["Max-Daily-Session := 3600"]), ("daily long", ["Max-Daily-Session := 86000"]),
        ("daily beyond", ["Max-Daily-Session := 200000"]), ("weekly", ["Max-Weekly-Session := 7200"]),
        ("weekly long", ["Max-Weekly-Session := 900000"]), ("monthly", ["Max-Monthly-Session := 20000"]),
        ("monthly long", ["Max-Monthly-Session := 3000000"]), ("all", ["Max-All-Session := 10000"]),
        ("all long", ["Max-All-Session := 4000000"]), ("expire", ["Expire-After := 14400"]), ("expire long", ["Expire-After := 9000000"]),
        ("two", ["Max-Daily-Session := 50000", "Max-All-Session := 30000"]),
    ]

    @Test("counters answer as FreeRADIUS's", arguments: engines)
    func sameAnswers(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let now = Int64(Date().timeIntervalSince1970)
            var cases: [PolicyCase] = []
            var number = 0
            for history in Self.histories {
                for limit in Self.limits {
                    for reply in [[], ["Session-Timeout = 5000"]] {
                        let name = "\(history.name) \(limit.name)\(reply.isEmpty ? "" : " reply")".replacing(" ", with: "-")
                        cases.append(PolicyCase(name, check: limit.check, reply: reply))
                        try site.addUser(name, check: cases[cases.count - 1].check, reply: reply)
                        for session in history.sessions {
                            number += 1
                            let start = now - Int64(session.hoursAgo * 3600)
                            let stop = session.isOpen ? "NULL" : "{{timestamp \(start + session.minutes * 60)}}"
                            try site.connection.script(
                                """
                                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, acctsessiontime)
                                VALUES ('c\(number)', 'c\(number)', '\(name)', '127.0.0.1', {{timestamp \(start)}}, \(stop), \(session.minutes * 60))
                                """)
                        }
                    }
                }
            }
            let oracle = try FreeRADIUSProcess(site.database, countsUsage: true)
            let server = try ServerUnderTest.start(site.database.url)
            var refused = 0
            var limited = 0
            // The second answer comes from what is kept since the first.
            for round in 1...2 {
                for query in cases {
                    let expected = try ServerAnswer.ask(oracle.auth(), query)
                    let actual = try ServerAnswer.ask(server.auth(), query)
                    if expected.code == "Access-Reject" { refused += 1 }
                    if expected.attributes["Session-Timeout"] != nil { limited += 1 }
                    if !actual.isSame(as: expected) {
                        Issue.record("round \(round) \(query.name) \(query.check)\n  FreeRADIUS: \(expected)\n  Radian:     \(actual)")
                    }
                }
            }
            #expect(refused > 30 && limited > 100, "\(refused) refused, \(limited) limited")
            #expect(try server.stop() == .code(0))
            try oracle.stop()
        }
    }
}
