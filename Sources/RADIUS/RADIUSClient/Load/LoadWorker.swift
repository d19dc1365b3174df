import CUDP
import Digests
import RADIUSWire

/// One generator thread: its sockets, the deadlines of the requests under way, and what it counts.
struct LoadWorker: Sendable {
    private struct Deadline {
        let time: UInt64
        let lane: Int
        let identifier: UInt8
        let serial: UInt32
    }

    /// Buffers of the running thread.
    private struct Buffers {
        let batch: UnsafeMutablePointer<cudp_batch>
        /// Where a request is written before it is queued.
        let request: UnsafeMutableRawBufferPointer
    }

    private static let batchSize = 64
    private static let slotSize = 4096

    private let settings: LoadSettings
    private let pacer: LoadPacer
    private let secret: [UInt8]
    private let timeout: UInt64
    private var requests: LoadRequests
    private var ledger: LedgerWriter?
    private var lanes: [LoadLane] = []
    private var descriptors = DescriptorSet()
    /// In the order of their times, from ``firstDeadline`` on.
    private var deadlines: [Deadline] = []
    private var firstDeadline = 0
    /// Requests sent so far, and of these after the warm-up.
    private var started = 0
    private var measured = 0
    private var nextLane = 0
    private var tally = LoadTally()

    init(_ settings: LoadSettings, pacer: LoadPacer, servers: [cudp_endpoint], ledger: LedgerWriter?) throws(ClientError) {
        self.settings = settings
        self.pacer = pacer
        self.ledger = ledger
        secret = settings.secret.bytes
        timeout = settings.timeout.nanoseconds
        requests = LoadRequests(settings, thread: pacer.thread)
        let count = settings.socketsPerThread
        for lane in 0..<count {
            var sockets: [DatagramSocket] = []
            // Lanes begin with different servers.
            for index in servers.indices {
                let socket = try DatagramSocket(connectedTo: servers[(lane + index) % servers.count], receiveBuffer: 1 << 20)
                guard socket.descriptor < 1024 else { throw .invalidSetting("too many open files for the sockets of a load run") }
                descriptors.insert(socket.descriptor)
                sockets.append(socket)
            }
            let window = pacer.window.map { $0 / count + (lane < $0 % count ? 1 : 0) } ?? 256
            lanes.append(LoadLane(sockets: sockets, window: window))
        }
    }

    /// Sends until the limit, then waits for the last replies. Blocks.
    /// - Returns: nothing sent when memory is short.
    mutating func run() -> LoadTally {
        guard let batch = cudp_batch_create(UInt32(Self.batchSize), UInt32(Self.slotSize)) else { return tally }
        let buffers = Buffers(batch: batch, request: .allocate(byteCount: Self.slotSize, alignment: 8))
        defer {
            cudp_batch_destroy(batch)
            buffers.request.deallocate()
        }
        var warmUpCPU: UInt64 = 0
        var isSending = true
        while isSending || lanes.contains(where: { $0.underWay > 0 }) {
            let now = MonotonicClock.now()
            if now < pacer.measureFrom { warmUpCPU = MonotonicClock.threadCPU() }
            expire(now)
            if isSending {
                if pacer.window == nil { sendDue(now, buffers) } else { for lane in lanes.indices { fill(lane, now, buffers) } }
                isSending = now < pacer.end && measured < pacer.count
            }
            let ready = descriptors.readable(within: idleTime(now, isSending: isSending))
            for lane in lanes.indices {
                for socket in lanes[lane].sockets where ready.contains(socket.descriptor) {
                    let time = receive(lane, socket, buffers)
                    if pacer.window != nil { fill(lane, time, buffers) }
                }
            }
            ledger?.flush()
        }
        if pacer.window == nil, pacer.end != .max { tally.unsent = pacer.dueCount(before: pacer.end) - started }
        tally.cpuNanoseconds = MonotonicClock.threadCPU() - warmUpCPU
        return tally
    }

    /// Closed loop: brings the requests under way on a lane up to its window.
    private mutating func fill(_ lane: Int, _ now: UInt64, _ buffers: Buffers) {
        while now < pacer.end, measured < pacer.count, lanes[lane].underWay < lanes[lane].window {
            guard start(lane, since: now, now, buffers) else { break }
        }
        flush(lane, buffers)
    }

    /// Open loop: sends what is due, a batch to each lane in turn.
    private mutating func sendDue(_ now: UInt64, _ buffers: Buffers) {
        let due = pacer.dueCount(before: now)
        for _ in lanes.indices where started < due {
            nextLane = nextLane + 1 == lanes.count ? 0 : nextLane + 1
            let limit = min(due, started + Self.batchSize)
            while started < limit, measured < pacer.count {
                guard start(nextLane, since: pacer.due(started), now, buffers) else { break }
            }
            flush(nextLane, buffers)
        }
    }

