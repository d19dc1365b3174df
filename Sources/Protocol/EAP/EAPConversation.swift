/// One peer's authentication from its identity to Success or Failure (RFC 3748, server side), without I/O or clock.
///
/// One thread at a time. Memory is bounded by ``EAPSettings/maximumMessageOctets`` and what the method holds;
/// the number of requests by ``EAPSettings/maximumRounds``. Time is the caller's to limit.
public final class EAPConversation {
    private enum Phase {
        case started
        case identityRequested
        /// - isProposed: the peer has not answered a request of this method yet, so that it may refuse it.
        case running(any EAPMethod, isProposed: Bool)
        case authenticating(any EAPMethod, isProposed: Bool)
        case notifying(EAPFailure)
        case finished
    }

    private let settings: EAPSettings
    private var methods: [EAPType]
    private let packetLimit: Int
    private let tunnel: EAPType?
    private var phase = Phase.started
    /// Of the outstanding request; before the first one, of the peer's Identity.
    private(set) var identifier: UInt8 = 0
    private var rounds = 0
    private var proposed: Set<EAPType> = []
    private var isLookup = false
    private var isAuthorised = false
    private var authenticatedIdentity: [UInt8]?
    private var refusal = ""
    private var method: (any EAPMethod)?

    /// Challenges that the tunnel prescribes to MSCHAPv2.
    var tunnelChallenges: EAPTunnelChallenges?

    /// Identifier of the next request, where a tunnel prescribes it; nil: one more than the last.
    var nextIdentifier: UInt8?

    /// What the peer answered to the Identity request; perhaps anonymous.
    public private(set) var outerIdentity: [UInt8]?

    /// - Parameters:
    ///   - settings: kept for the whole conversation.
    ///   - maximumSize: Framed-MTU of the Access-Request (RFC 3579 §2.4); less than 100 is ignored.
    ///   - wanted: of the settings' methods the one to offer first; nil: their own first.
    public convenience init(_ settings: EAPSettings, maximumSize: Int?, wanted: EAPType? = nil) {
        // Framed-MTU counts the 4 octets of EAPOL's header.
        let framed = maximumSize.flatMap { $0 < 100 ? nil : $0 - 4 } ?? .max
        let first = settings.methods.filter { $0 == wanted }
        self.init(
            settings, methods: first + settings.methods.filter { $0 != wanted }, packetLimit: min(settings.fragmentSize, framed),
            tunnel: nil)
    }

    /// A conversation inside a tunnel.
    init(_ settings: EAPSettings, methods: [EAPType], packetLimit: Int, tunnel: EAPType?) {
        self.settings = settings
        self.methods = methods
        // Smaller packets could not carry what methods must send whole.
        self.packetLimit = max(64, packetLimit)
        self.tunnel = tunnel
    }

    /// Leaves one of the methods only, before the first is offered.
    func restrict(to method: EAPType) {
        methods = methods.filter { $0 == method }
    }

    /// Whether the next step may do public-key work, which no packet thread should wait for.
    public var needsWorker: Bool {
        switch phase {
        // AKA may begin with a look-up of vectors.
        case .started, .identityRequested: settings.sim != nil
        case .running(let method, let isProposed), .authenticating(let method, let isProposed):
            method.needsWorker || isProposed && settings.sim != nil
        case .notifying, .finished: false
        }
    }

    /// Whether a step may wait for somebody else, as for the vectors of a SIM card.
    public var asksElsewhere: Bool { settings.sim != nil }

    /// Who the peer is, as far as known: the inner identity when there is one. It is proved only once policy has accepted it.
    public var identity: [UInt8]? { authenticatedIdentity ?? method?.innerIdentity ?? outerIdentity }

    /// The method in use, with what runs inside it: `PEAP/MSCHAPv2`; empty before the first.
    public var methodName: String { method?.name ?? "" }

    /// The method in use, when the peer has declined another for it.
    public var methodInsteadOfAnother: EAPType? { proposed.count > 1 ? method?.type : nil }

    /// Whether the peer has answered a method's request: it was offered what it wants.
    public var isUnderWay: Bool {
        switch phase {
        case .started, .identityRequested, .running(_, isProposed: true), .authenticating(_, isProposed: true): false
        case .running, .authenticating, .notifying, .finished: true
        }
    }

    /// Why it fails once the peer has answered; nil while it may still succeed.
    public var pendingFailure: EAPFailure? { if case .notifying(let failure) = phase { failure } else { method?.pendingFailure } }

    /// Facts for logs, policy and the trace by attribute name, such as `TLS-Session-Version`.
    public var facts: [(name: String, value: String)] {
        guard let method else { return [] }
        return [(tunnel == nil ? "EAP-Type" : "EAP-Inner-Type", method.type.name)] + method.facts
    }

    /// Whether ``handle(_:)`` would take these octets for an answer of the peer, going by their header.
    public func expects(_ message: [UInt8]) -> Bool {
        if case .started = phase { return true }
        return message.count > 4 && message[0] == EAPCode.response.rawValue && message[1] == identifier
    }

