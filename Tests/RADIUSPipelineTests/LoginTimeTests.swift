import NIOConcurrencyHelpers
import RADIUSWire
import RADIUSTransport
import RADIUSDictionary
import Foundation
import RADIUSPipeline
import Testing

struct LoginTimeTests {
    /// Minute of the week, Sunday first.
    private static func at(_ day: Int, _ hour: Int, _ minute: Int = 0, second: Int = 0) -> WeekMinute {
        WeekMinute(minute: (day * 24 + hour) * 60 + minute, second: second)
    }

    static let cases: [(String, WeekMinute, Int?)] = [
        ("Al", at(3, 12), nil), ("Any", at(0, 0), nil), ("any0000-2400", at(0, 0), nil),
        ("Wk0800-1700", at(1, 8), 9 * 3600 + 60), ("Wk0800-1700", at(1, 17), 60), ("Wk0800-1700", at(1, 17, 0, second: 59), 1),
        ("Wk0800-1700", at(1, 17, 1), 0), ("Wk0800-1700", at(1, 7, 59), 0), ("Wk0800-1700", at(0, 12), 0), ("Wk0800-1700", at(6, 12), 0),
        ("Sa,Su", at(6, 0), 48 * 3600), ("Sa|Su", at(0, 23), 3600), ("SaSu", at(6, 23), 25 * 3600),
        ("Mo-We", at(3, 0), 24 * 3600), ("Fr-Mo", at(0, 0), 48 * 3600), ("Fr-Mo", at(2, 0), 0),
        ("Mo2200-0600", at(1, 23), 3600), ("Mo2200-0600", at(1, 5), 3660), ("Mo2200-0600", at(2, 5), 0),
        ("Al2200-0600", at(1, 23), 7 * 3600 + 60), ("Mo0800-1200,Mo1000-1400", at(1, 9), 5 * 3600 + 60),
        ("Mo0800-1200, Mo1201-1300", at(1, 8), 5 * 3600 + 60),
    ]

    @Test(arguments: cases)
    func secondsLeft(_ text: String, _ moment: WeekMinute, _ expected: Int?) throws {
        let times = try #require(LoginTime(text))
        #expect(times.secondsLeft(moment) == expected)
        #expect(times.allows(moment) == (expected != 0))
    }

    @Test(arguments: [
        "", "Xy", "Wk0800", "Wk0800-", "Wk800-1700", "Wk2500-2600", "Wk0860-0900", "0800-1700", "Mo-", "Mo-Xx", "Wk0800-1700-1800",
    ])
    func malformed(_ text: String) {
        #expect(LoginTime(text) == nil)
    }

    @Test func weekMinuteFollowsTheZone() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        // Sunday 12:00 UTC is 14:00 in summer time.
        #expect(WeekMinute(epoch: Installation.noon, zone: zone) == WeekMinute(minute: 14 * 60))
        #expect(WeekMinute(epoch: 0, zone: .gmt) == WeekMinute(minute: 4 * 1440))
        #expect(WeekMinute(epoch: -1, zone: .gmt) == WeekMinute(minute: 4 * 1440 - 1, second: 59))
    }

    @Test func stageLimitsTheSessionOrRefuses() throws {
        func login(_ times: String, _ timeout: String = "9999999") throws -> Decision {
            let installation = try Installation()
            installation.stores["bob"] = UserPolicy(
                checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Login-Time", ":=", times)),
                replies: rows(.radreply, ("Session-Timeout", "=", timeout)))
            return try installation.logIn("bob", "hello")
        }
        #expect(try login("Su1100-1300").lines == ["Session-Timeout = 3660"])
        #expect(try login("Su1100-1300", "30").lines == ["Session-Timeout = 30"])
        #expect(try login("Al").lines == ["Session-Timeout = 9999999"])
        #expect(try login("Mo").reason == .loginTimeOutside)
        #expect(try login("Su1100-1158,Mo").reason == .loginTimeOutside)
        #expect(try login("whenever").reason == .policyMisconfigured)
        // Less than the minimum is left at 12:00:30.
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Login-Time", ":=", "Su1100-1200")))
        #expect(try installation.logIn("bob", "hello", at: Installation.noon + 30).reason == .loginTimeEnding)
    }
}
