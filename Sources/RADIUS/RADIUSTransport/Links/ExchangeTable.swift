import RADIUSWire

/// Our requests under way on one connection, by Identifier, or by Token in RADIUS/1.1. A value without clock: the caller passes monotonic
/// nanoseconds.
struct ExchangeTable {
    enum Start {
        case packet([UInt8])
        /// All identifiers are under way.
        case full
        case failed(WireError)
    }

    enum Match {
        case reply(PendingRequest, OutgoingReply)
        /// Answers nothing that waits: discarded (RFC 6613 §2.6.4).
        case unknown
        /// Not made with the shared secret: the link has to be closed (RFC 6613 §2.6.4).
        case notAuthentic
    }

    private struct Slot {
        /// Nil: cancelled, and kept so that a late reply is not taken for a forged one.
        var pending: PendingRequest?
        var code: PacketCode
        /// The request as signed, in RADIUS/1.0's shape.
        var bytes: [UInt8]
        /// What the peer got.
        var sent: [UInt8]
        var cancelledAt: UInt64 = 0
    }

    /// How long the Identifier of a cancelled request stays unused.
    private static let quarantine = Duration.seconds(30).nanoseconds
    private static let identifierLimit = 256
    private static let tokenLimit = 65_536

    private let dialect: LinkDialect
    private let secret: SharedSecret
    private let requiresMessageAuthenticator: Bool
    private let maximumLength: Int
    private var slots: [UInt32: Slot] = [:]
    private var keys: [ObjectIdentifier: UInt32] = [:]
    private var next: UInt32

    /// - Parameters:
    ///   - secret: of the peer.
    ///   - requiresMessageAuthenticator: of replies to Access-Request, on TCP.
    ///   - maximumLength: octets of a packet in either direction; beyond 4096 on streams only, where the peer is told so (RFC 7930).
    init(_ dialect: LinkDialect, secret: SharedSecret, requiresMessageAuthenticator: Bool = false, maximumLength: Int = 4096) {
        self.dialect = dialect
        self.secret = secret
        self.requiresMessageAuthenticator = requiresMessageAuthenticator && !dialect.transport.isProtected
        self.maximumLength = dialect.transport == .dtls ? 4096 : maximumLength
        next = UInt32.random(in: 0...UInt32.max)
    }

    /// Requests that wait for a reply.
    var count: Int { keys.count }

    /// Whether another request can start.
    var hasRoom: Bool { count < (usesTokens ? Self.tokenLimit : Self.identifierLimit) }

    /// What was sent for a request that still waits.
    func packet(of pending: PendingRequest) -> [UInt8]? {
        keys[ObjectIdentifier(pending)].flatMap { slots[$0]?.sent }
    }

    private var usesTokens: Bool { dialect.radius11 != nil }

    /// Numbers, signs and enters a request.
    mutating func start(_ pending: PendingRequest, now: UInt64) -> Start {
        guard let key = freeKey(now) else { return .full }
        let code = pending.request.code
        let isRandom = code == .accessRequest || code == .statusServer
        var generator = SystemRandomNumberGenerator()
        let authenticator = isRandom ? Authenticator.random(using: &generator) : .zero
        do throws(WireError) {
            let allowance = maximumLength > 4096 ? Packet.responseLength(maximumLength) : []
            let bytes = try Packet.request(
                code, identifier: UInt8(truncatingIfNeeded: key), authenticator: authenticator,
                attributes: try pending.request.attributes(authenticator, secret) + allowance, secret: secret,
                messageAuthenticator: code != .accountingRequest, maximumLength: maximumLength)
            let packet = try dialect.radius11?.encode(bytes, token: key, requestAuthenticator: nil) ?? bytes
            slots[key] = Slot(pending: pending, code: code, bytes: bytes, sent: packet)
            keys[ObjectIdentifier(pending)] = key
            return .packet(packet)
        } catch {
            return .failed(error)
        }
    }

    /// Frees what a cancelled request took.
    mutating func cancel(_ pending: PendingRequest, now: UInt64) {
        guard let key = keys.removeValue(forKey: ObjectIdentifier(pending)) else { return }
        if usesTokens {
            slots[key] = nil
        } else {
            slots[key]?.pending = nil
            slots[key]?.cancelledAt = now
        }
    }

    /// Finds the request that a packet from the peer answers, and lets it go.
    mutating func match(_ octets: [UInt8]) -> Match {
        guard octets.count >= 20 else { return .notAuthentic }
        let key = usesTokens ? RADIUS11.token(octets) : UInt32(octets[1])
        guard let slot = slots[key], let authenticator = Authenticator(slot.bytes[4..<20]) else { return .unknown }
        guard let packet = decode(octets, slot, authenticator) else { return .notAuthentic }
        let verification = ReplyVerification(
            requestCode: slot.code, requestBytes: slot.bytes, secret: secret, requiresMessageAuthenticator: requiresMessageAuthenticator)
        switch verification.verdict(packet) {
        case .genuine: break
        case .forged: return .notAuthentic
        case .missingMessageAuthenticator, .unknownProxyState, .unexpectedCode: return .unknown
        }
        slots[key] = nil
        guard let pending = slot.pending else { return .unknown }
        keys[ObjectIdentifier(pending)] = nil
        return .reply(pending, OutgoingReply(packet: packet, requestAuthenticator: authenticator, secret: secret))
    }

    /// Empties the table.
    /// - Returns: who waited.
    mutating func removeAll() -> [PendingRequest] {
        defer {
            slots = [:]
            keys = [:]
        }
        return slots.values.compactMap(\.pending)
    }

    private func decode(_ octets: [UInt8], _ slot: Slot, _ authenticator: Authenticator) -> Packet? {
        do throws(WireError) {
            let bytes = try dialect.radius11?.reply(octets, identifier: slot.bytes[1], requestAuthenticator: authenticator) ?? octets
            return try Packet(
                validating: bytes, maximumLength: 65_535, maximumAttributes: 4096,
                requiresMessageAuthenticator: !dialect.transport.isProtected)
        } catch {
            return nil
        }
    }

    /// The number unused for longest; in RADIUS/1.0 also one whose cancelled request has been forgotten long enough.
    private mutating func freeKey(_ now: UInt64) -> UInt32? {
        guard !usesTokens else {
            guard slots.count < Self.tokenLimit else { return nil }
            repeat { next &+= 1 } while slots[next] != nil
            return next
        }
        for _ in 0..<Self.identifierLimit {
            next = (next &+ 1) & 255
            guard let slot = slots[next] else { return next }
            if slot.pending == nil, now &- slot.cancelledAt >= Self.quarantine { return next }
        }
        return nil
    }
}