    /// Takes the joined EAP-Message attributes of one Access-Request; empty or two octets are EAP-Start (RFC 3579 §2.1).
    public func handle(_ message: [UInt8]) -> EAPStep {
        if message.count == 0 || message.count == 2 {
            guard case .started = phase else { return .discard(.unexpected("EAP-Start")) }
            phase = .identityRequested
            return request(.identity, [], identifier: nextIdentifier ?? 0)
        }
        let packet: EAPPacket
        do throws(EAPFailure) {
            packet = try EAPPacket(message)
        } catch {
            return .discard(error)
        }
        guard packet.code == .response, let type = packet.type else { return .discard(.unexpected("code")) }
        if case .started = phase {
            identifier = packet.identifier
            guard type == .identity else { return fail(.unexpected("type \(type.name) before Identity")) }
        }
        guard packet.identifier == identifier else { return .discard(.unexpected("identifier")) }
        return answer(phase, type, packet.data)
    }

    private func answer(_ phase: Phase, _ type: EAPType, _ data: [UInt8]) -> EAPStep {
        switch (phase, type) {
        case (.started, .identity), (.identityRequested, .identity):
            outerIdentity = data
            return propose(methods)
        case (.running(_, isProposed: true), .nak):
            return negotiate(data)
        case (.running(_, isProposed: true), .expanded):
            guard let wanted = EAPType.wanted(byExpandedNak: data) else { return .discard(.unexpected("expanded type")) }
            return negotiate(wanted)
        case (.running(let method, _), _) where method.type == type:
            self.phase = .running(method, isProposed: false)
            return perform(method.handle(data, identifier: following), of: method)
        case (.notifying(let failure), .notification):
            return fail(failure)
        default:
            return .discard(.unexpected("type \(type.name)"))
        }
    }

    /// Takes policy's answer to ``EAPStep/authenticate(_:)``. Never answers ``EAPStep/authenticate(_:)`` itself.
    public func resume(_ verdict: EAPVerdict) -> EAPStep {
        guard case .authenticating(let method, let isProposed) = phase else { return .discard(.unexpected("verdict")) }
        if verdict.isAccepted {
            isAuthorised = isAuthorised || !isLookup
        } else {
            refusal = verdict.message
        }
        phase = .running(method, isProposed: isProposed)
        let step = method.resume(verdict, identifier: following)
        if case .authenticate = step { return fail(.unexpected("second question")) }
        return perform(step, of: method)
    }

    private func perform(_ step: EAPMethodStep, of method: any EAPMethod) -> EAPStep {
        switch step {
        case .request(let data):
            return request(method.type, data, identifier: following)
        case .authenticate(var authentication):
            if case .lookup = authentication.proof { isLookup = true } else { isLookup = false }
            authenticatedIdentity = authentication.identity
            // Those of an inner conversation are among the outer one's.
            if tunnel == nil { authentication.facts = facts + authentication.facts }
            // A method that asks before its first request can still be refused by the peer.
            let isProposed = if case .running(_, isProposed: true) = phase { true } else { false }
            phase = .authenticating(method, isProposed: isProposed)
            return .authenticate(authentication)
        case .success(let keys):
            guard isAuthorised else { return fail(.unexpected("success without policy's consent")) }
            phase = .finished
            return .accept(EAPPacket.success(identifier: identifier).bytes, keys)
        case .failure(.refused) where settings.notifiesRefusal && tunnel == nil && !refusal.isEmpty:
            phase = .notifying(.refused)
            return request(.notification, Array(refusal.utf8.prefix(packetLimit - EAPPacket.headerLength)), identifier: following)
        case .failure(let failure):
            return fail(failure)
        }
    }

    private func negotiate(_ wanted: [UInt8]) -> EAPStep {
        let candidates = wanted.map(EAPType.init(rawValue:)).filter { methods.contains($0) && !proposed.contains($0) }
        return propose(candidates, wanted: wanted)
    }

    /// Offers the first method that can be run here.
    /// - Parameter wanted: what the peer's Nak asked for.
    private func propose(_ candidates: [EAPType], wanted: [UInt8] = []) -> EAPStep {
        let context = EAPMethodContext(
            settings: settings, identity: outerIdentity ?? [], packetLimit: packetLimit, tunnel: tunnel, tunnelChallenges: tunnelChallenges)
        for type in candidates {
            guard let method = context.method(type) else { continue }
            proposed.insert(type)
            self.method = method
            phase = .running(method, isProposed: true)
            return perform(method.start(identifier: following), of: method)
        }
        return fail(.noCommonMethod(wanted: wanted))
    }

    private var following: UInt8 { nextIdentifier ?? identifier &+ 1 }

    private func request(_ type: EAPType, _ data: [UInt8], identifier: UInt8) -> EAPStep {
        rounds += 1
        guard rounds <= settings.maximumRounds else { return fail(.limit("rounds")) }
        self.identifier = identifier
        return .challenge(EAPPacket(.request, identifier: identifier, type: type, data: data).bytes)
    }

    private func fail(_ failure: EAPFailure) -> EAPStep {
        phase = .finished
        return .reject(EAPPacket.failure(identifier: identifier).bytes, failure)
    }
}

extension EAPType {
    /// The types of the IETF's that an Expanded Nak asks for (RFC 3748 §5.3.2); other vendors' are left out.
    /// - Parameter data: type-data of the expanded response: vendor (3), vendor type (4), then items of 8 octets.
    /// - Returns: nil when it is no Nak.
    static func wanted(byExpandedNak data: [UInt8]) -> [UInt8]? {
        let ietf: [UInt8] = [254, 0, 0, 0, 0, 0, 0]
        guard data.prefix(7) == [0, 0, 0, 0, 0, 0, EAPType.nak.rawValue], (data.count - 7).isMultiple(of: 8) else { return nil }
        return stride(from: 7, to: data.count, by: 8).compactMap { data[$0..<$0 + 7] == ietf[...] ? data[$0 + 7] : nil }
    }
}
