import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Where a request goes and how it is changed; what the stages have in common.
struct ProxyStep: Sendable {
    let router: ProxyRouter
    /// Runs what follows a reply, off the network's threads.
    let pool: WorkPool

    /// One request's way.
    struct Route: Sendable {
        enum Target: Sendable {
            case pool(String)
            case server(String)
            /// The servers that DNS names for a realm.
            case discovered(realm: String)
            /// The NAS of this Operator-NAS-Identifier.
            case nas([UInt8])
        }

        let role: ProxyRole
        let target: Target
        /// Nil where policy named the target.
        let match: RealmMatch?
    }

    /// What to do with the answer, where the pipeline goes on.
    typealias Continuation = @Sendable (inout RequestContext, Result<RelayedReply, ProxyFailure>) -> StageResult

    /// Sends the request on; the pipeline waits for `continuation`.
    func forward(_ context: RequestContext, over route: Route, _ continuation: @escaping Continuation) -> StageResult {
        let receivedAt = ContinuousClock.now
        let filters = route.match.flatMap { router.snapshot.filters[$0.realm.name] } ?? ProxyRouter.Filters()
        var changes = ForwardedRequest.Changes(
            context, match: route.role == .dynamicAuthorization ? nil : route.match, filter: filters.request,
            proxyState: router.proxyStates.make(), returns: router.returns)
        if case .nas = route.target { changes.isLastHop = true }
        let request = ForwardedRequest(
            context.packet, secret: context.client.secret, changes: changes, dictionary: router.dictionary)
        let (packet, secret, source) = (context.packet, context.client.secret, context.source)
        return .suspend { resumption in
            let resume: @Sendable (Result<ProxyExchange.Answer, ProxyFailure>) -> Void = { result in
                pool.submit {
                    let relayed = relay(result, to: packet, secret: secret, source: source, filter: filters.reply)
                    resumption { continuation(&$0, relayed) }
                } onShed: {
                    resumption.silence(.queueFull)
                }
            }
            start(request, packet, source, receivedAt, route, resume)
        }
    }

    private func start(
        _ request: ForwardedRequest, _ packet: Packet, _ source: SocketEndpoint, _ receivedAt: ContinuousClock.Instant, _ route: Route,
        _ resume: @escaping @Sendable (Result<ProxyExchange.Answer, ProxyFailure>) -> Void
    ) {
        let pinned = packet.value(ForwardedAttribute.state).flatMap { router.pins.server($0, from: source.address) }
        let limits = ProxyExchange.Limits(
            deadline: receivedAt + router.settings.maximumTime, allowsFailover: pinned == nil && !packet.isConversation,
            retransmissionInterval: router.settings.retransmissionInterval)
        let launch: @Sendable (LivePool?) -> Void = { [router] live in
            guard let live else { return resume(.failure(.noServer)) }
            let key = live.key(packet, source)
            ProxyExchange(request, receivedAt: receivedAt, limits: limits, timer: router.timer) { tried in
                // The server that began a conversation is the only one that knows it, unless it is gone.
                if let pinned, !tried.contains(ObjectIdentifier(pinned)), pinned.candidate.condition != .down,
                    pinned.candidate.condition != .dead
                {
                    return pinned
                }
                return live.choose(key: key, source: source.address, tried: tried)
            } completion: {
                resume($0)
            }.start()
        }
        switch route.target {
        case .pool(let name): launch(router.pool(name, route.role))
        case .server(let name): launch(router.snapshot.single(name, route.role))
        case .nas(let identifier):
            pool.submit { [router] in
                launch(router.nas(identifier))
            } onShed: {
                launch(nil)
            }
        case .discovered(let realm):
            guard let discovered = router.discovered else { return launch(nil) }
            discovered.find(realm, launch)
        }
    }

