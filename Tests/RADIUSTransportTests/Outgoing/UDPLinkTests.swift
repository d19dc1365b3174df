import NIOConcurrencyHelpers
import RADIUSWire
import TestSupport
import Testing

@testable import RADIUSTransport

/// A home server whose datagrams the test reads and writes itself.
private final class Peer {
    let socket: UDPSocket
    private let batch = DatagramBatch(capacity: 1)
    private(set) var source: SocketEndpoint?

    init(_ address: String = "127.0.0.1:0") throws {
        socket = try UDPSocket(boundTo: #require(SocketEndpoint(address)), receiveBufferBytes: 1 << 20)
    }

    /// The next datagram; fails the test after some seconds without one.
    func receive() throws -> Packet {
        for _ in 0..<20 {
            guard batch.receive(from: socket, wait: true) == 1, let datagram = batch[0] else { continue }
            source = datagram.source
            return try Packet(validating: datagram.bytes)
        }
        throw TimedOut()
    }

    /// Whether nothing has arrived.
    var isIdle: Bool { batch.receive(from: socket, wait: false) <= 0 }

    func send(_ bytes: [UInt8], to endpoint: SocketEndpoint? = nil) throws {
        #expect(socket.send(bytes, to: try #require(endpoint ?? source), from: socket.local))
    }

    func reply(
        _ code: PacketCode, to request: Packet, _ attributes: [UInt8] = [], secret: SharedSecret = testSecret, signed: Bool? = nil
    ) throws {
        try send(Packet.reply(code, to: request, attributes: attributes, secret: secret, messageAuthenticator: signed))
    }

    struct TimedOut: Error {}
}

/// A link with its receiver and what came of its requests.
private final class Lines {
    let receiver: OutgoingReceiver
    let link: UDPLink
    let results = NIOLockedValueBox<[Result<OutgoingReply, OutgoingError>]>([])

    init(to peer: Peer, require: Requirement = .auto, sockets: Int = 4) throws {
        receiver = try OutgoingReceiver()
        link = UDPLink(
            UDPLink.Configuration(
                peer: peer.socket.local, secret: testSecret, requireMessageAuthenticator: require, maximumSockets: sockets),
            receiver: receiver)
    }

    deinit { receiver.stop() }

    func send(_ code: PacketCode = .accessRequest, _ attributes: [UInt8] = [1, 5] + Array("bob".utf8)) -> any OutgoingExchange {
        link.send(OutgoingRequest(code: code) { _, _ in attributes }) { [results] result in results.withLockedValue { $0.append(result) } }
    }

    func waitForResults(_ count: Int) -> [Result<OutgoingReply, OutgoingError>] {
        #expect(waitUntil { results.withLockedValue { $0.count >= count } })
        return results.withLockedValue { $0 }
    }
}

@Suite struct UDPLinkTests {
    @Test(arguments: ["127.0.0.1:0", "[::1]:0"]) func aRequestIsSignedAndItsReplyHandedOn(address: String) throws {
        let peer = try Peer(address)
        let lines = try Lines(to: peer)
        let exchange = lines.send()
        let request = try peer.receive()
        #expect(request.bytes[20] == 80, "Message-Authenticator stands first")
        #expect(request.verifyMessageAuthenticator(testSecret))
        #expect(request.text(1) == "bob")
        #expect(lines.link.outstanding == 1)
        try peer.reply(.accessAccept, to: request, [18, 4] + Array("hi".utf8))
        let reply = try #require(lines.waitForResults(1).first).get()
        #expect(reply.packet.code == .accessAccept)
        #expect(reply.packet.text(18) == "hi")
        #expect(reply.requestAuthenticator == request.authenticator)
        #expect(lines.link.outstanding == 0)
        #expect(lines.link.counts.replies == 1)
        exchange.cancel()
    }

