import RADIUSWire

/// The checks between a packet's octets and a request worth working on, in the order that costs an attacker most and us least.
struct RequestAdmission {
    enum Verdict {
        case request(Packet, NASClient, BlastRADIUSCheck.Verdict)
        case status(Packet, NASClient)
        case drop(DropReason, NASClient?)
    }

    private let roles: Set<ListenerRole>
    private let answersStatus: Bool
    private let maximumLength: Int
    private let maximumAttributes: Int
    private let requireMessageAuthenticator: Requirement
    private let limitProxyState: Requirement
    /// On TLS and DTLS nobody stands between: Message-Authenticator may be absent.
    private let isProtected: Bool
    /// Seconds; zero does not look at Event-Timestamp.
    private let timestampWindow: Int64
    private let requireTimestamp: Bool
    private let bindings: SecretBindings

    init(_ configuration: ListenerConfiguration, bindings: SecretBindings) {
        roles = [configuration.role]
        answersStatus = configuration.statusServer && configuration.role != .dynamicAuthorization
        maximumLength = 4096
        maximumAttributes = configuration.maximumAttributes
        requireMessageAuthenticator = configuration.requireMessageAuthenticator
        limitProxyState = configuration.limitProxyState
        timestampWindow = configuration.eventTimestampWindow.components.seconds
        requireTimestamp = configuration.requireEventTimestamp
        isProtected = false
        self.bindings = bindings
    }

    init(_ configuration: LinkConfiguration, transport: NASTransport, bindings: SecretBindings) {
        roles = configuration.roles
        answersStatus = configuration.statusServer
        maximumLength = configuration.maximumLength
        maximumAttributes = configuration.maximumAttributes
        requireMessageAuthenticator = configuration.requireMessageAuthenticator
        limitProxyState = configuration.limitProxyState
        timestampWindow = configuration.eventTimestampWindow.components.seconds
        requireTimestamp = configuration.requireEventTimestamp
        isProtected = transport.isProtected
        self.bindings = bindings
    }

    /// Judges one packet. What the verdict teaches about a client is the caller's to pass on.
    /// - Parameters:
    ///   - epoch: now, seconds since 1970 UTC.
    ///   - candidates: the clients that may have sent it; asked for only when the header is in order.
    func verdict(
        _ datagram: UnsafeRawBufferPointer, from source: SocketEndpoint, epoch: Int64, candidates: @autoclosure () -> [NASClient]
    ) -> Verdict {
        guard datagram.count >= 20 else { return .drop(.malformed, nil) }
        let code = PacketCode(rawValue: datagram[0])
        guard ListenerRole(serving: code).map(roles.contains) ?? (answersStatus && code == .statusServer) else {
            return .drop(.unexpectedCode, nil)
        }
        let length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= 20, length <= datagram.count else { return .drop(.malformed, nil) }
        let candidates = candidates()
        guard let first = candidates.first else { return .drop(.invalidClient, nil) }
        let packet: Packet
        do throws(WireError) {
            packet = try Packet(
                validating: datagram, maximumLength: maximumLength, maximumAttributes: maximumAttributes,
                requiresMessageAuthenticator: !isProtected)
        } catch {
            return .drop(DropReason(error), first)
        }
        guard candidates.count > 1 || first.nasIdentifier != nil else { return verdict(packet, first, epoch) }
        switch choose(packet, from: source, among: candidates) {
        case .success(let client): return verdict(packet, client, epoch)
        case .failure(let refusal): return .drop(refusal.reason, first)
        }
    }

    private func verdict(_ packet: Packet, _ client: NASClient, _ epoch: Int64) -> Verdict {
        switch packet.code {
        case .accessRequest: access(packet, client)
        case .statusServer:
            hasGoodMessageAuthenticator(packet, client.secret) ? .status(packet, client) : .drop(.badMessageAuthenticator, client)
        case .disconnectRequest, .coaRequest: dynamicAuthorization(packet, client, epoch)
        default: digested(packet, client)
        }
    }

    private func access(_ packet: Packet, _ client: NASClient) -> Verdict {
        guard !isProtected else {
            return hasGoodMessageAuthenticator(packet, client.secret)
                ? .request(packet, client, BlastRADIUSCheck.Verdict()) : .drop(.badMessageAuthenticator, client)
        }
        let messageAuthenticator: BlastRADIUSCheck.MessageAuthenticator =
            !packet.hasMessageAuthenticator ? .missing : packet.verifyMessageAuthenticator(client.secret) ? .good : .bad
        let check = BlastRADIUSCheck(
            requireMessageAuthenticator: client.requireMessageAuthenticator.or(requireMessageAuthenticator),
            limitProxyState: client.limitProxyState.or(limitProxyState), isHost: client.prefix.isHost)
        let verdict = check.verdict(
            messageAuthenticator, hasEAPMessage: packet.contains(eapMessage), hasProxyState: packet.contains(proxyState))
        return verdict.drop.map { .drop($0, client) } ?? .request(packet, client, verdict)
    }

