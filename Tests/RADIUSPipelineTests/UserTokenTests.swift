import Digests
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

struct UserTokenTests {
    private static let key = String(repeating: "tok3n", count: 8)
    static let steps: [PipelineStep] = [
        .each(FilterUserName()), .each(OrganizationRealm()), .each(DetectCredential()), .batch(LoadPolicy()), .each(EvaluatePolicy()),
        .each(AcceptUserToken()), .each(SelectAuthType()), .each(PAP()), .each(CHAP()), .each(MSCHAPv1()), .each(MSCHAPv2()),
        .each(RequireAuthentication()), .each(AccountStatus()), .each(VerifiedIdentity()), .each(PasswordAge()), .each(SimultaneousUse()),
        .batch(SpendUserToken()),
    ]

    private func installation(
        _ token: UserToken?, checks: [PolicyRow] = rows(.radcheck, ("Cleartext-Password", ":=", "hello")),
        registrations: [IdentityRegistration] = [], _ adjust: (inout PipelineSettings) -> Void = { _ in }
    ) throws -> Installation {
        var installation = try Installation(authentication: Self.steps, adjust)
        installation.client.organizationID = "cafe"
        var policy = UserPolicy(
            checks: checks,
            account: AccountState(userID: "1", isActive: true, organizationIDs: ["cafe"], registrations: registrations))
        policy.token = token
        installation.stores["bob"] = policy
        return installation
    }

    private func token(
        organization: String = "cafe", canAuthenticate: Bool = true, spentAt: Int64? = nil, spentBy: String = ""
    ) -> UserToken {
        UserToken(
            key: Self.key, organizationID: organization, canAuthenticate: canAuthenticate, spentAt: spentAt, spentBy: spentBy)
    }

