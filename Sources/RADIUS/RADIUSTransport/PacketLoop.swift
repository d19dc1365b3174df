import CUDP
import Glibc
import NIOConcurrencyHelpers
import RADIUSWire

/// What the packet threads of a listener share.
struct ListenerContext: Sendable {
    let configuration: ListenerConfiguration
    let directory: any NASDirectory
    let handler: any PacketHandler
    let cache: DuplicateCacheShards
    let dispatcher: ReplyDispatcher
    let log: DropLog
    let bindings: SecretBindings
    let statistics: StatusStatistics
    let clock: TransportClock
    let isStopping = NIOLockedValueBox(false)
}

/// One packet thread: reads a batch, has it decided, sends the replies, over and over.
final class PacketLoop {
    private let context: ListenerContext
    private let sockets: [UDPSocket]
    private let counters: RADIUSCounters.Block
    private let admission: RequestAdmission
    private let maximumQueueAge: UInt64
    private let gatherMicroseconds: UInt32
    private let batch: DatagramBatch
    private let worker: any PacketWorker
    /// Its thread among those of its sockets; nil for the stand-in.
    private let place: (threads: ListenerActivity, index: Int)?
    /// So many datagrams at once show that more are on their way.
    static let busyBatch = 8
    /// Of the batch in hand.
    private var counts = ListenerCounts()

    init(
        _ context: ListenerContext, sockets: [UDPSocket], counters: RADIUSCounters.Block, worker: any PacketWorker,
        place: (threads: ListenerActivity, index: Int)?
    ) {
        self.context = context
        self.sockets = sockets
        self.counters = counters
        admission = RequestAdmission(context.configuration, bindings: context.bindings)
        maximumQueueAge = context.configuration.maximumQueueAge.nanoseconds
        gatherMicroseconds = UInt32(clamping: context.configuration.gatherTime.nanoseconds / 1000)
        batch = DatagramBatch(capacity: context.configuration.batchLimit)
        self.worker = worker
        self.place = place
    }

    /// Serves until the listener stops.
    func run() {
        // One socket is waited for by reading it, which wakes one thread for each datagram at no extra system call.
        let isAlone = sockets.count == 1
        let poller = isAlone ? -1 : cudp_poller_create(sockets.map(\.descriptor), UInt32(sockets.count))
        defer { if poller >= 0 { cudp_close(poller) } }
        while !context.isStopping.withLockedValue({ $0 }) {
            let received = isAlone ? serve(sockets[0], wait: true) : serveOnce()
            if received == 0, !isAlone { cudp_poller_wait(poller, UDPSocket.waitMilliseconds) }
            if received >= Self.busyBatch, gatherMicroseconds > 0 { usleep(gatherMicroseconds) }
        }
    }

    /// Serves what the sockets hold now, up to a batch of each.
    /// - Returns: how many datagrams that were.
    func serveOnce() -> Int {
        sockets.reduce(0) { $0 + serve($1, wait: false) }
    }

    private func serve(_ socket: UDPSocket, wait: Bool) -> Int {
        let count = batch.receive(from: socket, wait: wait)
        guard count > 0 else {
            if count < 0 { receiveFailed(socket, errno: Int32(-count)) }
            return 0
        }
        decide(count, of: socket)
        // Before the replies leave, so that whoever has one finds it counted.
        counters.add(counts)
        counts.reset()
        counts.sendFailures = batch.flush(to: socket)
        return count
    }

    /// Queues the replies to the batch. The requests are let go on return, so that those left unanswered are counted with the rest.
    private func decide(_ count: Int, of socket: UDPSocket) {
        let now = context.clock.monotonic()
        let epoch = context.clock.epoch()
        let table = context.directory.table
        var requests: [ReceivedRequest] = []
        requests.reserveCapacity(count)
        for slot in 0..<count {
            guard let datagram = batch[slot] else { continue }
            counts.received += 1
            // The wall clock may have been set back since the datagram came.
            let age = datagram.time > 0 && datagram.time < epoch ? UInt64(epoch - datagram.time) : 0
            guard age <= maximumQueueAge else {
                drop(.tooOld, datagram.source, nil, now)
                continue
            }
            let arrival = Arrival(
                socket: socket, source: datagram.source,
                destination: SocketEndpoint(
                    address: datagram.destination ?? socket.local.address, port: socket.local.port, scope: datagram.scope),
                at: now &- min(now, age), epoch: Double(epoch - Int64(age)) / 1e9, now: now)
            if let request = admit(datagram.bytes, arrival, table) { requests.append(request) }
        }
        guard !requests.isEmpty else { return }
        counts.requests += UInt64(requests.count)
        let dispositions = process(requests, since: now)
        for place in requests.indices {
            guard let exchange = requests[place].responder.exchange,
                let reply = context.dispatcher.settle(dispositions[place], of: exchange, counts: &counts)
            else { continue }
            batch.queue(reply, to: exchange.source, from: exchange.destination)
        }
    }