    @Test func hiddenValuesTakeTheRequestsOwnAuthenticator() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer)
        let seen = NIOLockedValueBox<[Authenticator]>([])
        func send(_ code: PacketCode) -> any OutgoingExchange {
            lines.link.send(
                OutgoingRequest(code: code) { vector, _ in
                    seen.withLockedValue { $0.append(vector) }
                    return [40, 6, 0, 0, 0, 1]
                }
            ) { _ in }
        }
        let exchanges = [send(.accessRequest), send(.accountingRequest), send(.coaRequest)]
        let packets = try (0..<3).map { _ in try peer.receive() }
        #expect(seen.withLockedValue { $0 } == [packets[0].authenticator, .zero, .zero])
        #expect(packets[1].verifyRequestAuthenticator(testSecret) && !packets[1].hasMessageAuthenticator)
        #expect(packets[2].verifyRequestAuthenticator(testSecret) && packets[2].verifyMessageAuthenticator(testSecret))
        for exchange in exchanges { exchange.cancel() }
    }

    @Test func aRetransmissionIsTheSameOctets() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer)
        let exchange = lines.send()
        let first = try peer.receive()
        exchange.retransmit()
        #expect(try peer.receive().bytes == first.bytes)
        try peer.reply(.accessReject, to: first)
        _ = lines.waitForResults(1)
        exchange.retransmit()
        #expect(peer.isIdle)
        #expect(lines.link.counts.retransmitted == 1)
    }

    @Test func aSocketHas256IdentifiersAndThenAnotherIsOpened() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer, sockets: 2)
        var exchanges = (0..<512).map { _ in lines.send() }
        var ports: [UInt16: Set<UInt8>] = [:]
        for _ in 0..<512 {
            let packet = try peer.receive()
            ports[try #require(peer.source).port, default: []].insert(packet.identifier)
        }
        #expect(ports.count == 2)
        #expect(ports.values.allSatisfy { $0.count == 256 })
        exchanges.append(lines.send())
        guard case .failure(.tooManyOutstanding)? = lines.waitForResults(1).first else {
            Issue.record("the 513th was sent")
            return
        }
        exchanges[7].cancel()
        exchanges.append(lines.send())
        #expect(lines.link.outstanding == 512)
        _ = try peer.receive()
    }

    @Test func anExchangeLetGoFreesItsIdentifierAndItsReplyIsLate() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer)
        var exchange: (any OutgoingExchange)? = lines.send()
        let request = try peer.receive()
        #expect(exchange != nil)
        exchange = nil
        #expect(lines.link.outstanding == 0)
        try peer.reply(.accessAccept, to: request)
        #expect(waitUntil { lines.link.counts.late == 1 })
        #expect(lines.results.withLockedValue { $0.isEmpty })
    }

    @Test func aSecondReplyIsLate() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer)
        let exchange = lines.send()
        let request = try peer.receive()
        try peer.reply(.accessAccept, to: request)
        try peer.reply(.accessAccept, to: request)
        #expect(waitUntil { lines.link.counts.late == 1 })
        #expect(lines.waitForResults(1).count == 1)
        exchange.cancel()
    }

    @Test func forgedRepliesAreCountedAndTheGenuineOneStillCounts() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer, require: .no)
        let exchange = lines.send(.accessRequest, [1, 5] + Array("bob".utf8) + [33, 4, 7, 7])
        let request = try peer.receive()
        // Another secret.
        try peer.reply(.accessAccept, to: request, secret: SharedSecret(Array("other".utf8)))
        // A right Response Authenticator over a wrong Message-Authenticator.
        let badMessage = [80, 18] + [UInt8](repeating: 1, count: 16)
        try peer.reply(.accessAccept, to: request, badMessage, signed: false)
        // An identifier that is not under way.
        var stray = try Packet.reply(.accessAccept, to: request, attributes: [], secret: testSecret)
        stray[1] &+= 9
        try peer.send(stray)
        #expect(waitUntil { lines.link.counts.forged == 3 })
        // A Proxy-State that was not sent: what a BlastRADIUS collision looks like.
        try peer.reply(.accessAccept, to: request, [33, 6, 1, 2, 3, 4], signed: false)
        #expect(waitUntil { lines.link.counts.unknownProxyState == 1 })
        try peer.reply(.accountingResponse, to: request)
        #expect(waitUntil { lines.link.counts.unexpectedCode == 1 })
        try peer.send([2, request.identifier, 0, 19])
        #expect(waitUntil { lines.link.counts.malformed == 1 })
        #expect(lines.results.withLockedValue { $0.isEmpty })
        try peer.reply(.accessAccept, to: request)
        #expect(try lines.waitForResults(1)[0].get().packet.code == .accessAccept)
        exchange.cancel()
    }

    @Test func requiredMessageAuthenticatorIsRequired() throws {
        let peer = try Peer()
        let lines = try Lines(to: peer, require: .yes)
        let exchange = lines.send()
        let request = try peer.receive()
        try peer.reply(.accessAccept, to: request, signed: false)
        #expect(waitUntil { lines.link.counts.missingMessageAuthenticator == 1 })
        try peer.reply(.accessAccept, to: request, signed: true)
        #expect(lines.waitForResults(1).count == 1)
        exchange.cancel()
    }

    @Test(arguments: [true, false]) func autoLearnsFromTheFirstReply(signed: Bool) throws {
        let peer = try Peer()
        let lines = try Lines(to: peer, require: .auto)
        let first = lines.send()
        try peer.reply(.accessAccept, to: peer.receive(), signed: signed)
        _ = lines.waitForResults(1)
        #expect(lines.link.requiresMessageAuthenticator == (signed ? .yes : .no))
        let second = lines.send()
        try peer.reply(.accessAccept, to: peer.receive(), signed: false)
        if signed {
            #expect(waitUntil { lines.link.counts.missingMessageAuthenticator == 1 })
        } else {
            #expect(lines.waitForResults(2).count == 2)
        }
        first.cancel()
        second.cancel()
    }

    @Test func repliesOfOthersNeverArrive() throws {
        let peer = try Peer()
        let other = try Peer()
        let lines = try Lines(to: peer)
        let exchange = lines.send()
        let request = try peer.receive()
        try other.send(
            Packet.reply(.accessAccept, to: request, attributes: [], secret: testSecret), to: peer.source)
        try peer.reply(.accessReject, to: request)
        #expect(try lines.waitForResults(1)[0].get().packet.code == .accessReject)
        exchange.cancel()
    }

    @Test func aClosedPortIsNoEndForTheLink() throws {
        let closed = try Peer().socket.local
        let receiver = try OutgoingReceiver()
        defer { receiver.stop() }
        let link = UDPLink(UDPLink.Configuration(peer: closed, secret: testSecret), receiver: receiver)
        let exchange = link.send(OutgoingRequest(code: .statusServer) { _, _ in [] }) { _ in Issue.record("an answer from nobody") }
        for _ in 0..<20 { exchange.retransmit() }
        #expect(link.counts.retransmitted == 20)
        exchange.cancel()
    }
}
