import Glibc
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

/// Each reason for silence, followed by a good packet that shows the server alive and exactly this counter raised by one.
@Suite struct SilentDiscardTests {
    private static let goodIdentifier: UInt8 = 200
    /// Requests with this identifier are decided as the reason under test wants it, all others accepted.
    private static let badIdentifier: UInt8 = 0

    @Test(arguments: DropReason.allCases)
    func silenceIsCountedOnceAndTheServerLivesOn(_ reason: DropReason) throws {
        let kept = NIOLockedValueBox<[ReplyHandle]>([])
        let server = try Self.listener(for: reason, keepingIn: kept)
        let client = try server.client()
        try Self.provoke(reason, server, client, kept)

        let reply = try Packet(validating: client.exchange(Self.good(reason)))
        #expect(reply.identifier == Self.goodIdentifier)
        #expect(server.counts.drops == [reason: 1])
        #expect(server.directory.unknown.withLockedValue { $0 } == (reason == .invalidClient ? [IPAddress(ipv4: 0x7F00_0009)] : []))
        kept.withLockedValue { $0 = [] }
    }

    private static func good(_ reason: DropReason) throws -> [UInt8] {
        switch reason {
        case .badRequestAuthenticator: try TestPacket.accounting(goodIdentifier)
        case .staleTimestamp: try TestPacket.disconnect(goodIdentifier)
        default: try TestPacket.access(goodIdentifier)
        }
    }

    private static func listener(for reason: DropReason, keepingIn kept: NIOLockedValueBox<[ReplyHandle]>) throws -> TestListener {
        let isAccounting = reason == .badRequestAuthenticator
        return try TestListener(
            role: isAccounting ? .accounting : reason == .staleTimestamp ? .dynamicAuthorization : .authentication,
            clients: [
                .test(
                    "127.0.0.1", require: reason == .missingMessageAuthenticator ? .yes : .no,
                    limit: reason == .proxyStateUnprotected ? .yes : .no)
            ],
            decide: { request in
                guard request.packet.identifier == badIdentifier else {
                    return .reply(ReplyPacket(code: isAccounting ? .accountingResponse : .accessAccept))
                }
                switch reason {
                case .duplicateInProgress, .tooManyRequests, .deadlineExceeded, .lateReply:
                    kept.withLockedValue { $0.append(request.responder) }
                    return .deferred
                case .unanswered:
                    return .deferred
                case .unencodableReply:
                    return .reply(ReplyPacket(code: .accessAccept, attributes: [UInt8](repeating: 18, count: 5000)))
                default:
                    return .silence(reason)
                }
            },
            configure: { configuration in
                // One place in each shard of the duplicate cache.
                if reason == .tooManyRequests { configuration.duplicateCacheEntries = 16 }
            })
    }

    private static func provoke(
        _ reason: DropReason, _ server: TestListener, _ client: TestClient, _ kept: NIOLockedValueBox<[ReplyHandle]>
    ) throws {
        let request = try TestPacket.access(badIdentifier)
        switch reason {
        case .invalidClient:
            try server.client(from: "127.0.0.9:0").send(request)
        case .malformed:
            client.send(Array(request.dropLast()))
        case .unexpectedCode:
            client.send(try TestPacket.accounting(badIdentifier))
        case .tooManyAttributes:
            client.send(try TestPacket.access(badIdentifier, attributes: Array(repeatElement([18, 3, 65], count: 200).joined())))
        case .missingMessageAuthenticator:
            client.send(try TestPacket.access(badIdentifier, signed: false))
        case .badMessageAuthenticator:
            client.send(request.dropLast() + [request[request.count - 1] ^ 1])
        case .badRequestAuthenticator:
            let accounting = try TestPacket.accounting(badIdentifier)
            client.send(accounting.dropLast() + [accounting[accounting.count - 1] ^ 1])
        case .staleTimestamp:
            let now = UInt32(TransportClock.system.epoch() / 1_000_000_000)
            client.send(try TestPacket.disconnect(badIdentifier, eventTimestamp: now - 310))
        case .proxyStateUnprotected:
            client.send(try TestPacket.access(badIdentifier, attributes: [33, 3, 1], signed: false))
        case .tooOld:
            server.clock.epochOffset.withLockedValue { $0 = 3_000_000_000 }
            client.send(request)
            // Its age is judged when it is read: wait for that.
            let limit = ContinuousClock.now + .seconds(10)
            while server.counts.received == 0, ContinuousClock.now < limit { sched_yield() }
            server.clock.epochOffset.withLockedValue { $0 = 0 }
        case .duplicateInProgress:
            client.send(request)
            client.send(request)
        case .tooManyRequests:
            client.send(request)
            client.send(try TestPacket.access(badIdentifier + 16))
        case .deadlineExceeded:
            client.send(request)
            _ = try client.exchange(TestPacket.access(1))
            server.clock.monotonicOffset.withLockedValue { $0 = 31_000_000_000 }
            // A request in the same shard of the duplicate cache finds it.
            _ = try client.exchange(TestPacket.access(badIdentifier + 16))
        case .lateReply:
            client.send(request)
            client.send(try TestPacket.access(badIdentifier))
            _ = try client.exchange(TestPacket.access(1))
            let handles = kept.withLockedValue { $0 }
            #expect(handles.count == 2)
            handles.first?.complete(.reply(ReplyPacket(code: .accessAccept)))
        case .unanswered, .unencodableReply, .queueFull, .databaseUnavailable, .unusableRecord, .policy:
            client.send(request)
        }
    }