    private func relay(
        _ result: Result<ProxyExchange.Answer, ProxyFailure>, to packet: Packet, secret: SharedSecret, source: SocketEndpoint,
        filter: AttributeFilter
    ) -> Result<RelayedReply, ProxyFailure> {
        result.flatMap { answer in
            if answer.reply.packet.code == .accessChallenge, let state = answer.reply.packet.value(ForwardedAttribute.state) {
                router.pins.pin(state, from: source.address, to: answer.server)
            }
            return Result { () throws(WireError) in
                try RelayedReply(answer.reply, to: packet, secret: secret, filter: filter, dictionary: router.dictionary)
            }.mapError { .unencodable($0) }
        }
    }

    /// Whether a request has been here before, or through too many servers.
    static func isLoop(_ packet: Packet, _ router: ProxyRouter) -> Bool {
        let hops = packet.attributes.reduce(0) { $0 + ($1.type == AttributeType.proxyState ? 1 : 0) }
        return hops >= router.settings.maximumHops || router.proxyStates.isLoop(packet)
    }
}

extension ProxyRouter {
    /// The realm of the request's User-Name.
    @inline(__always) func match(_ context: RequestContext) -> RealmMatch? {
        let environment = context.environment
        return snapshot.realms.match(context.userName, formats: settings.formats) { environment.settings.organizationID($0) != nil }
    }
}

extension ProxyStep.Route {
    /// Nil where the realm is decided here.
    init?(_ match: RealmMatch, _ role: ProxyRole) {
        let target: Target
        if let pool = match.realm.pool(role) {
            target = .pool(pool)
        } else if match.realm.isDiscovered, let name = match.name {
            target = .discovered(realm: name.realm)
        } else {
            return nil
        }
        self.init(role: role, target: target, match: match)
    }
}

extension ForwardedRequest.Changes {
    /// What a realm wants changed; nil leaves all but the filter's work.
    init(
        _ context: RequestContext, match: RealmMatch?, filter: AttributeFilter, proxyState: [UInt8], returns: (any NASReturns)?
    ) {
        self.init(proxyState: proxyState, filter: filter)
        guard let match else { return }
        operatorName = match.realm.operatorName
        if match.realm.identifiesNAS { operatorNASIdentifier = returns?.identifier(of: context.client, at: context.source.address) }
        // The identity inside EAP has to be the User-Name (RFC 3579 §2.1), and MS-CHAPv2's proof covers it (RFC 2759 §8.2).
        let isFixed = context.packet.contains(AttributeType.eapMessage) || context.packet.hasMSCHAP2Response
        if match.realm.stripsRealm, let name = match.name, !isFixed { userName = name.user }
        if let rewrite = match.realm.userNameRewrite, !isFixed, let name = userName ?? context.receivedUserName {
            userName = rewrite(name)
        }
    }
}

extension ProxyRouter.Snapshot {
    /// A pool of one server.
    func single(_ name: String, _ role: ProxyRole) -> LivePool? {
        servers[ProxyRouter.Key(name: name, role: role)].map { LivePool(HomeServerPool(name: name, servers: [name]), [$0]) }
    }
}

extension LivePool {
    /// What the pool's method goes by.
    fileprivate func key(_ packet: Packet, _ source: SocketEndpoint) -> UInt64 {
        switch pool.method {
        case .failOver, .loadBalance: return 0
        case .clientBalance: return KeyHash.of(source.address.bytes)
        case .clientPortBalance: return KeyHash.of(source.address.bytes + [UInt8(source.port >> 8), UInt8(source.port & 0xff)])
        case .keyedBalance, .consistentKeyedBalance:
            var octets: [UInt8] = []
            for type in keyTypes {
                octets += packet.value(type) ?? []
                octets.append(0)
            }
            return KeyHash.of(octets)
        }
    }
}

extension Packet {
    /// Whether the request continues what another server may not know of: it carries a State.
    fileprivate var isConversation: Bool { contains(ForwardedAttribute.state) }

    /// Whether the request carries MS-CHAP2-Response (RFC 2548 §2.3.2).
    fileprivate var hasMSCHAP2Response: Bool {
        attributes.contains { $0.type == AttributeType.vendorSpecific && bytes[$0.range].starts(with: [0, 0, 1, 55, 25]) }
    }
}
