import CUDP
import Logging
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

let testSecret = SharedSecret(Array("testing123".utf8))

/// The clients as a test wants them, and what listeners told about them.
final class TestDirectory: NASDirectory {
    struct Learned: Equatable {
        var name: String
        var requireMessageAuthenticator: Requirement?
        var limitProxyState: Requirement?
    }

    private let clients: NIOLockedValueBox<NASTable>
    let unknown = NIOLockedValueBox<[IPAddress]>([])
    let lessons = NIOLockedValueBox<[Learned]>([])

    init(_ clients: [NASClient]) { self.clients = NIOLockedValueBox(NASTable(clients)) }

    var table: NASTable { clients.withLockedValue { $0 } }

    func unknownSource(_ address: IPAddress) { unknown.withLockedValue { $0.append(address) } }

    func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {
        let lesson = Learned(
            name: client.name, requireMessageAuthenticator: requireMessageAuthenticator, limitProxyState: limitProxyState)
        lessons.withLockedValue { $0.append(lesson) }
    }
}

/// Decides each request by a closure and remembers the requests it saw, without their handles.
final class TestHandler: PacketHandler {
    struct Seen: Sendable {
        var identifier: UInt8
        var receivedEpoch: Double
        var destination: SocketEndpoint
        var blastWarning: BlastWarning?
    }

    private final class Worker: PacketWorker {
        let handler: TestHandler

        init(_ handler: TestHandler) { self.handler = handler }

        func process(_ requests: [ReceivedRequest]) -> [Disposition] {
            handler.batches.withLockedValue { $0.append(requests.count) }
            return requests.map(handler.handle)
        }
    }

    /// Knows no user but `local` without a database.
    private final class Absent: PacketWorker {
        let handler: TestHandler

        init(_ handler: TestHandler) { self.handler = handler }

        func process(_ requests: [ReceivedRequest]) -> [Disposition] {
            requests.map {
                $0.packet.value(1).map { Array($0) } == Array("local".utf8) ? handler.handle($0) : .silence(.databaseUnavailable)
            }
        }
    }

    let seen = NIOLockedValueBox<[Seen]>([])
    /// How many requests came at once.
    let batches = NIOLockedValueBox<[Int]>([])
    private let decide: @Sendable (ReceivedRequest) -> Disposition

    init(_ decide: @escaping @Sendable (ReceivedRequest) -> Disposition) { self.decide = decide }

    func makeWorker(for role: ListenerRole, duty: PacketDuty) -> any PacketWorker { duty == .standIn ? Absent(self) : Worker(self) }

    private func handle(_ request: ReceivedRequest) -> Disposition {
        seen.withLockedValue {
            $0.append(
                Seen(
                    identifier: request.packet.identifier, receivedEpoch: request.receivedEpoch, destination: request.destination,
                    blastWarning: request.blastWarning))
        }
        return decide(request)
    }
}

/// The system's clocks plus what a test adds.
final class TestClock: Sendable {
    let monotonicOffset = NIOLockedValueBox<UInt64>(0)
    let epochOffset = NIOLockedValueBox<Int64>(0)

    var clock: TransportClock {
        TransportClock(
            monotonic: { [self] in TransportClock.system.monotonic() + monotonicOffset.withLockedValue { $0 } },
            epoch: { [self] in TransportClock.system.epoch() + epochOffset.withLockedValue { $0 } })
    }
}

/// A running listener on loopback with everything a test looks at.
final class TestListener {
    let directory: TestDirectory
    let handler: TestHandler
    let counters = RADIUSCounters()
    let clock = TestClock()
    let listener: UDPListener
    private let role: ListenerRole

