public import RADIUSPipeline

/// Has back ends check a password in clear: the one that knows the user, the ones that Auth-Type picks, or those that can tell a user
/// only by the password. Stands in front of the stages that compare passwords.
public struct CheckBackEnds: Stage {
    public let name = "Back end password"
    private let backEnds: BackEnds

    public init(_ backEnds: BackEnds) {
        self.backEnds = backEnds
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.isAuthenticated, !backEnds.list.isEmpty else { return .next }
        var isPicked = false
        var candidates: [Int] = []
        if let type = context.authType {
            candidates = backEnds.list.indices.filter { backEnds.list[$0].backEnd.verifies && backEnds.list[$0].isPicked(by: type) }
            isPicked = !candidates.isEmpty
        }
        guard case .pap(let password) = context.credential else {
            return isPicked ? .decided(.reject(.authTypeUnsupported)) : .next
        }
        if !isPicked {
            if let selection = context.backEnd {
                guard let index = backEnds.index(named: selection.name), backEnds.list[index].backEnd.verifies else { return .next }
                candidates = [index]
            } else {
                guard context.passwords.isEmpty else { return .next }
                candidates = backEnds.list.indices.filter { !backEnds.list[$0].backEnd.looksUp && backEnds.list[$0].backEnd.verifies }
            }
        }
        guard !candidates.isEmpty else { return .next }
        // The one that was found first has been asked about the user already.
        if let selection = context.backEnd, let index = backEnds.index(named: selection.name), let place = candidates.firstIndex(of: index)
        {
            candidates.remove(at: place)
            candidates.insert(index, at: 0)
        }
        let walk = BackEndWalk(
            backEnds, .verify(password: password), candidates: candidates, selection: context.backEnd,
            heard: Set(context.external.map(\.source)))
        return walk.result(&context) { [isPicked] walk, context in
            walk.writeNotes(&context)
            if let outcome = walk.outcome { return .decided(outcome) }
            for policy in walk.external where !context.evaluate(policy) { return .decided(.reject(.policyMisconfigured)) }
            if walk.isVerified {
                context.isAuthenticated = true
                return .next
            }
            if let selection = walk.selection { context.backEnd = selection }
            if walk.isMissing { context.isBackEndMissing = true }
            guard isPicked else { return .next }
            return .decided(.reject(walk.isMissing ? .backEndUnavailable : .userUnknown))
        }
    }
}
