import NIOConcurrencyHelpers
public import RADIUSWire

/// A UDP way to one peer: sockets of 256 identifiers each (RFC 2865 §3), more of them opened as they are needed.
///
/// The sockets are connected, so that the kernel drops what other addresses send. Requests under way keep the link; it closes its
/// sockets when nobody refers to it any more.
public final class UDPLink: OutgoingLink {
    /// What a link is made of.
    public struct Configuration: Sendable {
        public var peer: SocketEndpoint
        public var secret: SharedSecret
        /// Address to send from; nil leaves it to the system.
        public var source: IPAddress?
        /// Whether replies to Access-Request must carry a Message-Authenticator; `auto` learns it from the first reply without EAP.
        public var requireMessageAuthenticator: Requirement
        /// 1...1024; each allows 256 requests under way.
        public var maximumSockets: Int
        public var receiveBufferBytes = 1 << 20

        public init(
            peer: SocketEndpoint, secret: SharedSecret, source: IPAddress? = nil, requireMessageAuthenticator: Requirement = .auto,
            maximumSockets: Int = 256
        ) {
            self.peer = peer
            self.secret = secret
            self.source = source
            self.requireMessageAuthenticator = requireMessageAuthenticator
            self.maximumSockets = min(max(maximumSockets, 1), 1024)
        }
    }

    private struct State {
        var ports: [OutgoingPort] = []
        /// Indices of ports with a free identifier.
        var open: [Int] = []
        var counts = OutgoingCounts()
        var learned: Requirement
        var outstanding = 0

        /// Notes that a port has one more free identifier.
        mutating func release(_ port: Int) {
            outstanding -= 1
            if ports[port].freeCount == 1 { open.append(port) }
        }
    }

    public let name: String
    public var isDatagram: Bool { true }
    private let configuration: Configuration
    private let receiver: OutgoingReceiver
    private let state: NIOLockedValueBox<State>

    /// Opens nothing yet.
    /// - Parameter receiver: reads the replies.
    public init(_ configuration: Configuration, receiver: OutgoingReceiver) {
        self.configuration = configuration
        self.receiver = receiver
        name = "udp \(configuration.peer)"
        state = NIOLockedValueBox(State(learned: configuration.requireMessageAuthenticator))
    }

    deinit {
        for port in state.withLockedValue({ $0.ports }) { receiver.forget(port.token) }
    }

    /// What was sent and received so far.
    public var counts: OutgoingCounts { state.withLockedValue { $0.counts } }

    /// Requests under way.
    public var outstanding: Int { state.withLockedValue { $0.outstanding } }

    /// Whether replies need a Message-Authenticator, as configured or learned.
    public var requiresMessageAuthenticator: Requirement { state.withLockedValue { $0.learned } }

