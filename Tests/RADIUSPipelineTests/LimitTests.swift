import NIOConcurrencyHelpers
import RADIUSWire
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import Testing

struct LimitTests {
    private let password = rows(.radcheck, ("Cleartext-Password", ":=", "hello"))

    // Expiration and account.

    @Test func expirationLimitsTheSession() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Expiration", ":=", "\(Int(Installation.noon) + 500)")))
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 500"])
    }

    @Test func passedExpirationRejectsWithItsMessageAlone() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Expiration", ":=", "1 Jan 2020")),
            replies: rows(.radreply, ("Reply-Message", "=", "welcome")))
        let decision = try installation.logIn("bob", "hello")
        #expect(decision.reason == .accountExpired)
        #expect(decision.lines == ["Reply-Message = Password Has Expired"])
    }

    @Test func accountStateCountsAfterThePassword() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: password, account: AccountState(userID: "1", isActive: false))
        #expect(try installation.logIn("bob", "wrong").reason == .passwordMismatch)
        #expect(try installation.logIn("bob", "hello").reason == .accountInactive)
        installation.stores["bob"] = UserPolicy(
            checks: password, account: AccountState(userID: "1", isActive: true, expiresAt: Int64(Installation.noon)))
        #expect(try installation.logIn("bob", "hello").reason == .accountExpired)
        installation.stores["bob"] = UserPolicy(
            checks: password, account: AccountState(userID: "1", isActive: true, expiresAt: Int64(Installation.noon) + 90))
        #expect(try installation.logIn("bob", "hello").lines == ["Session-Timeout = 90"])
    }

    // Simultaneous-Use.

    private func limited(_ limit: Int, sessions: [OpenSession] = []) -> UserPolicy {
        UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Simultaneous-Use", ":=", "\(limit)")), openSessions: sessions)
    }

    private func logIn(_ installation: Installation, _ station: String, at epoch: Double = Installation.noon) throws -> RejectReason? {
        try installation.logIn("bob", "hello", [("Calling-Station-Id", station)], at: epoch).reason
    }

    @Test func openSessionsOfOtherStationsCount() throws {
        let installation = try Installation()
        installation.stores["bob"] = limited(
            1, sessions: [OpenSession(acctSessionID: "1", nasAddress: "192.0.2.1", callingStationID: "02:00:00:00:00:01")])
        #expect(try logIn(installation, "02-00-00-00-00-02") == .sessionLimit)
        // The same station roams, whatever notation the NAS uses.
        #expect(try logIn(installation, "02-00-00-00-00-01") == nil)
        installation.stores["bob"] = limited(0)
        #expect(try logIn(installation, "02-00-00-00-00-01") == .sessionLimit)
    }

    @Test func loginsWithoutASessionYetCountToo() throws {
        let installation = try Installation()
        installation.stores["bob"] = limited(1)
        #expect(try logIn(installation, "02-00-00-00-00-01") == nil)
        #expect(try logIn(installation, "02-00-00-00-00-01") == nil)
        #expect(try logIn(installation, "02-00-00-00-00-02") == .sessionLimit)
        // They are forgotten after a while.
        #expect(try logIn(installation, "02-00-00-00-00-02", at: Installation.noon + 61) == nil)
    }

    @Test func wrongPasswordTakesNoPlace() throws {
        let installation = try Installation()
        installation.stores["bob"] = limited(1)
        #expect(try installation.logIn("bob", "wrong", [("Calling-Station-Id", "02-00-00-00-00-01")]).reason == .passwordMismatch)
        #expect(try logIn(installation, "02-00-00-00-00-02") == nil)
    }

    @Test func accountingGivesThePlaceBack() throws {
        let installation = try Installation()
        installation.stores["bob"] = limited(1)
        #expect(try logIn(installation, "02-00-00-00-00-01") == nil)
        let stop = try installation.decide(
            [
                installation.attribute("User-Name", "bob"), installation.attribute("Acct-Status-Type", "Stop"),
                installation.attribute("Acct-Session-Id", "1"), installation.attribute("Calling-Station-Id", "02-00-00-00-00-01"),
            ], code: .accountingRequest)
        #expect(stop.code == .accountingResponse)
        #expect(try logIn(installation, "02-00-00-00-00-02") == nil)
    }

    @Test func rehearsalTakesNoPlace() throws {
        let installation = try Installation()
        installation.stores["bob"] = limited(1)
        let attributes = try [
            installation.attribute("User-Name", "bob"), installation.attribute("User-Password", "hello"),
            installation.attribute("Calling-Station-Id", "02-00-00-00-00-01"),
        ]
        #expect(try installation.decide(attributes, isRehearsal: true).code == .accessAccept)
        #expect(try logIn(installation, "02-00-00-00-00-02") == nil)
    }
}