    init(
        role: ListenerRole = .authentication, addresses: [String] = ["127.0.0.1:0"], clients: [NASClient] = [.test()],
        decide: @escaping @Sendable (ReceivedRequest) -> Disposition = { _ in .reply(ReplyPacket(code: .accessAccept)) },
        configure: (inout ListenerConfiguration) -> Void = { _ in }
    ) throws {
        self.role = role
        directory = TestDirectory(clients)
        handler = TestHandler(decide)
        var configuration = ListenerConfiguration(addresses: addresses.compactMap { SocketEndpoint($0) }, role: role)
        configuration.drainTime = .zero
        configure(&configuration)
        listener = UDPListener(
            configuration, directory: directory, handler: handler, counters: counters,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: clock.clock)
        try listener.start()
    }

    deinit { listener.stop() }

    var counts: ListenerCounts { counters.snapshot()[role] ?? ListenerCounts() }

    /// A client of the first address.
    func client(from source: String = "127.0.0.1:0") throws -> TestClient {
        try TestClient(to: #require(listener.boundEndpoints.first), from: source)
    }
}

/// A blocking socket connected to one endpoint: what comes from elsewhere is not seen.
final class TestClient {
    private let descriptor: Int32
    private let batch: UnsafeMutablePointer<cudp_batch>

    init(to server: SocketEndpoint, from source: String = "127.0.0.1:0") throws {
        var local = try #require(SocketEndpoint(source)).native
        var peer = server.native
        descriptor = cudp_open(&local, 0, 10_000)
        try #require(descriptor >= 0 && cudp_connect(descriptor, &peer) == 0)
        batch = try #require(cudp_batch_create(1, 8192))
    }

    deinit {
        cudp_close(descriptor)
        cudp_batch_destroy(batch)
    }

    func send(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            // An empty array may have no address, but the call wants one.
            var none: UInt8 = 0
            _ =
                buffer.baseAddress.map { cudp_send(descriptor, $0, UInt32(buffer.count), nil, nil) }
                ?? cudp_send(descriptor, &none, 0, nil, nil)
        }
    }

    /// The next datagram. Fails the test after ten seconds without one.
    func receive() throws -> [UInt8] {
        try #require(cudp_receive(descriptor, batch, true) == 1)
        return Array(UnsafeRawBufferPointer(start: batch.pointee.rx_data, count: Int(batch.pointee.rx_length[0])))
    }

    func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        send(bytes)
        return try receive()
    }
}

extension NASClient {
    static func test(
        _ prefix: String = "127.0.0.0/8", require: Requirement = .no, limit: Requirement = .no, rejectDelay: Duration? = nil
    ) -> NASClient {
        NASClient(
            name: "test", prefix: IPPrefix(prefix) ?? IPPrefix(IPAddress(ipv4: 0)), secret: testSecret,
            requireMessageAuthenticator: require,
            limitProxyState: limit, rejectDelay: rejectDelay)
    }
}

enum TestPacket {
    /// An Access-Request of user `bob`, different at each call.
    static func access(_ identifier: UInt8, name: String = "bob", attributes: [UInt8] = [], signed: Bool = true) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: .random(using: &generator),
            attributes: [1, UInt8(name.utf8.count + 2)] + Array(name.utf8) + attributes, secret: testSecret, messageAuthenticator: signed)
    }

    static func accounting(_ identifier: UInt8, signed: Bool = false) throws -> [UInt8] {
        try Packet.request(
            .accountingRequest, identifier: identifier, authenticator: nil, attributes: [40, 6, 0, 0, 0, 1], secret: testSecret,
            messageAuthenticator: signed)
    }

    static func disconnect(_ identifier: UInt8, eventTimestamp: UInt32? = nil, signed: Bool = true) throws -> [UInt8] {
        let timestamp = eventTimestamp.map { [55, 6] + withUnsafeBytes(of: $0.bigEndian, Array.init) } ?? []
        return try Packet.request(
            .disconnectRequest, identifier: identifier, authenticator: nil, attributes: [1, 5] + Array("bob".utf8) + timestamp,
            secret: testSecret, messageAuthenticator: signed)
    }

    static func status(_ identifier: UInt8) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return try Packet.request(
            .statusServer, identifier: identifier, authenticator: .random(using: &generator), attributes: [], secret: testSecret,
            messageAuthenticator: true)
    }
}
