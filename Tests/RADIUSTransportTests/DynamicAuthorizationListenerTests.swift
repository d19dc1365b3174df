import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

/// RFC 5176 §2.3, §3.4 and §6.3 at the socket.
@Suite struct DynamicAuthorizationListenerTests {
    private static func server(
        client: NASClient = .test(), configure: (inout ListenerConfiguration) -> Void = { _ in }
    ) throws -> TestListener {
        try TestListener(
            role: .dynamicAuthorization, clients: [client],
            decide: { request in
                .reply(ReplyPacket(code: request.packet.code == .coaRequest ? .coaACK : .disconnectACK))
            }, configure: configure)
    }

    private static var now: UInt32 { UInt32(TransportClock.system.epoch() / 1_000_000_000) }

    @Test(arguments: [true, false])
    func disconnectIsAnsweredInKind(signed: Bool) throws {
        let server = try Self.server()
        let client = try server.client()
        let request = try TestPacket.disconnect(7, eventTimestamp: Self.now, signed: signed)
        let reply = try Packet(validating: client.exchange(request))
        #expect(reply.code == .disconnectACK)
        #expect(reply.hasMessageAuthenticator == signed)
        let authenticator = try Packet(validating: request).authenticator
        #expect(reply.verifyResponseAuthenticator(testSecret, requestAuthenticator: authenticator))
    }

    /// The CoA-Request of another implementation, without Message-Authenticator.
    @Test func coaIsTaken() throws {
        let server = try Self.server()
        let packet = [UInt8]([
            0x2b, 0x0b, 0x00, 0x26, 0xd6, 0xa2, 0x1f, 0xf1, 0xa5, 0xd2, 0xd9, 0xce, 0x33, 0x8c, 0x81, 0xd4, 0x93, 0xcf, 0x5e, 0x9a,
            0x01, 0x05, 0x62, 0x6f, 0x62, 0x1a, 0x0d, 0x00, 0x00, 0x3a, 0x8c, 0x08, 0x07, 0x31, 0x4d, 0x2f, 0x32, 0x4d,
        ])
        #expect(try Packet(validating: server.client().exchange(packet)).code == .coaACK)
    }

    @Test func aRetransmissionGetsTheSameBytesWithoutTheHandler() throws {
        let server = try Self.server()
        let client = try server.client()
        let request = try TestPacket.disconnect(1)
        #expect(try client.exchange(request) == client.exchange(request))
        #expect(server.handler.seen.withLockedValue { $0.count } == 1)
        #expect(server.counts.duplicatesResent == 1)
    }

    @Test func otherCodesAndStatusServerAreSilentlyDiscarded() throws {
        let server = try Self.server()
        let client = try server.client()
        client.send(try TestPacket.access(1))
        client.send(try TestPacket.accounting(2))
        client.send(try TestPacket.status(3))
        #expect(try Packet(validating: client.exchange(TestPacket.disconnect(4))).identifier == 4)
        #expect(server.counts.drops == [.unexpectedCode: 3])
    }

    @Test func wrongAuthenticatorsAreSilentlyDiscarded() throws {
        let server = try Self.server()
        let client = try server.client()
        let signed = try TestPacket.disconnect(1)
        var badAuthenticator = signed
        badAuthenticator[4] ^= 1
        client.send(badAuthenticator)
        // A right Request Authenticator over a wrong Message-Authenticator.
        client.send(
            try Packet.request(
                .disconnectRequest, identifier: 2, authenticator: nil, attributes: [80, 18] + [UInt8](repeating: 1, count: 16),
                secret: testSecret, messageAuthenticator: false))
        #expect(try Packet(validating: client.exchange(TestPacket.disconnect(4))).identifier == 4)
        #expect(server.counts.drops == [.badRequestAuthenticator: 1, .badMessageAuthenticator: 1])
    }

    @Test func messageAuthenticatorCanBeRequired() throws {
        let server = try Self.server(client: .test(require: .yes))
        let client = try server.client()
        client.send(try TestPacket.disconnect(1, signed: false))
        #expect(try Packet(validating: client.exchange(TestPacket.disconnect(2))).identifier == 2)
        #expect(server.counts.drops == [.missingMessageAuthenticator: 1])
    }

    @Test func eventTimestampCanBeRequiredAndLimitsReplaysBothWays() throws {
        let server = try Self.server { $0.requireEventTimestamp = true }
        let client = try server.client()
        client.send(try TestPacket.disconnect(1))
        client.send(try TestPacket.disconnect(2, eventTimestamp: Self.now - 302))
        client.send(try TestPacket.disconnect(3, eventTimestamp: Self.now + 310))
        #expect(try Packet(validating: client.exchange(TestPacket.disconnect(4, eventTimestamp: Self.now - 290))).identifier == 4)
        #expect(server.counts.drops == [.staleTimestamp: 3])
        let lenient = try Self.server { $0.eventTimestampWindow = .zero }
        let old = try TestPacket.disconnect(5, eventTimestamp: 1)
        #expect(try Packet(validating: lenient.client().exchange(old)).identifier == 5)
    }
}
