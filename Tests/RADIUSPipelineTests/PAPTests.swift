import NIOConcurrencyHelpers
import RADIUSDictionary
import Digests
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

/// Ways to store the password `hello` (values of radius-testing: hashes computed independently).
struct PAPTests {
    static let stored: [(String, String)] = [
        ("Cleartext-Password", "hello"),
        ("Cleartext-Password", "\"hello\""),
        ("NT-Password", "066ddfd4ef0e9cd7c256fe77191ef43c"),
        ("SHA2-Password", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ("Password-With-Header", "{ssha}FPvT+WAOz8Kj1D5MB6mKh1x5EKJzYWx0"),
        ("Password-With-Header", "{clear}hello"),
        ("PBKDF2-Password", "HMACSHA2+256:AAAD6A==:c2FsdHNhbHQ=:QSk5TU73RaV9cB8kWqIJpd5wUq6c4onvEQFKGlVokr8="),
        ("Crypt-Password", slowHello),
    ]

    @Test(arguments: stored)
    func storedForms(_ item: (String, String)) throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, (item.0, ":=", item.1)))
        #expect(try installation.logIn("bob", "hello").code == .accessAccept)
        #expect(try installation.logIn("bob", "Hello").reason == .passwordMismatch)
        #expect(try installation.logIn("bob", "").reason == .passwordMismatch)
    }

    /// RFC 2865 §7.1: nemo, arctangent, secret xyzzy5461.
    @Test func rfc2865Example() throws {
        var installation = try Installation()
        installation.client.secret = SharedSecret(Array("xyzzy5461".utf8))
        installation.stores["nemo"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "arctangent")))
        let packet = try Packet(
            validating: octets(
                "010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003"))
        let decision = installation.pipeline.decide(
            packet, client: installation.client, source: installation.source, epoch: Installation.noon,
            stores: installation.stores.makeStores())
        #expect(decision.code == .accessAccept)
    }

    @Test func anyOfSeveralPasswordsMatches() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(
                .radcheck, ("Cleartext-Password", ":=", "one"), ("Cleartext-Password", "+=", "two"), ("Crypt-Password", ":=", slowHello)))
        for password in ["one", "two", "hello"] { #expect(try installation.logIn("bob", password).code == .accessAccept) }
        #expect(try installation.logIn("bob", "three").reason == .passwordMismatch)
    }

    @Test func requestWithoutCredentialIsRejected() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        #expect(try installation.decide([installation.attribute("User-Name", "bob")]).reason == .credentialsMissing)
    }

    @Test(
        arguments: [
            ("Reject", PacketCode.accessReject, RejectReason.policyRejected), ("Accept", .accessAccept, nil), ("PAP", .accessAccept, nil),
            ("CHAP", .accessReject, .authTypeUnsupported), ("LDAP", .accessReject, .authTypeUnsupported), ("Local", .accessAccept, nil),
        ] as [(String, PacketCode, RejectReason?)])
    func authType(_ type: String, _ code: PacketCode, _ reason: RejectReason?) throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Auth-Type", ":=", type)))
        let decision = try installation.logIn("bob", "hello")
        #expect(decision.code == code)
        #expect(decision.reason == reason)
    }

    @Test func lastAuthTypeWins() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Auth-Type", ":=", "Accept"), ("Auth-Type", "+=", "Reject")))
        #expect(try installation.logIn("bob", "x").reason == .policyRejected)
    }

    @Test func deniedMethodIsRefused() throws {
        let installation = try Installation { $0.deniedMethods = [.pap] }
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        #expect(try installation.logIn("bob", "hello").reason == .methodDenied)
    }

    @Test func rejectCarriesNothingButTheReplyMessage() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")),
            replies: rows(.radreply, ("Session-Timeout", "=", "60"), ("Reply-Message", "=", "welcome"), ("Class", "=", "0x01")))
        #expect(try installation.logIn("bob", "wrong").lines == ["Reply-Message = welcome"])
    }

    @Test func responseDelayOfPolicyIsBounded() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")),
            replies: rows(.radreply, ("FreeRADIUS-Response-Delay", "=", "99")))
        guard case .reply(let reply) = try installation.logIn("bob", "wrong").disposition else {
            Issue.record("no reply")
            return
        }
        #expect(reply.delay == .seconds(10))
        #expect(reply.attributes.isEmpty)
    }

    // MAC authentication.

    @Test(arguments: ["02-00-00-00-00-09", "02:00:00:00:00:09", "020000000009", "0200.0000.0009"])
    func stationAddressInAnyNotation(_ name: String) throws {
        let installation = try Installation()
        installation.stores["02-00-00-00-00-09"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "02-00-00-00-00-09")))
        let callCheck = [("Service-Type", "Call-Check")]
        #expect(try installation.logIn(name, name, callCheck).code == .accessAccept)
        #expect(try installation.logIn(name, "", callCheck).code == .accessAccept)
        #expect(try installation.logIn(name, "020000000008", callCheck).reason == .passwordMismatch)
        #expect(try installation.logIn(name, name, [("Calling-Station-Id", "02-00-00-00-00-09:guest")]).code == .accessAccept)
    }

    @Test func rowsInTheNotationOfTheNASComeFirst() throws {
        let installation = try Installation()
        installation.stores["020000000009"] = UserPolicy(
            checks: rows(.radcheck, ("Auth-Type", ":=", "Accept")), replies: rows(.radreply, ("Filter-Id", "=", "plain")))
        installation.stores["02-00-00-00-00-09"] = UserPolicy(
            checks: rows(.radcheck, ("Auth-Type", ":=", "Accept")), replies: rows(.radreply, ("Filter-Id", "=", "dashes")))
        #expect(try installation.logIn("020000000009", "", [("Service-Type", "Call-Check")]).lines == ["Filter-Id = plain"])
    }

    @Test func voucherOfHexDigitsIsNoStation() throws {
        let installation = try Installation()
        installation.stores["02-00-00-00-00-09"] = UserPolicy(checks: rows(.radcheck, ("Auth-Type", ":=", "Accept")))
        #expect(try installation.logIn("020000000009", "x").reason == .userUnknown)
    }
}
