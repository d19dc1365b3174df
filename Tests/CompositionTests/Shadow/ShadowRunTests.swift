import Database
import Foundation
import RADIUSCapture
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@testable import Composition
@testable import ServerKernel

/// Another server's packets, and what this one says to them.
@Suite struct ShadowRunTests {
    private static let secret = SharedSecret(Array("s3cret-of-the-lab".utf8))

    /// Feeds exchanges to a run whose database knows `alice` with a Session-Timeout of 600.
    private final class Wire {
        var run: ShadowRun
        let dictionary: AttributeDictionary
        private var identifier: UInt8 = 0
        private let nas = SocketEndpoint(address: IPAddress(ipv4: 0xc000_0201), port: 40_000)
        private let server = SocketEndpoint(address: IPAddress(ipv4: 0xc000_02fe), port: 1812)

        init(_ url: String, ignoring: Set<String> = ShadowComparison.usuallyIgnored) throws {
            var reader = ConfigurationReader(
                yaml: "", file: "radian.yaml",
                environment: [
                    "RADIAN_DATABASE_URL": url, "RADIAN_DICTIONARY_PATH": TestScene.root.appending(path: "Dictionaries").path,
                ])
            let configuration = RadianConfiguration(&reader)
            dictionary = try configuration.loadDictionary()
            run = try ShadowRun(configuration, ignoring: ignoring)
        }

        func exchange(
            _ user: String, _ password: String, _ code: PacketCode?, _ reply: [(String, String)] = [], secret: SharedSecret = secret,
            eap: Bool = false
        ) throws {
            identifier += 1
            var generator = SystemRandomNumberGenerator()
            let authenticator = Authenticator.random(using: &generator)
            var encoder = AttributeEncoder(secret: secret, vector: authenticator)
            try encoder.append(attribute("User-Name", user))
            if eap { try encoder.append(type: 79, [2, 1, 0, 6, 1, 97]) } else { try encoder.append(attribute("User-Password", password)) }
            let request = try Packet(
                validating: Packet.request(
                    .accessRequest, identifier: identifier, authenticator: authenticator, attributes: encoder.bytes, secret: secret,
                    messageAuthenticator: true))
            send(request, from: nas, to: server)
            guard let code else { return }
            var answer = AttributeEncoder(secret: secret, vector: authenticator)
            for (name, value) in reply { try answer.append(attribute(name, value)) }
            send(try Packet(validating: Packet.reply(code, to: request, attributes: answer.bytes, secret: secret)), from: server, to: nas)
        }

        func report() -> ShadowReport {
            run.finish()
            return run.report
        }

        private func attribute(_ name: String, _ value: String) throws -> Attribute {
            try Attribute.parse(value, for: #require(dictionary.attribute(named: name)), tag: nil)
        }

        private func send(_ packet: Packet, from source: SocketEndpoint, to destination: SocketEndpoint) {
            run.observe(
                UDPDatagram(source: source, destination: destination, payload: packet.bytes),
                in: CapturedFrame(epochMicroseconds: 1_750_000_000_000_000 + Int64(identifier), octets: []))
        }
    }

    private func with(_ engine: TestDatabase.Engine, _ body: (Wire, any DatabaseConnection) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            try connection.script(
                """
                INSERT INTO nas (nasname, shortname, secret) VALUES ('192.0.2.0/24', 'office', 's3cret-of-the-lab');
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('alice', 'Cleartext-Password', ':=', 'hello');
                INSERT INTO radreply (username, attribute, op, value) VALUES
                    ('alice', 'Session-Timeout', '=', '600'), ('alice', 'Tunnel-Password', '=', 'of the tunnel')
                """)
            try body(Wire(database.url), connection)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `the same answers, in another order and with other counted seconds`(
        _ engine: TestDatabase.Engine
    ) throws {
        try with(engine) { (wire, connection) throws in
            try wire.exchange(
                "alice", "hello", .accessAccept, [("Tunnel-Password", "of the tunnel"), ("Session-Timeout", "598"), ("Class", "x")])
            try wire.exchange("alice", "wrong", .accessReject, [("Reply-Message", "no")])
            try wire.exchange("bob", "hello", .accessReject)
            let report = wire.report()
            #expect(report.compared == 3)
            #expect(report.same == 3)
            #expect(report.differences.isEmpty)
            #expect(try connection.table("SELECT count(*) FROM radpostauth") == [["0"]], "a comparison leaves no trace")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `differences are grouped by what differs`(_ engine: TestDatabase.Engine) throws {
        try with(engine) { (wire, _) throws in
            try wire.exchange("bob", "hello", .accessAccept)
            try wire.exchange("carol", "hello", .accessAccept)
            try wire.exchange("alice", "hello", .accessAccept, [("Session-Timeout", "900"), ("Filter-Id", "std")])
            let report = wire.report()
            #expect(report.compared == 3)
            #expect(report.same == 0)
            #expect(report.differences.map(\.count) == [2, 1])
            let refused = report.differences[0]
            #expect(refused.real == "Access-Accept")
            #expect(refused.ours == "Access-Reject")
            #expect(refused.reason == "user.unknown")
            #expect(refused.users == ["bob": 1, "carol": 1])
            let changed = report.differences[1]
            #expect(changed.missing == ["Filter-Id", "Session-Timeout"])
            #expect(changed.extra == ["Session-Timeout", "Tunnel-Password"])
            #expect(changed.examples.first?.missing == ["Filter-Id = std", "Session-Timeout = 900"])
            #expect(changed.examples.first?.extra == ["Session-Timeout = 600", "Tunnel-Password = ***"])
            #expect(changed.examples.first?.nas == "office")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `what cannot be compared is counted by its cause`(_ engine: TestDatabase.Engine)
        throws
    {
        try with(engine) { (wire, _) throws in
            try wire.exchange("alice", "hello", .accessAccept, secret: SharedSecret(Array("another".utf8)))
            try wire.exchange("alice", "", .accessChallenge, eap: true)
            try wire.exchange("alice", "hello", nil)
            let report = wire.report()
            #expect(report.compared == 0)
            #expect(report.notCompared.values.reduce(0, +) == 3)
            #expect(report.notCompared["no reply"] == 1)
        }
    }
}
