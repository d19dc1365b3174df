public import RADIUSPipeline
public import RADIUSTransport
import RADIUSWire

/// Decides, before accounting is stored, what its realm wants.
public struct RouteAccounting: Stage {
    public let name = "Accounting realm"
    private let router: ProxyRouter

    public init(_ router: ProxyRouter) {
        self.router = router
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let match = router.match(context) else { return .next }
        context.note("realm \(match.realm.name)")
        switch match.realm.accounting {
        case .answer:
            context.isRecorded = true
            return .decided(.ok)
        case .silence:
            return .decided(.disallow)
        case .relay:
            // Counts as recorded, so that nothing is stored here; without the home server's reply there is none to the NAS either.
            if !match.realm.recordsAccounting { context.isRecorded = true }
            return .next
        case .local, .store:
            return .next
        }
    }
}

/// Passes accounting on to its home server, whose reply answers the NAS. Stands behind what stores it here.
public struct ProxyAccounting: Stage {
    public let name = "Proxy accounting"
    private let step: ProxyStep

    /// - Parameter pool: runs what follows the replies.
    public init(_ router: ProxyRouter, pool: WorkPool) {
        step = ProxyStep(router: router, pool: pool)
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let match = step.router.match(context), match.realm.accounting == .relay, let route = ProxyStep.Route(match, .accounting)
        else {
            return .next
        }
        guard !ProxyStep.isLoop(context.packet, step.router) else {
            context.note("has been passed on before")
            return .decided(.disallow)
        }
        guard !context.isRehearsal else {
            context.note("would be passed on to \(route.target)")
            return .next
        }
        return step.forward(context, over: route) { context, result in
            switch result {
            case .success(let reply) where reply.code == .accountingResponse:
                context.note("the home server has it")
                return .next
            case .success(let reply):
                context.note("the home server answers \(reply.code.name)")
            case .failure(let failure):
                context.note("no reply: \(failure)")
            }
            // The NAS repeats, as nobody has the record for good (RFC 2866 §2).
            return .decided(.timeout)
        }
    }
}
