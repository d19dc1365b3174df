import Digests
import RADIUSWire
import Testing

@testable import RADIUSClient

/// Requests of the generator, read by the server's code.
@Suite struct RequestWriterTests {
    private let secret = SharedSecret(Array("testing123".utf8))

    private func settings(_ kind: LoadSettings.Kind, password: String = "pass%06d", signed: Bool = false) throws -> LoadSettings {
        LoadSettings(
            server: ServerAddress(host: "127.0.0.1", port: 1812), secret: secret, kind: kind,
            users: try LoadUsers(count: 1, password: password), messageAuthenticator: signed, sessionsPerThread: 1, interimUpdates: 1)
    }

    private func packet(_ requests: inout LoadRequests, identifier: UInt8 = 7) throws -> Packet {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 8)
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 0xff)
        let next = requests.write(buffer, identifier: identifier)
        let written = try #require(next)
        let packet = try Packet(validating: Array(buffer[0..<written.count]))
        #expect(packet.authenticator.bytes == written.authenticator.bytes)
        #expect(packet.identifier == identifier)
        requests.release(session: written.session, acknowledged: true)
        return packet
    }

    @Test(arguments: ["", "hello", "0123456789012345", "01234567890123456", String(repeating: "x", count: 128)])
    func hidesPasswordsOfEveryLength(password: String) throws {
        var requests = LoadRequests(try settings(.pap, password: password))
        let packet = try packet(&requests)
        #expect(packet.code == .accessRequest)
        #expect(packet.text(1) == "user000000")
        #expect(packet.userPassword(secret) == Array(password.utf8))
        #expect(!packet.hasMessageAuthenticator)
    }

    @Test func signsWithMessageAuthenticator() throws {
        var requests = LoadRequests(try settings(.pap, signed: true))
        let packet = try packet(&requests)
        #expect(packet.bytes[20] == 80)
        #expect(packet.verifyMessageAuthenticator(secret))
        #expect(packet.userPassword(secret) == Array("pass000000".utf8))
    }

    @Test func provesPasswordsByCHAP() throws {
        var requests = LoadRequests(try settings(.chap))
        let packet = try packet(&requests)
        let value = Array(try #require(packet.value(3)))
        #expect(value.dropFirst() == MD5.hash([value[0]] + "pass000000".utf8 + packet.authenticator.bytes).bytes[...])
        #expect(packet.value(2) == nil)
    }

    @Test func authenticatorsDiffer() throws {
        var requests = LoadRequests(try settings(.pap))
        #expect(try packet(&requests).authenticator != packet(&requests).authenticator)
    }

    @Test func accountsOneSessionAfterTheOther() throws {
        var requests = LoadRequests(try settings(.accounting))
        var packets: [Packet] = []
        for _ in 0..<4 { packets.append(try packet(&requests)) }
        for packet in packets {
            #expect(packet.code == .accountingRequest)
            #expect(packet.verifyRequestAuthenticator(secret))
            #expect(!packet.verifyRequestAuthenticator(SharedSecret([1])))
        }
        #expect(packets.map { $0.integer(40) } == [1, 3, 2, 1])
        #expect(packets.map { $0.integer(46) } == [nil, 300, 600, nil])
        let names = packets.map { $0.text(44) }
        #expect(names[0] == names[1] && names[1] == names[2] && names[2] != names[3])
        #expect(packets[2].integer(49) == 1)
    }
}
