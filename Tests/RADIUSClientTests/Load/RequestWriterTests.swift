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

    @Test func provesPasswordsByMSCHAPv2() throws {
        var requests = LoadRequests(try settings(.mschapv2))
        let hash = NTHash.hash(password: "pass000000")
        for identifier: UInt8 in [7, 8] {
            let packet = try packet(&requests, identifier: identifier)
            let challenge = Array(try #require(MicrosoftAttribute.value(MicrosoftAttribute.challenge, in: packet)))
            let response = Array(try #require(MicrosoftAttribute.value(MicrosoftAttribute.response2, in: packet)))
            #expect(challenge.count == 16 && response.count == 50)
            #expect(response[0] == identifier && response[1] == 0 && response[18..<26].allSatisfy { $0 == 0 })
            let expected = MSCHAP.ntResponse(
                authenticatorChallenge: challenge, peerChallenge: Array(response[2..<18]), userName: Array("user000000".utf8), ntHash: hash)
            #expect(Array(response[26...]) == expected)
            #expect(packet.value(2) == nil)
        }
    }

    @Test("in order, threads together take each user once")
    func takesUsersInOrder() throws {
        var settings = try settings(.pap)
        settings.users = try LoadUsers(count: 7)
        settings.usersInOrder = true
        settings.threads = 2
        var names: [String?] = []
        for (thread, share) in [(0, 3), (1, 4)] {
            var requests = LoadRequests(settings, thread: thread)
            for _ in 0..<share { names.append(try packet(&requests).text(1)) }
        }
        #expect(names == (0..<7).map { "user00000\($0)" })
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
        #expect(packets.map { $0.integer(46) } == [nil, 60, 120, nil])
        // Each packet tells of the same begin.
        let begins = packets.prefix(3).map { packet in packet.integer(55).map { $0 - (packet.integer(46) ?? 0) } }
        #expect(begins[0] != nil && Set(begins).count == 1)
        let names = packets.map { $0.text(44) }
        #expect(names[0] == names[1] && names[1] == names[2] && names[2] != names[3])
        #expect(packets[2].integer(49) == 1)
    }
}
