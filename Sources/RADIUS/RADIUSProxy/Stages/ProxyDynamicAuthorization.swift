public import RADIUSPipeline
public import RADIUSTransport
import RADIUSWire

/// Passes CoA- and Disconnect-Requests on towards the NAS: to the NAS itself where Operator-NAS-Identifier is one of ours (RFC 8559 §3.4), by
/// Operator-Name to the realm's pool (RFC 8559 §3.1), else to the home server of type `coa` that is the NAS.
/// What nobody takes is refused with ``RADIUSWire/ErrorCause/requestNotRoutable``.
public struct ProxyDynamicAuthorization: Stage {
    public let name = "Proxy dynamic authorization"
    private let step: ProxyStep

    /// - Parameter pool: runs what follows the replies.
    public init(_ router: ProxyRouter, pool: WorkPool) {
        step = ProxyStep(router: router, pool: pool)
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let route = route(context) else { return .next }
        guard !ProxyStep.isLoop(context.packet, step.router) else {
            context.note("has been passed on before")
            context.errorCause = .otherProxyProcessingError
            return .decided(.reject(.proxyLoop))
        }
        guard !context.isRehearsal else {
            context.note("would be passed on to \(route.target)")
            return .decided(.disallow)
        }
        return step.forward(context, over: route) { context, result in
            switch result {
            case .success(let reply):
                context.note("the home server answers \(reply.code.name)")
                return .decided(.relayed(reply))
            case .failure(.noServer):
                context.note("no way to the NAS")
                context.errorCause = .requestNotRoutable
            case .failure(let failure):
                context.note("no reply: \(failure)")
                context.errorCause = .otherProxyProcessingError
            }
            return .decided(.reject(.homeServerSilent))
        }
    }

    private func route(_ context: RequestContext) -> ProxyStep.Route? {
        let packet = context.packet
        let identifier = packet.operatorNASIdentifier
        if let identifier, step.router.returns?.isOwn(identifier) == true {
            return ProxyStep.Route(role: .dynamicAuthorization, target: .nas(identifier), match: nil)
        }
        let snapshot = step.router.snapshot
        // Namespace `1` is a realm (RFC 5580 §4.1).
        if let name = packet.text(ForwardedAttribute.operatorName), name.first == "1",
            let realm = snapshot.realms.realm(named: String(name.dropFirst())), let pool = realm.dynamicAuthorizationPool
        {
            return ProxyStep.Route(
                role: .dynamicAuthorization, target: .pool(pool), match: RealmMatch(realm: realm, name: nil))
        }
        let addresses = [ForwardedAttribute.nasIPAddress, ForwardedAttribute.nasIPv6Address].compactMap { type in
            packet.value(type).flatMap { IPAddress(bytes: $0) }
        }
        let names = [packet.text(ForwardedAttribute.nasIdentifier), identifier.map { String(decoding: $0, as: UTF8.self) }].compactMap(
            \.self)
        let server = snapshot.servers.values.filter { server in
            server.role == .dynamicAuthorization
                && (addresses.contains(server.configuration.address) || names.contains(server.configuration.name))
        }.min { $0.configuration.name < $1.configuration.name }
        return server.map {
            ProxyStep.Route(role: .dynamicAuthorization, target: .server($0.configuration.name), match: nil)
        }
    }
}
