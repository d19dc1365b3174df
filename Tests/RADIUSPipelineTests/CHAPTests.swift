import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import RADIUSWire
import Testing

struct CHAPTests {
    /// RFC 2865 §7.2: flopsy, arctangent; the Request Authenticator is the challenge.
    @Test(arguments: [("arctangent", PacketCode.accessAccept), ("arctangens", .accessReject)])
    func rfc2865Example(_ password: String, _ code: PacketCode) throws {
        var installation = try Installation()
        installation.client.secret = SharedSecret(Array("xyzzy5461".utf8))
        installation.stores["flopsy"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", password)))
        let packet = try Packet(
            validating: octets(
                """
                010100472aee86f08d0d55969ca5978e0d3367a20108666c6f707379031316e97557c316185895f293ff63440772750406c0a80110050600000014\
                060600000002070600000001
                """))
        let decision = installation.pipeline.decide(
            packet, client: installation.client, source: installation.source, epoch: Installation.noon,
            stores: installation.stores.makeStores())
        #expect(decision.code == code)
        #expect(decision.record?.method == "CHAP")
    }

    /// Identifier 0, challenge in CHAP-Challenge, password hello.
    private func attributes(_ installation: Installation, response: String = "587df40500058876663b0d17c88b6306") throws -> [Attribute] {
        try [
            installation.attribute("User-Name", "bob"), installation.attribute("CHAP-Password", octets: octets("00" + response)),
            installation.attribute("CHAP-Challenge", octets: octets("00112233445566778899aabbccddeeff")),
        ]
    }

    @Test func separateChallenge() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")))
        #expect(try installation.decide(attributes(installation)).code == .accessAccept)
        #expect(try installation.decide(attributes(installation, response: "587df40500058876663b0d17c88b6307")).reason == .passwordMismatch)
    }

    @Test func hashedPasswordCannotServe() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("NT-Password", ":=", "066ddfd4ef0e9cd7c256fe77191ef43c")))
        #expect(try installation.decide(attributes(installation)).reason == .passwordUnsuitable)
    }

    @Test func wrongLengthIsMalformed() throws {
        let installation = try Installation()
        #expect(try installation.decide(attributes(installation, response: "00")).reason == .credentialsMalformed)
    }
}
