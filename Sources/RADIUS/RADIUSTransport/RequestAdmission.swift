import RADIUSWire

/// The checks between a datagram and a request worth working on, in the order that costs an attacker most and us least.
struct RequestAdmission {
    enum Verdict {
        case request(Packet, NASClient, BlastRADIUSCheck.Verdict)
        case status(Packet, NASClient)
        case drop(DropReason, NASClient?)
    }

    private let requestCodes: [UInt8]
    private let answersStatus: Bool
    private let maximumAttributes: Int
    private let requireMessageAuthenticator: Requirement
    private let limitProxyState: Requirement
    /// Seconds; zero does not look at Event-Timestamp.
    private let timestampWindow: Int64
    private let requireTimestamp: Bool

    init(_ configuration: ListenerConfiguration) {
        let codes: [PacketCode] =
            switch configuration.role {
            case .authentication: [.accessRequest]
            case .accounting: [.accountingRequest]
            case .dynamicAuthorization: [.disconnectRequest, .coaRequest]
            }
        requestCodes = codes.map(\.rawValue)
        answersStatus = configuration.statusServer && configuration.role != .dynamicAuthorization
        maximumAttributes = configuration.maximumAttributes
        requireMessageAuthenticator = configuration.requireMessageAuthenticator
        limitProxyState = configuration.limitProxyState
        timestampWindow = configuration.eventTimestampWindow.components.seconds
        requireTimestamp = configuration.requireEventTimestamp
    }

    /// Judges one datagram. Nothing is remembered; what the verdict teaches about a client is the caller's to pass on.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    func verdict(_ datagram: UnsafeRawBufferPointer, from source: IPAddress, in table: NASTable, epoch: Int64) -> Verdict {
        guard datagram.count >= 20 else { return .drop(.malformed, nil) }
        let code = datagram[0]
        guard requestCodes.contains(code) || (answersStatus && code == PacketCode.statusServer.rawValue) else {
            return .drop(.unexpectedCode, nil)
        }
        let length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= 20, length <= datagram.count else { return .drop(.malformed, nil) }
        guard let client = table.client(for: source) else { return .drop(.invalidClient, nil) }
        let packet: Packet
        do throws(WireError) {
            packet = try Packet(validating: datagram, maximumAttributes: maximumAttributes)
        } catch {
            return .drop(DropReason(error), client)
        }
        switch packet.code {
        case .accessRequest: return access(packet, client)
        case .accountingRequest: return digested(packet, client)
        case .disconnectRequest, .coaRequest: return dynamicAuthorization(packet, client, epoch: epoch)
        default:
            return packet.verifyMessageAuthenticator(client.secret) ? .status(packet, client) : .drop(.badMessageAuthenticator, client)
        }
    }

    private func access(_ packet: Packet, _ client: NASClient) -> Verdict {
        let messageAuthenticator: BlastRADIUSCheck.MessageAuthenticator =
            !packet.hasMessageAuthenticator ? .missing : packet.verifyMessageAuthenticator(client.secret) ? .good : .bad
        let check = BlastRADIUSCheck(
            requireMessageAuthenticator: client.requireMessageAuthenticator.or(requireMessageAuthenticator),
            limitProxyState: client.limitProxyState.or(limitProxyState), isHost: client.prefix.isHost)
        let verdict = check.verdict(
            messageAuthenticator, hasEAPMessage: packet.contains(eapMessage), hasProxyState: packet.contains(proxyState))
        return verdict.drop.map { .drop($0, client) } ?? .request(packet, client, verdict)
    }

    private func dynamicAuthorization(_ packet: Packet, _ client: NASClient, epoch: Int64) -> Verdict {
        if !packet.hasMessageAuthenticator, client.requireMessageAuthenticator.or(requireMessageAuthenticator) == .yes {
            return .drop(.missingMessageAuthenticator, client)
        }
        let verdict = digested(packet, client)
        guard case .request = verdict, timestampWindow > 0 else { return verdict }
        guard let timestamp = packet.integer(eventTimestamp) else {
            return requireTimestamp ? .drop(.staleTimestamp, client) : verdict
        }
        return abs(Int64(timestamp) - epoch) <= timestampWindow ? verdict : .drop(.staleTimestamp, client)
    }

    /// Requests whose authenticator is a digest over them.
    private func digested(_ packet: Packet, _ client: NASClient) -> Verdict {
        guard packet.verifyRequestAuthenticator(client.secret) else { return .drop(.badRequestAuthenticator, client) }
        guard !packet.hasMessageAuthenticator || packet.verifyMessageAuthenticator(client.secret) else {
            return .drop(.badMessageAuthenticator, client)
        }
        return .request(packet, client, BlastRADIUSCheck.Verdict())
    }
}

/// Attribute numbers of RFC 2865 §5.33, RFC 2869 §5.3 and RFC 3579 §3.1.
private let proxyState: UInt8 = 33
private let eventTimestamp: UInt8 = 55
private let eapMessage: UInt8 = 79

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
