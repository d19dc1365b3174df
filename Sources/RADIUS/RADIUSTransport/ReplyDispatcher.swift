import RADIUSWire

/// Turns dispositions into signed replies: at once for the packet thread that asks, later for everyone else.
final class ReplyDispatcher: Sendable {
    private let role: ListenerRole
    private let rejectDelay: Duration
    private let cache: DuplicateCacheShards
    private let clock: TransportClock
    private let log: DropLog
    /// For what happens off the packet threads.
    private let counters: RADIUSCounters.Block
    private let delayed: DelayQueue

    init(
        _ configuration: ListenerConfiguration, cache: DuplicateCacheShards, counters: RADIUSCounters.Block, log: DropLog,
        clock: TransportClock
    ) {
        role = configuration.role
        rejectDelay = configuration.rejectDelay
        self.cache = cache
        self.clock = clock
        self.log = log
        self.counters = counters
        delayed = DelayQueue(limit: configuration.delayedReplyLimit, clock: clock, name: "delay") { entry in
            Self.send(entry, cache: cache, counters: counters)
        }
    }

    /// Signs and keeps the reply to a request, or forgets it.
    /// - Returns: what to send now; nil for silence, a delayed reply and a request that is no longer in progress.
    func settle(_ disposition: Disposition, of exchange: Exchange, counts: inout ListenerCounts) -> [UInt8]? {
        switch disposition {
        case .deferred:
            return nil
        case .silence(let reason):
            if cache.abandon(exchange.ticket) { drop(reason, exchange, &counts) }
            return nil
        case .reply(let reply):
            guard let bytes = encode(reply, exchange) else {
                if cache.abandon(exchange.ticket) { drop(.unencodableReply, exchange, &counts) }
                return nil
            }
            return send(bytes, reply, exchange, &counts)
        }
    }

    /// Settles a deferred request, from any thread.
    func complete(_ exchange: Exchange, with disposition: Disposition) {
        var counts = ListenerCounts()
        let bytes = settle(disposition, of: exchange, counts: &counts)
        counters.add(counts)
        if let bytes, !exchange.socket.send(bytes, to: exchange.source, from: exchange.destination) {
            counters.update { $0.sendFailures += 1 }
        }
    }

    /// Counts a request nobody will answer, unless it has been answered.
    func letGo(_ exchange: Exchange) {
        guard cache.abandon(exchange.ticket) else { return }
        let epoch = clock.epoch() / 1_000_000_000
        counters.update { $0.drop(.unanswered, of: exchange.client, epoch: epoch) }
        log.drop(.unanswered, from: exchange.source.address, client: exchange.client, now: clock.monotonic())
    }

    /// Sends all delayed replies at once and ends their thread.
    func stop() { delayed.stop() }

    private func encode(_ reply: ReplyPacket, _ exchange: Exchange) -> [UInt8]? {
        let isSigned = exchange.client.signsReply(to: exchange.packet)
        return try? Packet.reply(
            reply.code, to: exchange.packet, attributes: reply.attributes, secret: exchange.client.secret, messageAuthenticator: isSigned)
    }

    private func send(_ bytes: [UInt8], _ reply: ReplyPacket, _ exchange: Exchange, _ counts: inout ListenerCounts) -> [UInt8]? {
        let due = exchange.receivedAt &+ delay(of: reply, to: exchange.client).nanoseconds
        if due > clock.monotonic() {
            guard cache.hold(exchange.ticket, reply: bytes) else {
                drop(.lateReply, exchange, &counts)
                return nil
            }
            if delayed.insert(DelayQueue.Entry(due: due, exchange: exchange, code: reply.code.rawValue)) { return nil }
            counts.delaysCutShort += 1
            guard let held = cache.release(exchange.ticket) else {
                drop(.lateReply, exchange, &counts)
                return nil
            }
            counts.reply(reply.code, to: exchange.client)
            return held
        }
        guard cache.answer(exchange.ticket, with: bytes) else {
            drop(.lateReply, exchange, &counts)
            return nil
        }
        counts.reply(reply.code, to: exchange.client)
        return bytes
    }

    private func delay(of reply: ReplyPacket, to client: NASClient) -> Duration {
        if let delay = reply.delay { return delay }
        return reply.code == .accessReject ? client.rejectDelay ?? rejectDelay : .zero
    }

    private func drop(_ reason: DropReason, _ exchange: Exchange, _ counts: inout ListenerCounts) {
        counts.drop(reason, of: exchange.client, epoch: clock.epoch() / 1_000_000_000)
        log.drop(reason, from: exchange.source.address, client: exchange.client, now: clock.monotonic())
    }

    private static func send(_ entry: DelayQueue.Entry, cache: DuplicateCacheShards, counters: RADIUSCounters.Block) {
        let exchange = entry.exchange
        guard let bytes = cache.release(exchange.ticket) else { return counters.update { $0.drop(.lateReply) } }
        counters.update { $0.reply(PacketCode(rawValue: entry.code), to: exchange.client) }
        if !exchange.socket.send(bytes, to: exchange.source, from: exchange.destination) { counters.update { $0.sendFailures += 1 } }
    }
}