    /// RFC 2865 §3 and §5, RFC 3579 §3; sent from a known client.
    @Test(
        arguments: [
            ("no octet", []), ("one octet short of a header", [UInt8](repeating: 1, count: 19)),
            ("Length below 20", [1, 0, 0, 19] + [UInt8](repeating: 0, count: 16)),
            ("Length beyond the datagram", [1, 0, 0, 21] + [UInt8](repeating: 0, count: 16)),
            ("one octet left over", [1, 0, 0, 21] + [UInt8](repeating: 0, count: 16) + [1]),
            ("type 0", [1, 0, 0, 23] + [UInt8](repeating: 0, count: 16) + [0, 3, 1]),
            ("attribute length 1", [1, 0, 0, 22] + [UInt8](repeating: 0, count: 16) + [1, 1]),
            ("attribute beyond the end", [1, 0, 0, 23] + [UInt8](repeating: 0, count: 16) + [1, 4, 65]),
            (
                "Message-Authenticator of 17 octets",
                [1, 0, 0, 37] + [UInt8](repeating: 0, count: 16) + [80, 17] + [UInt8](repeating: 0, count: 15)
            ),
            ("larger than any packet", [1, 0, 0x10, 0] + [UInt8](repeating: 0, count: 4097)),
        ] as [(String, [UInt8])])
    func malformedDatagramsAreSilentlyDiscarded(_ what: String, _ datagram: [UInt8]) throws {
        let server = try TestListener()
        let client = try server.client()
        client.send(datagram)
        #expect(try Packet(validating: client.exchange(TestPacket.access(1))).identifier == 1)
        // A datagram too short for a header is malformed before its code is looked at; all others name a good code.
        #expect(server.counts.drops == [.malformed: 1], "\(what)")
    }

    @Test func eapNeedsMessageAuthenticatorWhateverIsConfigured() throws {
        let server = try TestListener()
        let client = try server.client()
        // Built by hand, since the builder signs whatever carries EAP-Message.
        client.send([1, 0, 0, 26] + [UInt8](repeating: 7, count: 16) + [79, 6, 2, 0, 0, 4])
        _ = try client.exchange(TestPacket.access(1))
        #expect(server.counts.drops == [.missingMessageAuthenticator: 1])
    }

    @Test func statusServerNeedsAGoodMessageAuthenticator() throws {
        let server = try TestListener()
        let client = try server.client()
        client.send([12, 0, 0, 20] + [UInt8](repeating: 7, count: 16))
        let status = try TestPacket.status(0)
        client.send(status.dropLast() + [status[status.count - 1] ^ 1])
        // Another Status-Server, as requests of other kinds do not wait behind these.
        _ = try client.exchange(TestPacket.status(1))
        #expect(server.counts.drops == [.missingMessageAuthenticator: 1, .badMessageAuthenticator: 1])
        #expect(server.counts.statusRequests == 1)
    }
}
