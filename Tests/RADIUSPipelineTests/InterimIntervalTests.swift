import RADIUSPipeline
import Testing

/// RFC 2869 §5.16: an interval between Interim-Updates is a minute or more.
@Suite struct InterimIntervalTests {
    @Test(arguments: [
        ("600", ["Acct-Interim-Interval = 600"]), ("60", ["Acct-Interim-Interval = 60"]), ("59", ["Acct-Interim-Interval = 60"]), ("0", []),
    ])
    func shortIntervalsAreRaised(_ value: String, _ lines: [String]) throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")), replies: rows(.radreply, ("Acct-Interim-Interval", ":=", value))
        )
        #expect(try installation.logIn("bob", "hello").lines == lines)
    }
}