    private func process(_ requests: [ReceivedRequest], since now: UInt64) -> [Disposition] {
        guard let place else { return worker.process(requests) }
        place.threads.begin(place.index, at: now)
        defer { place.threads.end(place.index) }
        let dispositions = worker.process(requests)
        // What came while all threads were held up.
        while case let waiting = place.threads.takeWaiting(context.configuration.batchLimit), !waiting.isEmpty {
            place.threads.begin(place.index, at: context.clock.monotonic())
            for (request, disposition) in zip(waiting, worker.process(waiting)) { request.responder.complete(disposition) }
        }
        return dispositions
    }

    /// Where and when a datagram came.
    private struct Arrival {
        var socket: UDPSocket
        var source: SocketEndpoint
        var destination: SocketEndpoint
        var at: UInt64
        var epoch: Double
        /// When its batch was read.
        var now: UInt64
    }

    private func admit(_ bytes: UnsafeRawBufferPointer, _ arrival: Arrival, _ table: NASTable) -> ReceivedRequest? {
        let verdict = admission.verdict(
            bytes, from: arrival.source, epoch: Int64(arrival.epoch), candidates: table.clients(for: arrival.source.address, over: .udp))
        switch verdict {
        case .drop(let reason, let client):
            if reason == .invalidClient { context.directory.unknownSource(arrival.source.address) }
            // Admission looks nobody up for a packet of another code.
            let client = client ?? (reason == .unexpectedCode ? table.client(for: arrival.source.address) : nil)
            counts.refuse(reason, of: client, from: arrival.source.address, epoch: Int64(arrival.epoch))
            context.log.drop(reason, from: arrival.source.address, client: client, now: arrival.now)
        case .status(let packet, let client):
            answerStatus(packet, client, arrival)
        case .request(let packet, let client, let blast):
            learn(blast, client, arrival)
            counts.request(packet, of: client, epoch: Int64(arrival.epoch))
            return enter(packet, client, blast.warning, arrival)
        }
        return nil
    }

    /// RFC 5997 §4.2: an Access-Accept or Accounting-Response by port, without any processing.
    private func answerStatus(_ packet: Packet, _ client: NASClient, _ arrival: Arrival) {
        let code: PacketCode =
            switch context.configuration.role {
            case .authentication: .accessAccept
            case .accounting: .accountingResponse
            // Has no Status-Server; admission lets none through.
            case .dynamicAuthorization: .protocolError
            }
        counts.statusRequests += 1
        let statistics = context.statistics.attributes(for: packet, from: arrival.source.address)
        guard let reply = try? Packet.reply(code, to: packet, attributes: statistics, secret: client.secret, messageAuthenticator: true)
        else {
            return drop(.unencodableReply, arrival.source, client, arrival.now)
        }
        counts.reply(code)
        batch.queue(reply, to: arrival.source, from: arrival.destination)
    }

    private func learn(_ blast: BlastRADIUSCheck.Verdict, _ client: NASClient, _ arrival: Arrival) {
        guard blast.learnedRequirement != nil || blast.learnedLimit != nil else { return }
        context.directory.learned(
            client, requireMessageAuthenticator: blast.learnedRequirement, limitProxyState: blast.learnedLimit)
        if let warning = blast.warning {
            context.log.insecure(warning, client: client, source: arrival.source.address, now: arrival.now)
        }
    }

    /// Enters an authentic request into the duplicate cache; a repeated one is answered from there.
    private func enter(_ packet: Packet, _ client: NASClient, _ warning: BlastWarning?, _ arrival: Arrival) -> ReceivedRequest? {
        let key = ExchangeKey(
            source: arrival.source, destination: arrival.destination, identifier: packet.identifier, code: packet.code.rawValue)
        let (verdict, expired) = context.cache.begin(key, authenticator: packet.authenticator, length: packet.bytes.count)
        if expired > 0 { counts.drop(.deadlineExceeded, expired) }
        switch verdict {
        case .inProgress:
            drop(.duplicateInProgress, arrival.source, client, arrival.now)
        case .full:
            drop(.tooManyRequests, arrival.source, client, arrival.now)
        case .answered(let reply):
            counts.duplicatesResent += 1
            counts.sources.update(client) { $0.duplicates += 1 }
            batch.queue(reply, to: arrival.source, from: arrival.destination)
        case .new(let ticket):
            let exchange = Exchange(
                packet: packet, client: client, source: arrival.source, destination: arrival.destination, receivedAt: arrival.at,
                socket: arrival.socket, ticket: ticket)
            return ReceivedRequest(
                packet: packet, client: client, source: arrival.source, destination: arrival.destination, receivedAt: arrival.at,
                receivedEpoch: arrival.epoch, hadMessageAuthenticator: packet.hasMessageAuthenticator, blastWarning: warning,
                responder: ReplyHandle(exchange, context.dispatcher))
        }
        return nil
    }

    private func drop(_ reason: DropReason, _ source: SocketEndpoint, _ client: NASClient?, _ now: UInt64) {
        counts.drop(reason, of: client, epoch: context.clock.epoch() / 1_000_000_000)
        context.log.drop(reason, from: source.address, client: client, now: now)
    }

    private func receiveFailed(_ socket: UDPSocket, errno: Int32) {
        context.log.receiveFailed(on: socket.local, error: String(cString: strerror(errno)), now: context.clock.monotonic())
        // A lasting error must not turn the thread into a busy loop.
        usleep(10_000)
    }
}
