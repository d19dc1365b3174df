import RADIUSDictionary
public import RADIUSPipeline
public import RADIUSTransport
import RADIUSWire

/// Passes logins of other servers' realms on; the home server's reply decides.
///
/// Stands twice in the pipeline: before the users are loaded, to go by the name's realm, and behind the policy, to go by what it says.
public struct ProxyAuthentication: Stage {
    /// What names the home servers.
    public enum Basis: Sendable {
        /// The realm in User-Name.
        case realm
        /// `Proxy-To-Realm`, `Home-Server-Pool` or `Home-Server-Name` of the control list, the first of them in this order.
        case policy
    }

    public var name: String { basis == .realm ? "Proxy" : "Proxy by policy" }
    private let basis: Basis
    private let step: ProxyStep
    private let proxyToRealm, homeServerPool, homeServerName: AttributeDefinition?

    /// - Parameter pool: runs what follows the replies.
    public init(_ router: ProxyRouter, by basis: Basis, pool: WorkPool) {
        self.basis = basis
        step = ProxyStep(router: router, pool: pool)
        proxyToRealm = router.dictionary.attribute(named: "Proxy-To-Realm")
        homeServerPool = router.dictionary.attribute(named: "Home-Server-Pool")
        homeServerName = router.dictionary.attribute(named: "Home-Server-Name")
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        switch basis {
        case .policy:
            guard !context.control.isEmpty, let route = policyRoute(context) else { return .next }
            return forward(&context, route)
        case .realm:
            guard let match = step.router.match(context) else { return .next }
            context.note("realm \(match.realm.name)")
            if let message = match.realm.rejectMessage {
                if !message.isEmpty { context.append(.text(message), step.router.dictionary.attribute(named: "Reply-Message")) }
                return .decided(.reject(.realmRefused))
            }
            guard let route = ProxyStep.Route(match, .authentication) else {
                localize(&context, match)
                return .next
            }
            return forward(&context, route)
        }
    }

    /// A realm that is decided here.
    private func localize(_ context: inout RequestContext, _ match: RealmMatch) {
        guard let name = match.name, match.realm.stripsRealm else { return }
        context.userName = name.user
        context.realm = name.realm.lowercased()
    }

    private func policyRoute(_ context: RequestContext) -> ProxyStep.Route? {
        func text(_ definition: AttributeDefinition?) -> String? {
            guard case .bytes(let octets)? = context.control(definition) else { return nil }
            return String(decoding: octets, as: UTF8.self)
        }
        if let name = text(proxyToRealm) {
            guard let realm = step.router.snapshot.realms.realm(named: name) else { return nil }
            let split = step.router.settings.formats.lazy.compactMap { $0.split(context.userName) }.first
            return ProxyStep.Route(RealmMatch(realm: realm, name: split), .authentication)
        }
        if let name = text(homeServerPool) {
            return ProxyStep.Route(role: .authentication, target: .pool(name), match: nil)
        }
        return text(homeServerName).map { ProxyStep.Route(role: .authentication, target: .server($0), match: nil) }
    }

    private func forward(_ context: inout RequestContext, _ route: ProxyStep.Route) -> StageResult {
        guard !ProxyStep.isLoop(context.packet, step.router) else {
            context.note("has been passed on before")
            return .decided(.reject(.proxyLoop))
        }
        guard !context.isRehearsal else {
            context.note("would be passed on to \(route.target)")
            return .decided(.disallow)
        }
        return step.forward(context, over: route) { [self] context, result in
            switch result {
            case .success(let reply):
                context.note("the home server answers \(reply.code.name)")
                return .decided(.relayed(reply))
            case .failure(let failure):
                context.note("no reply: \(failure)")
                return fallBack(&context, route)
            }
        }
    }

    private func fallBack(_ context: inout RequestContext, _ route: ProxyStep.Route) -> StageResult {
        switch route.match?.realm.fallback ?? .silence {
        case .silence: return .decided(.timeout)
        case .reject: return .decided(.reject(.homeServerSilent))
        case .local:
            if let match = route.match { localize(&context, match) }
            return .next
        case .default:
            guard let realm = step.router.snapshot.realms.realm(named: "DEFAULT"), realm.pattern != route.match?.realm.pattern,
                let next = ProxyStep.Route(RealmMatch(realm: realm, name: route.match?.name), .authentication)
            else { return .decided(.timeout) }
            return forward(&context, next)
        }
    }
}