    @Test func theTokenIsAPasswordOnce() throws {
        let installation = try installation(token())
        #expect(try installation.logIn("bob", Self.key).code == .accessAccept)
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.map(\.key) } == [Self.key])
        // As when another server took it in the same moment.
        #expect(try installation.logIn("bob", Self.key).reason == .tokenUsed)
    }

    @Test func theOwnPasswordUsesUpNothing() throws {
        let installation = try installation(token())
        #expect(try installation.logIn("bob", "hello").code == .accessAccept)
        #expect(try installation.logIn("bob", "hallo").reason == .passwordMismatch)
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.isEmpty })
    }

    @Test func rehearsalsUseUpNothing() throws {
        let installation = try installation(token())
        let attributes = try [installation.attribute("User-Name", "bob"), installation.attribute("User-Password", Self.key)]
        #expect(try installation.decide(attributes, isRehearsal: true).code == .accessAccept)
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.isEmpty })
    }

    @Test func lastingTokensStayGood() throws {
        let installation = try installation(token()) { $0.disposesUserTokens = false }
        for _ in 0..<2 { #expect(try installation.logIn("bob", Self.key).code == .accessAccept) }
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.isEmpty })
    }

    @Test func aRefusedLoginUsesUpNothing() throws {
        let checks = rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Simultaneous-Use", ":=", "1"))
        let installation = try installation(token(), checks: checks)
        installation.stores["bob"].openSessions = [
            OpenSession(acctSessionID: "1", nasAddress: "192.0.2.1", callingStationID: "02-00-00-00-00-01")
        ]
        let other = ("Calling-Station-Id", "02-00-00-00-00-02")
        #expect(try installation.logIn("bob", Self.key, [other]).reason == .sessionLimit)
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.isEmpty })
    }

    @Test func whatIsNoGoodTokenIsAWrongPassword() throws {
        for token in [token(organization: "bar"), token(canAuthenticate: false), nil] {
            #expect(try installation(token).logIn("bob", Self.key).reason == .passwordMismatch)
        }
    }

    @Test func theStationMayRepeatForAMoment() throws {
        let noon = Int64(Installation.noon)
        func code(spentAt: Int64, by station: String, asking: String?) throws -> Bool {
            let installation = try installation(
                token(canAuthenticate: false, spentAt: spentAt, spentBy: station))
            return try installation.logIn("bob", Self.key, asking.map { [("Calling-Station-Id", $0)] } ?? []).code == .accessAccept
        }
        let station = "02-00-00-00-00-01 gate"
        #expect(try code(spentAt: noon - 30, by: station, asking: "02:00:00:00:00:01"))
        #expect(try !code(spentAt: noon - 31, by: station, asking: "02:00:00:00:00:01"))
        #expect(try !code(spentAt: noon, by: station, asking: "02-00-00-00-00-02"))
        #expect(try !code(spentAt: noon, by: "", asking: nil))
    }

    @Test func theTokenBeforeStaysGoodForAMoment() throws {
        let noon = Int64(Installation.noon)
        func uses(replacedAt: Int64, canAuthenticate: Bool = true) throws -> [String]? {
            var token = UserToken(key: "of another device", organizationID: "cafe", canAuthenticate: canAuthenticate)
            token.earlier = UserToken.Earlier(key: Self.key, replacedAt: replacedAt)
            let installation = try installation(token)
            guard try installation.logIn("bob", Self.key).code == .accessAccept else { return nil }
            return installation.stores.state.withLockedValue { $0.tokenUses.map(\.key) }
        }
        #expect(try uses(replacedAt: noon) == [Self.key])
        // Of a node whose clock is ahead.
        #expect(try uses(replacedAt: noon + 5) == [Self.key])
        #expect(try uses(replacedAt: noon - 30, canAuthenticate: false) == [Self.key])
        #expect(try uses(replacedAt: noon - 31) == nil)
    }

    @Test func theTokenServesCHAP() throws {
        let installation = try installation(token(), checks: [])
        var digest = MD5()
        digest.update([7])
        digest.update(Array((Self.key + "0123456789abcdef").utf8))
        let response = [7] + digest.finish().bytes
        let decision = try installation.decide([
            installation.attribute("User-Name", "bob"), installation.attribute("CHAP-Password", octets: response),
            installation.attribute("CHAP-Challenge", octets: Array("0123456789abcdef".utf8)),
        ])
        #expect(decision.code == .accessAccept)
        #expect(installation.stores.state.withLockedValue { $0.tokenUses.count } == 1)
    }

    @Test func organizationsAskForVerifiedUsers() throws {
        func reason(_ registrations: [IdentityRegistration], _ rules: OrganizationRules?) throws -> RejectReason? {
            try installation(nil, registrations: registrations) { settings in
                settings.organizationRules = { $0 == "cafe" ? rules : nil }
                settings.methodsAuthorizedUnverified = ["bank_card"]
            }.logIn("bob", "hello").reason
        }
        let strict = OrganizationRules(needsIdentityVerification: true)
        func registered(_ organization: String = "cafe", _ method: String = "mobile_phone", _ isVerified: Bool) -> [IdentityRegistration] {
            [IdentityRegistration(organizationID: organization, method: method, isVerified: isVerified)]
        }
        #expect(try reason([], nil) == nil)
        #expect(try reason([], OrganizationRules()) == nil)
        #expect(try reason([], strict) == .identityUnverified)
        #expect(try reason(registered("cafe", "mobile_phone", false), strict) == .identityUnverified)
        #expect(try reason(registered("bar", "mobile_phone", true), strict) == .identityUnverified)
        #expect(try reason(registered("cafe", "mobile_phone", true), strict) == nil)
        #expect(try reason(registered("cafe", "bank_card", false), strict) == nil)
        #expect(try reason(registered("cafe", "mobile_phone", true), OrganizationRules(isActive: false)) == .organizationInactive)
    }

    @Test(
        "what a typed name may be",
        arguments: [
            ("Bob@Example.org", ["bob@example.org"]), ("bob", []), ("+393664255801", ["+393664255801"]),
            ("366 425 5801", ["+3664255801", "+393664255801"]), ("0366-4255801", ["+03664255801", "+3903664255801", "+393664255801"]),
            ("1234", []), ("12a45678", []),
        ])
    func aliases(name: String, expected: [String]) {
        #expect(NameAliases.of(name, phonePrefixes: ["+39"]) == expected)
    }
}
