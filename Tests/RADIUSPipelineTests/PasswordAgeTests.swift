import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

struct PasswordAgeTests {
    private static let today = Int64(Installation.noon) / 86_400

    private func installation(
        _ name: String = "bob", updated: Int64?, isStaff: Bool = false, token: UserToken? = nil, days: Int64 = 30, staffDays: Int64 = 0,
        _ password: (String, String) = ("Cleartext-Password", "hello")
    ) throws -> Installation {
        let installation = try Installation(authentication: token == nil ? Installation.authentication : UserTokenTests.steps) {
            $0.passwordLifetime = PasswordLifetime(days: days, staffDays: staffDays)
        }
        var account = AccountState(userID: "1", isActive: true)
        account.passwordUpdatedDay = updated
        account.isStaff = isStaff
        var policy = UserPolicy(checks: rows(.radcheck, (password.0, ":=", password.1)), account: account)
        policy.token = token
        installation.stores[name] = policy
        return installation
    }

    @Test func oldPasswordsAreRefusedToWhoKnowsThem() throws {
        let old = try installation(updated: Self.today - 31)
        #expect(try old.logIn("bob", "hello").reason == .passwordExpired)
        #expect(try old.logIn("bob", "hallo").reason == .passwordMismatch)
        #expect(try installation(updated: Self.today - 30).logIn("bob", "hello").code == .accessAccept)
        // Nobody knows how old it is, or nobody minds.
        #expect(try installation(updated: nil).logIn("bob", "hello").code == .accessAccept)
        #expect(try installation(updated: 0, days: 0).logIn("bob", "hello").code == .accessAccept)
    }

    @Test func staffMayHaveItsOwnLifetime() throws {
        func reason(isStaff: Bool, age: Int64, staffDays: Int64, days: Int64 = 30) throws -> RejectReason? {
            try installation(updated: Self.today - age, isStaff: isStaff, days: days, staffDays: staffDays).logIn("bob", "hello").reason
        }
        #expect(try reason(isStaff: true, age: 8, staffDays: 7) == .passwordExpired)
        #expect(try reason(isStaff: false, age: 8, staffDays: 7) == nil)
        #expect(try reason(isStaff: true, age: 31, staffDays: 0) == .passwordExpired)
        #expect(try reason(isStaff: true, age: 8, staffDays: 7, days: 0) == .passwordExpired)
    }

    @Test func devicesHaveNoPasswordThatAges() throws {
        let station = "02-00-00-00-00-01"
        let installation = try installation(station, updated: 0, ("Cleartext-Password", station))
        #expect(try installation.logIn(station, station, [("Calling-Station-Id", station)]).code == .accessAccept)
    }

    @Test(arguments: [(nil, RejectReason.passwordExpired), (true, .passwordExpired), (false, nil)] as [(Bool?, RejectReason?)])
    func tokensOfPasswordsAgeWithThem(_ isPasswordBased: Bool?, _ reason: RejectReason?) throws {
        let key = String(repeating: "tok3n", count: 8)
        var token = UserToken(key: key, organizationID: "cafe", canAuthenticate: true)
        token.isPasswordBased = isPasswordBased
        #expect(try installation(updated: 0, token: token).logIn("bob", key).reason == reason)
    }

    /// RFC 2759 §6: the peer may send a new password.
    @Test func msCHAPTellsThatThePasswordHasExpired() throws {
        let installation = try installation("User", updated: 0, ("Cleartext-Password", "clientPass"))
        let decision = try installation.decide([
            installation.attribute("User-Name", "User"),
            installation.attribute("MS-CHAP-Challenge", octets: octets("5b5d7c7d7b3f2f3e3c2c602132262628")),
            installation.attribute(
                "MS-CHAP2-Response",
                octets: octets(
                    "170021402324255e262a28295f2b3a337c7e000000000000000082309ecd8d708b5ea08faa3981cd83544233114a3d85d6df")),
        ])
        #expect(decision.reason == .passwordExpired)
        guard case .bytes(let error)? = decision.attributes.first(where: { $0.definition.name == "MS-CHAP-Error" })?.value else {
            Issue.record("no MS-CHAP-Error")
            return
        }
        #expect(String(decoding: error.dropFirst(), as: UTF8.self).hasPrefix("E=648 R=0"))
    }
}
