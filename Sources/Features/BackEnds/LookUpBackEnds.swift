public import RADIUSPipeline

/// Asks the back ends about users for whom the database holds no password. Stands between LoadPolicy and EvaluatePolicy, which
/// evaluates what is found behind the database's rows; so their conditions may ask for groups of a directory.
public struct LookUpBackEnds: Stage {
    public let name = "Back ends"
    private let backEnds: BackEnds

    public init(_ backEnds: BackEnds) {
        self.backEnds = backEnds
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.userName.isEmpty else { return .next }
        let hasPassword = context.policy?.hasPassword ?? false
        let asksForGroups = context.policy?.asksForDirectoryGroups ?? false
        let candidates = backEnds.list.indices.filter { index in
            let guarded = backEnds.list[index]
            guard guarded.backEnd.looksUp else { return false }
            return !hasPassword || guarded.settings.scope == .all || asksForGroups && guarded.backEnd.authTypes.contains("ldap")
        }
        guard !candidates.isEmpty else { return .next }
        return BackEndWalk(backEnds, .lookUp, candidates: candidates).result(&context) { walk, context in
            walk.writeNotes(&context)
            if let outcome = walk.outcome { return .decided(outcome) }
            context.external += walk.external
            context.isBackEndMissing = walk.isMissing && walk.selection == nil
            // Where the database holds a password, that is the one that counts.
            if !hasPassword { context.backEnd = walk.selection }
            return .next
        }
    }
}
