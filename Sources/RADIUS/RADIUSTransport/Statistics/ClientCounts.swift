import RADIUSWire

/// What one NAS client did on the listeners of one role since start.
public struct ClientCounts: Sendable, Equatable, Codable {
    /// Packets of the role's codes, whatever became of them.
    public var requests: UInt64 = 0
    public var accepts: UInt64 = 0
    public var rejects: UInt64 = 0
    public var challenges: UInt64 = 0
    /// Replies of any code, without those sent again.
    public var responses: UInt64 = 0
    /// Retransmissions, answered from memory or ignored.
    public var duplicates: UInt64 = 0
    public var malformed: UInt64 = 0
    /// Packets not made with the client's secret.
    public var badAuthenticators: UInt64 = 0
    /// Requests that got no reply for another reason.
    public var dropped: UInt64 = 0
    /// Packets of codes that the listener does not take.
    public var unknownTypes: UInt64 = 0
    /// Access-Requests taken although they carried no Message-Authenticator.
    public var withoutMessageAuthenticator: UInt64 = 0
    /// Seconds since 1970 UTC; 0 for never.
    public var lastRequest: Int64 = 0
    /// Seconds since 1970 UTC; 0 for never.
    public var lastBadAuthenticator: Int64 = 0
    /// How far the clock of the client's last Accounting-Request was ahead of ours, seconds: Event-Timestamp and Acct-Delay-Time against
    /// the receipt. Nil where none told.
    public var clockSkew: Int64?

    public init() {}

    mutating func request(epoch: Int64) {
        requests += 1
        lastRequest = max(lastRequest, epoch)
    }

    mutating func reply(_ code: PacketCode) {
        responses += 1
        switch code {
        case .accessAccept: accepts += 1
        case .accessReject: rejects += 1
        case .accessChallenge: challenges += 1
        default: break
        }
    }

    mutating func drop(_ reason: DropReason, epoch: Int64) {
        switch reason {
        case .malformed, .tooManyAttributes: malformed += 1
        case .badMessageAuthenticator, .badRequestAuthenticator:
            badAuthenticators += 1
            lastBadAuthenticator = max(lastBadAuthenticator, epoch)
        case .unexpectedCode: unknownTypes += 1
        case .duplicateInProgress: duplicates += 1
        default: dropped += 1
        }
    }

    /// Adds what the same client did elsewhere.
    public mutating func add(_ other: ClientCounts) {
        requests += other.requests
        accepts += other.accepts
        rejects += other.rejects
        challenges += other.challenges
        responses += other.responses
        duplicates += other.duplicates
        malformed += other.malformed
        badAuthenticators += other.badAuthenticators
        dropped += other.dropped
        unknownTypes += other.unknownTypes
        withoutMessageAuthenticator += other.withoutMessageAuthenticator
        if other.lastRequest >= lastRequest { clockSkew = other.clockSkew ?? clockSkew }
        lastRequest = max(lastRequest, other.lastRequest)
        lastBadAuthenticator = max(lastBadAuthenticator, other.lastBadAuthenticator)
    }
}

extension Packet {
    /// How far an Accounting-Request's sender is ahead of `epoch`, seconds; nil without Event-Timestamp (RFC 2869 §5.3).
    func clockSkew(at epoch: Int64) -> Int64? {
        guard code == .accountingRequest, let timestamp = integer(55) else { return nil }
        // The event may be older than the packet (RFC 2866 §5.2).
        return Int64(timestamp) + Int64(integer(41) ?? 0) - epoch
    }
}
