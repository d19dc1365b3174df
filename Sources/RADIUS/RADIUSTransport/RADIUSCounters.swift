import Glibc
import NIOConcurrencyHelpers
public import RADIUSWire

/// Totals of one role since start.
public struct ListenerCounts: Sendable, Equatable {
    /// Datagrams read.
    public var received: UInt64 = 0
    /// Requests handed to the packet handler: valid, from a known client, not duplicates.
    public var requests: UInt64 = 0
    /// Status-Server packets answered by the listener itself.
    public var statusRequests: UInt64 = 0
    /// Replies sent, without resent ones.
    public var replies: [PacketCode: UInt64] = [:]
    /// Kept replies sent again to a retransmission.
    public var duplicatesResent: UInt64 = 0
    /// Requests and replies that came to nothing.
    public var drops: [DropReason: UInt64] = [:]
    /// Replies that had to leave before their delay because too many were held.
    public var delaysCutShort: UInt64 = 0
    /// Replies the kernel refused to send.
    public var sendFailures: UInt64 = 0
    /// Of the batch in hand; totals keep them apart, see ``RADIUSCounters/sources()``.
    var sources = SourceCounts()

    public init() {}

    mutating func drop(_ reason: DropReason, _ count: UInt64 = 1) { drops[reason, default: 0] += count }

    /// A packet of a client came to nothing.
    mutating func drop(_ reason: DropReason, of client: NASClient?, epoch: Int64) {
        drop(reason)
        if let client { sources.update(client) { $0.drop(reason, epoch: epoch) } }
    }

    mutating func reply(_ code: PacketCode) { replies[code, default: 0] += 1 }

    mutating func reply(_ code: PacketCode, to client: NASClient) {
        reply(code)
        sources.update(client) { $0.reply(code) }
    }

    /// A request is handed to the packet handler.
    /// - Parameter isProtected: it came through TLS, where a Message-Authenticator adds nothing.
    mutating func request(_ packet: Packet, of client: NASClient, epoch: Int64, isProtected: Bool = false) {
        sources.update(client) {
            $0.request(epoch: epoch)
            if packet.code == .accessRequest, !isProtected, !packet.hasMessageAuthenticator { $0.withoutMessageAuthenticator += 1 }
            if let skew = packet.clockSkew(at: epoch) { $0.clockSkew = skew }
        }
    }

    /// A packet was refused before it became a request.
    mutating func refuse(_ reason: DropReason, of client: NASClient?, from source: IPAddress, epoch: Int64) {
        drop(reason, of: client, epoch: epoch)
        guard let client else {
            if reason == .invalidClient { sources.unknownSource(source, epoch: epoch) }
            return
        }
        if reason != .unexpectedCode { sources.update(client) { $0.request(epoch: epoch) } }
    }

    mutating func add(_ other: ListenerCounts) {
        received += other.received
        requests += other.requests
        statusRequests += other.statusRequests
        duplicatesResent += other.duplicatesResent
        delaysCutShort += other.delaysCutShort
        sendFailures += other.sendFailures
        replies.merge(other.replies, uniquingKeysWith: +)
        drops.merge(other.drops, uniquingKeysWith: +)
    }

    /// Zeroes everything and keeps the storage.
    mutating func reset() {
        received = 0
        requests = 0
        statusRequests = 0
        duplicatesResent = 0
        delaysCutShort = 0
        sendFailures = 0
        replies.removeAll(keepingCapacity: true)
        drops.removeAll(keepingCapacity: true)
        sources.reset()
    }
}

/// What all listeners of the process counted.
///
/// Each packet thread adds once per batch to a block of its own, so that counting costs no contended lock.
public final class RADIUSCounters: Sendable {
    /// One writer's share.
    final class Block: Sendable {
        private let counts = NIOLockedValueBox(ListenerCounts())
        /// Apart, so that whoever reads the totals makes no packet thread copy the tables.
        fileprivate let sources = NIOLockedValueBox(SourceCounts())

        func add(_ delta: ListenerCounts) {
            counts.withLockedValue { $0.add(delta) }
            if !delta.sources.isEmpty { sources.withLockedValue { $0.add(delta.sources) } }
        }

        func update(_ change: (inout ListenerCounts) -> Void) {
            var delta = ListenerCounts()
            change(&delta)
            add(delta)
        }

        var current: ListenerCounts { counts.withLockedValue { $0 } }
    }

    private let blocks = NIOLockedValueBox<[ListenerRole: [Block]]>([:])
    private let endpoints = NIOLockedValueBox<[SocketEndpoint: ListenerRole]>([:])
    private let reload: NIOLockedValueBox<Int64>
    /// When the process began to count, seconds since 1970 UTC.
    public let startedAt: Int64

    public init() {
        startedAt = Int64(time(nil))
        reload = NIOLockedValueBox(startedAt)
    }

    /// When certificates, NAS devices and the rest were last read anew on an operator's request, seconds since 1970 UTC.
    public var reloadedAt: Int64 { reload.withLockedValue { $0 } }

    /// Remembers that everything was just read anew.
    public func reloaded() {
        let now = Int64(time(nil))
        reload.withLockedValue { $0 = now }
    }

    /// Sums all blocks. Roles without a listener are absent.
    public func snapshot() -> [ListenerRole: ListenerCounts] {
        blocks.withLockedValue { $0 }.mapValues { blocks in
            blocks.reduce(into: ListenerCounts()) { $0.add($1.current) }
        }
    }

    /// Who sent packets, all blocks together.
    public func sources() -> [ListenerRole: SourceCounts] {
        blocks.withLockedValue { $0 }.mapValues { blocks in
            blocks.reduce(into: SourceCounts()) { sum, block in block.sources.withLockedValue { sum.add($0) } }
        }
    }

    /// What one client did on the listeners of a role.
    public func counts(of client: NASClient.Key, role: ListenerRole) -> ClientCounts {
        (blocks.withLockedValue { $0[role] } ?? []).reduce(into: ClientCounts()) { sum, block in
            if let counts = block.sources.withLockedValue({ $0.clients[client] }) { sum.add(counts) }
        }
    }

    /// What the UDP listener at an address serves, also where it listens on all addresses; nil where none listens.
    func role(at endpoint: SocketEndpoint) -> ListenerRole? {
        endpoints.withLockedValue { $0[endpoint] ?? $0[endpoint.anyAddress] }
    }

    /// Remembers where a UDP listener listens, or with nil that it does not any more.
    func setRole(_ role: ListenerRole?, at listened: [SocketEndpoint]) {
        endpoints.withLockedValue { endpoints in
            for endpoint in listened { endpoints[endpoint] = role }
        }
    }

    func makeBlock(for role: ListenerRole) -> Block {
        let block = Block()
        blocks.withLockedValue { $0[role, default: []].append(block) }
        return block
    }
}

extension SocketEndpoint {
    /// The same port on all addresses of the version.
    fileprivate var anyAddress: SocketEndpoint {
        SocketEndpoint(address: address.version == 4 ? IPAddress(ipv4: 0) : IPAddress(ipv6High: 0, low: 0), port: port)
    }
}
