import NIOCore
import RADIUSWire

/// What is needed to answer a request of a link, from any thread.
struct LinkAnswer: Sendable {
    let link: InboundLink
    let packet: Packet
    let client: NASClient
    let dialect: LinkDialect
    let key: UInt64
    let serial: UInt64
    let receivedAt: UInt64
    /// Octets of the longest reply that the peer takes.
    let maximumLength: Int
    /// Whether the peer understands Protocol-Error.
    let knowsProtocolError: Bool

    /// Signs the reply on the thread that calls and sends it on the link's; nil where nobody answered.
    func settle(_ disposition: Disposition?) {
        switch disposition {
        case .deferred: return
        case nil: giveUp(.unanswered)
        case .silence(let reason): giveUp(reason)
        case .reply(let reply):
            let octets: [UInt8]
            do throws(WireError) {
                octets = try encode(reply.code, reply.attributes)
            } catch {
                if case .packetTooLong(let length, _) = error { return giveUp(.unencodableReply, needing: length) }
                return giveUp(.unencodableReply)
            }
            let due = receivedAt &+ delay(of: reply).nanoseconds
            link.eventLoop.execute { link.deliver(octets, reply.code, self, due: due) }
        }
    }

    /// - Parameter length: octets of the reply that is too long.
    private func giveUp(_ reason: DropReason, needing length: Int? = nil) {
        let epoch = link.service.clock.epoch() / 1_000_000_000
        link.service.block(for: packet.code).update { $0.drop(reason, of: client, epoch: epoch) }
        let word = knowsProtocolError ? protocolError(reason, length) : nil
        link.eventLoop.execute { link.giveUp(self, reason, saying: word) }
    }

    /// What a peer that understands it gets instead of silence (RFC 7930 §4), so that it can ask somebody else at once; nil where silence is
    /// meant.
    private func protocolError(_ reason: DropReason, _ length: Int?) -> [UInt8]? {
        let cause: ErrorCause
        switch reason {
        case .unencodableReply where length != nil: cause = .responseTooBig
        case .deadlineExceeded: cause = .otherProxyProcessingError
        case .malformed, .unusableRecord: cause = .invalidRequest
        case .queueFull, .databaseUnavailable, .unanswered, .unencodableReply: cause = .resourcesUnavailable
        default: return nil
        }
        return try? encode(.protocolError, packet.protocolError(cause, length: length))
    }

    private func encode(_ code: PacketCode, _ attributes: [UInt8]) throws(WireError) -> [UInt8] {
        // Pointless inside TLS, but what older peers look for (RFC 6614 §2.3); RADIUS/1.1 leaves it out again.
        let isSigned = client.signsReply(to: packet)
        let octets = try Packet.reply(
            code, to: packet, attributes: attributes, secret: client.secret, messageAuthenticator: isSigned, maximumLength: maximumLength)
        return try dialect.reply(octets, to: packet, key: key)
    }

    private func delay(of reply: ReplyPacket) -> Duration {
        if let delay = reply.delay { return delay }
        return reply.code == .accessReject ? client.rejectDelay ?? link.service.configuration.rejectDelay : .zero
    }
}

extension InboundLink {
    /// Delayed replies of one link held at once; beyond it replies leave at once.
    private static let delayedLimit = 4096

    /// Sends a reply when it is due, unless its request has been given up.
    fileprivate func deliver(_ octets: [UInt8], _ code: PacketCode, _ answer: LinkAnswer, due: UInt64) {
        let block = service.block(for: answer.packet.code)
        guard let carrier, outstanding[answer.key]?.serial == answer.serial else { return block.update { $0.drop(.lateReply) } }
        let now = service.clock.monotonic()
        guard due > now else {
            outstanding[answer.key] = nil
            block.update { $0.reply(code, to: answer.client) }
            remember(octets, to: answer.packet, key: answer.key)
            carrier.send(octets)
            return regulate()
        }
        guard delayedCount < Self.delayedLimit else {
            block.update { $0.delaysCutShort += 1 }
            return deliver(octets, code, answer, due: 0)
        }
        outstanding[answer.key]?.isDelayed = true
        delayedCount += 1
        eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: due - now))) { [self] in
            delayedCount -= 1
            deliver(octets, code, answer, due: 0)
        }
        regulate()
    }

    /// - Parameter word: what the peer is told; nil: nothing.
    fileprivate func giveUp(_ answer: LinkAnswer, _ reason: DropReason, saying word: [UInt8]?) {
        guard let carrier, outstanding[answer.key]?.serial == answer.serial else { return }
        outstanding[answer.key] = nil
        if let word {
            service.block(for: answer.packet.code).update { $0.reply(.protocolError, to: answer.client) }
            carrier.send(word)
        }
        service.log.drop(reason, from: carrier.source.address, client: client, now: service.clock.monotonic())
        regulate()
    }

    // MARK: The reverse direction

    /// Sends a request of ours to the NAS; from any thread.
    func start(_ pending: PendingRequest) {
        eventLoop.execute { [self] in
            guard !pending.isOver else { return }
            guard let carrier, let start = exchanges?.start(pending, now: service.clock.monotonic()) else {
                return pending.finish(.failure(.linkDown("the NAS has closed it")))
            }
            switch start {
            case .packet(let octets): carrier.send(octets)
            case .full: pending.finish(.failure(.tooManyOutstanding))
            case .failed(let error): pending.finish(.failure(.unencodable(error)))
            }
        }
    }

    /// Frees what a request of ours took; from any thread.
    func cancelled(_ pending: PendingRequest) {
        eventLoop.execute { [self] in exchanges?.cancel(pending, now: service.clock.monotonic()) }
    }

    /// A packet that answers a request of ours.
    func matched(_ octets: [UInt8]) {
        switch exchanges?.match(octets) {
        case .reply(let pending, let reply): pending.finish(.success(reply))
        case .notAuthentic: carrier?.close(.notAuthentic)
        case .unknown, nil: break
        }
    }
}