    public func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        let ticket: OutgoingPort.Ticket
        do throws(OutgoingError) {
            ticket = try reserve()
        } catch {
            completion(.failure(error))
            return UDPExchange(nil)
        }
        let bytes: [UInt8]
        do throws(WireError) {
            bytes = try build(request, identifier: ticket.identifier)
        } catch {
            release(ticket)
            completion(.failure(.unencodable(error)))
            return UDPExchange(nil)
        }
        let socket = state.withLockedValue { state in
            state.ports[ticket.port].start(ticket, OutgoingPort.Pending(code: request.code, bytes: bytes, completion: completion))
            state.counts.sent += 1
            return state.ports[ticket.port].socket
        }
        transmit(bytes, over: socket)
        return UDPExchange((self, ticket))
    }

    private func build(_ request: OutgoingRequest, identifier: UInt8) throws(WireError) -> [UInt8] {
        let isRandom = request.code == .accessRequest || request.code == .statusServer
        var generator = SystemRandomNumberGenerator()
        let authenticator = isRandom ? Authenticator.random(using: &generator) : .zero
        return try Packet.request(
            request.code, identifier: identifier, authenticator: authenticator,
            attributes: try request.attributes(authenticator, configuration.secret), secret: configuration.secret,
            // Old accounting servers may know nothing of it; everybody else needs it (RFC 5176 §3.4).
            messageAuthenticator: request.code != .accountingRequest)
    }

    private func transmit(_ bytes: [UInt8], over socket: UDPSocket) {
        if !socket.send(bytes) { state.withLockedValue { $0.counts.sendFailures += 1 } }
    }

    private func reserve() throws(OutgoingError) -> OutgoingPort.Ticket {
        let result = state.withLockedValue { state in
            Result { () throws(OutgoingError) in
                if state.open.isEmpty {
                    guard state.ports.count < configuration.maximumSockets else { throw .tooManyOutstanding }
                    state.ports.append(try openPort(state.ports.count))
                    state.open.append(state.ports.count - 1)
                }
                let index = state.open[state.open.count - 1]
                let ticket = state.ports[index].reserve(index)
                if state.ports[index].isFull { state.open.removeLast() }
                state.outstanding += 1
                return ticket
            }
        }
        return try result.get()
    }

    private func openPort(_ index: Int) throws(OutgoingError) -> OutgoingPort {
        let any = configuration.peer.address.version == 4 ? IPAddress(ipv4: 0) : IPAddress(ipv6High: 0, low: 0)
        do {
            let socket = try UDPSocket(
                boundTo: SocketEndpoint(address: configuration.source ?? any, port: 0), receiveBufferBytes: configuration.receiveBufferBytes
            )
            try socket.connect(to: configuration.peer)
            guard let token = receiver.watch(socket, { [weak self] in self?.receive($0, port: index) }) else {
                throw OutgoingError.linkDown("the receiver has stopped")
            }
            return OutgoingPort(socket: socket, token: token)
        } catch let error as OutgoingError {
            throw error
        } catch {
            throw .linkDown("\(error)")
        }
    }

    private func receive(_ datagram: UnsafeRawBufferPointer, port: Int) {
        guard let reply = try? Packet(validating: datagram) else { return state.withLockedValue { $0.counts.malformed += 1 } }
        let (pending, serial, required) = state.withLockedValue { state in
            let slot = state.ports[port].slots[Int(reply.identifier)]
            return (slot.pending, slot.serial, state.learned == .yes)
        }
        let verdict = pending.map {
            ReplyVerification(
                requestCode: $0.code, requestBytes: $0.bytes, secret: configuration.secret, requiresMessageAuthenticator: required
            ).verdict(reply)
        }
        guard let pending, verdict == .genuine, let authenticator = pending.authenticator else {
            return drop(reply, port: port, verdict)
        }
        let isFirst = state.withLockedValue { state in
            guard state.ports[port].finish(reply.identifier, serial: serial) else {
                state.counts.late += 1
                return false
            }
            state.release(port)
            state.counts.replies += 1
            if state.learned == .auto, pending.code == .accessRequest, !reply.contains(AttributeType.eapMessage) {
                state.learned = reply.hasMessageAuthenticator ? .yes : .no
            }
            return true
        }
        guard isFirst else { return }
        pending.completion(
            .success(OutgoingReply(packet: reply, requestAuthenticator: authenticator, secret: configuration.secret)))
    }

    /// Counts a reply that is not handed on.
    private func drop(_ reply: Packet, port: Int, _ verdict: ReplyVerification.Verdict?) {
        let last = state.withLockedValue { $0.ports[port].slots[Int(reply.identifier)].last }
        // An identifier that was given to a new request may still get the old one's reply.
        let isLate = last.map { reply.verifyResponseAuthenticator(configuration.secret, requestAuthenticator: $0) } ?? false
        state.withLockedValue { state in
            switch verdict {
            case nil where isLate, .forged? where isLate: state.counts.late += 1
            case nil, .forged, .genuine: state.counts.forged += 1
            case .missingMessageAuthenticator: state.counts.missingMessageAuthenticator += 1
            case .unknownProxyState: state.counts.unknownProxyState += 1
            case .unexpectedCode: state.counts.unexpectedCode += 1
            }
        }
    }

    fileprivate func retransmit(_ ticket: OutgoingPort.Ticket) {
        let again = state.withLockedValue { state -> (UDPSocket, [UInt8])? in
            guard let bytes = state.ports[ticket.port].pending(ticket)?.bytes else { return nil }
            state.counts.retransmitted += 1
            return (state.ports[ticket.port].socket, bytes)
        }
        if let (socket, bytes) = again { transmit(bytes, over: socket) }
    }

    /// Frees a ticket's identifier, if it still holds one.
    fileprivate func release(_ ticket: OutgoingPort.Ticket) {
        // The completion may hold the last reference to this exchange: it must not end under the lock.
        let pending = state.withLockedValue { state -> OutgoingPort.Pending? in
            let pending = state.ports[ticket.port].pending(ticket)
            if state.ports[ticket.port].finish(ticket.identifier, serial: ticket.serial) { state.release(ticket.port) }
            return pending
        }
        _ = pending
    }
}

/// A request of a ``UDPLink``; nil for one that was never sent.
private final class UDPExchange: OutgoingExchange {
    private let held: (link: UDPLink, ticket: OutgoingPort.Ticket)?

    init(_ held: (UDPLink, OutgoingPort.Ticket)?) { self.held = held }

    deinit { cancel() }

    func retransmit() { if let held { held.link.retransmit(held.ticket) } }

    func cancel() { if let held { held.link.release(held.ticket) } }
}