    private func dynamicAuthorization(_ packet: Packet, _ client: NASClient, _ epoch: Int64) -> Verdict {
        if !isProtected, !packet.hasMessageAuthenticator,
            client.requireMessageAuthenticator.or(requireMessageAuthenticator) == .yes
        {
            return .drop(.missingMessageAuthenticator, client)
        }
        let verdict = digested(packet, client)
        guard case .request = verdict, timestampWindow > 0 else { return verdict }
        guard let timestamp = packet.integer(eventTimestamp) else {
            return requireTimestamp ? .drop(.staleTimestamp, client) : verdict
        }
        return abs(Int64(timestamp) - epoch) <= timestampWindow ? verdict : .drop(.staleTimestamp, client)
    }

    /// A request whose Request Authenticator is a digest (RFC 2866 §3, RFC 5176 §2.3).
    private func digested(_ packet: Packet, _ client: NASClient) -> Verdict {
        guard packet.verifyRequestAuthenticator(client.secret) else { return .drop(.badRequestAuthenticator, client) }
        guard hasGoodMessageAuthenticator(packet, client.secret) else { return .drop(.badMessageAuthenticator, client) }
        return .request(packet, client, BlastRADIUSCheck.Verdict())
    }

    /// Where it has to be there, the packet's structure has been refused without one.
    private func hasGoodMessageAuthenticator(_ packet: Packet, _ secret: SharedSecret) -> Bool {
        !packet.hasMessageAuthenticator || packet.verifyMessageAuthenticator(secret)
    }

    private struct Refusal: Error { var reason: DropReason }

    /// Finds who of several clients with one source prefix sent a packet: by NAS-Identifier, then by whose secret proves it. A packet that
    /// proves nothing belongs to whoever last proved one from the same port.
    private func choose(
        _ packet: Packet, from source: SocketEndpoint, among candidates: [NASClient]
    ) -> Result<NASClient, Refusal> {
        let identifier = packet.text(nasIdentifier)
        let named = candidates.filter { $0.nasIdentifier != nil && $0.nasIdentifier == identifier }
        let pool = named.isEmpty ? candidates.filter { $0.nasIdentifier == nil } : named
        guard let first = pool.first else { return .failure(Refusal(reason: .invalidClient)) }
        guard pool.count > 1 else { return .success(first) }
        let bound = bindings.client(at: source)
        let isDigested = packet.code != .accessRequest && packet.code != .statusServer
        guard isDigested || packet.hasMessageAuthenticator else {
            // There the candidates are one client with several secrets, the prescribed one first.
            if isProtected { return .success(first) }
            return pool.first { $0.key == bound }.map { .success($0) } ?? .failure(Refusal(reason: .missingMessageAuthenticator))
        }
        func isProved(_ client: NASClient) -> Bool {
            isDigested ? packet.verifyRequestAuthenticator(client.secret) : packet.verifyMessageAuthenticator(client.secret)
        }
        if let client = pool.first(where: { $0.key == bound }), isProved(client) { return .success(client) }
        guard let client = pool.first(where: isProved) else {
            return .failure(Refusal(reason: isDigested ? .badRequestAuthenticator : .badMessageAuthenticator))
        }
        bindings.bind(source, to: client.key)
        return .success(client)
    }
}

/// Attribute numbers of RFC 2865 §5.32, §5.33, RFC 2869 §5.3 and RFC 3579 §3.1.
private let nasIdentifier: UInt8 = 32
private let proxyState: UInt8 = 33
private let eventTimestamp: UInt8 = 55
private let eapMessage: UInt8 = 79

extension ListenerRole {
    /// The role that takes requests of a code; nil for a code that no role takes, Status-Server among them.
    init?(serving code: PacketCode) {
        switch code {
        case .accessRequest: self = .authentication
        case .accountingRequest: self = .accounting
        case .disconnectRequest, .coaRequest: self = .dynamicAuthorization
        default: return nil
        }
    }
}

extension Requirement {
    fileprivate func or(_ general: Requirement) -> Requirement { self == .auto ? general : self }
}

extension DropReason {
    init(_ error: WireError) {
        switch error {
        case .tooManyAttributes: self = .tooManyAttributes
        case .missingMessageAuthenticator: self = .missingMessageAuthenticator
        default: self = .malformed
        }
    }
}