    /// Writes and queues one request.
    /// - Returns: false when no identifier or no session is free.
    private mutating func start(_ lane: Int, since: UInt64, _ now: UInt64, _ buffers: Buffers) -> Bool {
        guard let identifier = lanes[lane].nextIdentifier, let written = requests.write(buffers.request, identifier: identifier),
            let octets = buffers.request.baseAddress
        else { return false }
        if buffers.batch.pointee.queued == buffers.batch.pointee.capacity { flush(lane, buffers) }
        _ = cudp_queue(buffers.batch, octets, UInt32(written.count), nil, nil)
        let packet = settings.retransmissions > 0 ? Array(buffers.request[0..<written.count]) : []
        let serial = lanes[lane].begin(written, since: since, packet: packet)
        if ledger != nil {
            let entry = requests.ledgerEntry(written.session)
            ledger?.sent(entry.id, entry.request, userName: entry.userName)
        }
        deadlines.append(Deadline(time: now + timeout, lane: lane, identifier: identifier, serial: serial))
        started += 1
        if since >= pacer.measureFrom {
            measured += 1
            tally.sent += 1
        }
        return true
    }

    private mutating func flush(_ lane: Int, _ buffers: Buffers) {
        guard buffers.batch.pointee.queued > 0 else { return }
        // First, so that no session is in a database that is not in the ledger.
        ledger?.flush()
        // A datagram that the kernel refuses is as lost as one that the network drops: it times out.
        _ = cudp_flush(lanes[lane].sockets[0].descriptor, buffers.batch)
    }

    /// Reads one batch of replies.
    /// - Returns: when they were read.
    private mutating func receive(_ lane: Int, _ socket: DatagramSocket, _ buffers: Buffers) -> UInt64 {
        let count = cudp_receive(socket.descriptor, buffers.batch, false)
        let now = MonotonicClock.now()
        for slot in 0..<Int(max(0, count)) {
            let batch = buffers.batch.pointee
            let datagram = UnsafeRawBufferPointer(start: batch.rx_data + slot * Self.slotSize, count: Int(batch.rx_length[slot]))
            switch secret.withUnsafeBytes({ lanes[lane].match(datagram, secret: $0) }) {
            case .reply: finish(lane, code: datagram[0], identifier: datagram[1], now)
            case .late: tally.late += 1
            case .badAuthenticator: tally.badAuthenticators += 1
            case .unexpected: tally.unexpected += 1
            }
        }
        return now
    }

    private mutating func finish(_ lane: Int, code: UInt8, identifier: UInt8, _ now: UInt64) {
        let request = lanes[lane].requests[Int(identifier)]
        lanes[lane].end(identifier)
        if code == PacketCode.accountingResponse.rawValue { ledger?.acknowledged(requests.sessionID(request.session)) }
        requests.release(session: request.session, acknowledged: true)
        guard request.since >= pacer.measureFrom else {
            tally.warmUpReplies += 1
            return
        }
        switch (settings.kind, code) {
        case (.accounting, 5): tally.accountingResponses += 1
        case (.pap, 2), (.chap, 2), (.mschapv2, 2): tally.accepts += 1
        case (.pap, 3), (.chap, 3), (.mschapv2, 3): tally.rejects += 1
        case (.pap, 11), (.chap, 11), (.mschapv2, 11): tally.challenges += 1
        default: tally.unexpected += 1
        }
        tally.latency.record(now - request.since)
        tally.lastReply = now
    }

    /// Sends again, or gives up, the requests whose time is over.
    private mutating func expire(_ now: UInt64) {
        while firstDeadline < deadlines.count {
            let deadline = deadlines[firstDeadline]
            let request = lanes[deadline.lane].requests[Int(deadline.identifier)]
            let isCurrent = request.isUnderWay && request.serial == deadline.serial
            guard deadline.time <= now || !isCurrent else { break }
            firstDeadline += 1
            guard isCurrent else { continue }
            let isMeasured = request.since >= pacer.measureFrom
            if request.attempts <= settings.retransmissions {
                lanes[deadline.lane].sendAgain(deadline.identifier)
                deadlines.append(
                    Deadline(time: now + timeout, lane: deadline.lane, identifier: deadline.identifier, serial: deadline.serial))
                if isMeasured { tally.retransmissions += 1 }
            } else {
                lanes[deadline.lane].end(deadline.identifier)
                requests.release(session: request.session, acknowledged: false)
                if isMeasured { tally.timeouts += 1 }
            }
        }
        if firstDeadline > 65_536, firstDeadline > deadlines.count / 2 {
            deadlines.removeFirst(firstDeadline)
            firstDeadline = 0
        }
    }

    /// Nanoseconds until there is something to do without a reply, at most 100 ms.
    private func idleTime(_ now: UInt64, isSending: Bool) -> UInt64 {
        var wake = now + 100_000_000
        if firstDeadline < deadlines.count { wake = min(wake, deadlines[firstDeadline].time) }
        if isSending {
            wake = min(wake, pacer.end)
            // Requests that are due already lack an identifier or a session: only a reply or a deadline frees one.
            if pacer.window == nil, started >= pacer.dueCount(before: now) { wake = min(wake, pacer.due(started)) }
        }
        return wake > now ? wake - now : 0
    }
}
