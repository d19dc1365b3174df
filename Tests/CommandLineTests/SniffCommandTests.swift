import Foundation
import RADIUSCapture
import RADIUSTransport
import RADIUSWire
import Testing

@Suite struct SniffCommandTests {
    private static let secret = SharedSecret(Array("s3cret-of-the-lab".utf8))

    /// A login of alice with its reply, and one of bob under another secret without one.
    private func write(_ path: String) throws {
        let file = try CaptureFile(path: path, linkType: 12)
        func packet(_ bytes: [UInt8], from source: [UInt8], _ sourcePort: UInt16, to destination: [UInt8], _ port: UInt16) -> [UInt8] {
            func word(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
            let udp = word(Int(sourcePort)) + word(Int(port)) + word(bytes.count + 8) + [0, 0] + bytes
            return [0x45, 0] + word(udp.count + 20) + [0, 0, 0, 0, 64, 17, 0, 0] + source + destination + udp
        }
        let (nas, server): ([UInt8], [UInt8]) = ([192, 0, 2, 1], [192, 0, 2, 254])
        var generator = SystemRandomNumberGenerator()
        func request(_ user: String, _ secret: SharedSecret) throws -> Packet {
            let authenticator = Authenticator.random(using: &generator)
            let hidden = [UInt8](repeating: 0xa5, count: 16)
            return try Packet(
                validating: Packet.request(
                    .accessRequest, identifier: 7, authenticator: authenticator,
                    attributes: [1, UInt8(user.utf8.count + 2)] + user.utf8 + [2, 18] + hidden, secret: secret, messageAuthenticator: true))
        }
        let alice = try request("alice", Self.secret)
        let reply = try Packet.reply(.accessReject, to: alice, attributes: [18, 4, 110, 111], secret: Self.secret)
        let bob = try request("bob", SharedSecret(Array("another".utf8)))
        let frames = [
            (0, packet(alice.bytes, from: nas, 40_000, to: server, 1812)), (1500, packet(reply, from: server, 1812, to: nas, 40_000)),
            (2000, packet(bob.bytes, from: nas, 40_001, to: server, 1812)),
        ]
        for (time, octets) in frames {
            try file.append(CapturedFrame(epochMicroseconds: 1_700_000_000_000_000 + Int64(time), octets: octets))
        }
    }

    @Test func packetsAreDecodedProvedAndSummedUp() throws {
        let program = try Program()
        try write(program.directory.appendingPathComponent("a.pcap").path)
        try program.succeed("migrate")
        try program.succeed("nas", "add", "office", "--address", "192.0.2.1", "--secret", "s3cret-of-the-lab")
        let text = try program.succeed("radius", "sniff", "-r", "a.pcap").output
        for part in [
            "192.0.2.1:40000 -> 192.0.2.254:1812 Access-Request id 7", "User-Name = alice", "User-Password = ***",
            "after 1.5 ms", "Reply-Message = no", "WRONG SECRET", "1 requests got no reply",
            "192.0.2.1: 1 packets with a wrong secret",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func aFilterKeepsExchangesAndWritesThem() throws {
        let program = try Program()
        try write(program.directory.appendingPathComponent("a.pcap").path)
        let output = try program.succeed(
            "radius", "sniff", "-r", "a.pcap", "--user", "ALICE", "--secret", "s3cret-of-the-lab", "--json", "--write", "b.pcap"
        ).output
        let lines = output.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[1].contains("\"latency_milliseconds\":1.5"))
        #expect(!output.contains("bob"))
        let again = try program.succeed("radius", "sniff", "-r", "b.pcap", "--secret", "s3cret-of-the-lab", "--quiet").output
        #expect(again.hasPrefix("1 Access-Reject\n1 Access-Request\n"))
        #expect(try program.run("radius", "sniff").code == 64)
        #expect(try program.run("radius", "sniff", "-r", "absent.pcap", "--secret", "x").code == 1)
    }
}
