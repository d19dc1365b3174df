@testable import CaptiveDialects
import Digests
import Testing

/// Datagrams made with another implementation.
@Suite struct PortalProtocolTests {
    static let query = "ac-ip=10.3.0.2&uaddress=10.0.0.9&umac=aa:bb:cc:00:11:22"
    static let challengeRequest = "02010000123400000a00000900000000031b70438a250c52777a92571d231619"
    static let challengeReply =
        "02020000123400770a00000900000001a966035092954f37d91aa4cd25bb74b20312000102030405060708090a0b0c0d0e0f"
    static let authentication =
        "02030000123400770a000009000000021639dfe3f9e7cb4e6fec94c689e01dda0107616c6963650412ea844cb9fa4c744cf856b2bf96b378cf"
    static let accepted = "02040000123400770a000009000000003af99e06d822cbc9c45e6d329efe6053"
    static let rejected = "02040000123400770a000009000001004fca2f427449d725448f33cd9f1e740e"
    static let acknowledgement = "02070000123400770a00000900000000178960aa75e065d0e0be39ce568353d0"

    static func octets(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.decode(text.utf8)) }

    static func start() throws -> PortalProtocolLogin {
        let settings = CaptiveSettings(secret: "portalkey", encoding: .chap)
        let request = try Golden.travelled(try Golden.read(query))
        guard case .portalProtocol(var login) = try request.login(Golden.login(), settings: settings) else {
            throw CaptiveProblem.unsupported
        }
        #expect(login.start(serial: 0x1234) == (try octets(challengeRequest)))
        return login
    }

    @Test func login() throws {
        var login = try Self.start()
        #expect(login.receive(try Self.octets(Self.challengeReply)) == .send(try Self.octets(Self.authentication)))
        #expect(login.receive(try Self.octets(Self.accepted)) == .done(try Self.octets(Self.acknowledgement)))
    }

    @Test func refusal() throws {
        var login = try Self.start()
        _ = login.receive(try Self.octets(Self.challengeReply))
        #expect(login.receive(try Self.octets(Self.rejected)) == .failed(.wrongPassword))
    }

    @Test func whatDoesNotFitIsIgnored() throws {
        var login = try Self.start()
        // An answer to another question, then one octet changed at a time.
        #expect(login.receive(try Self.octets(Self.accepted)) == .ignored)
        let reply = try Self.octets(Self.challengeReply)
        for index in reply.indices {
            var changed = reply
            changed[index] ^= 1
            #expect(login.receive(changed) == .ignored, "octet \(index)")
        }
        for length in reply.indices { #expect(login.receive(Array(reply.prefix(length))) == .ignored) }
    }

    @Test func clearPasswords() throws {
        guard case .portalProtocol(var login) = try Golden.read(Self.query).login(Golden.login(), settings: CaptiveSettings(secret: "k"))
        else {
            throw CaptiveProblem.unsupported
        }
        let packet = try #require(PortalProtocolPacket(login.start(serial: 7), secret: "k"))
        #expect(packet.kind == .authenticationRequest)
        #expect(packet.isPAP)
        #expect(packet.attributes.map(\.1) == [Array("alice".utf8), Array("k7Qm2xTz".utf8)])
    }

    @Test func noKey() throws {
        let request = try Golden.read(Self.query)
        #expect(throws: CaptiveProblem.missingSecret) { try request.login(Golden.login(), settings: CaptiveSettings()) }
    }
}
