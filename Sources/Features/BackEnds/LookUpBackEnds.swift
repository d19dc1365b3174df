public import RADIUSPipeline

/// Asks the back ends about the user.
///
/// Before LoadPolicy, those that come first: the database is not asked about whom they know. Between LoadPolicy and EvaluatePolicy, the
/// others, for users for whom the database holds no password; what is found is evaluated behind the database's rows, so their conditions
/// may ask for groups of a directory.
public struct LookUpBackEnds: Stage {
    public enum Place: Sendable {
        case beforeDatabase, behindDatabase
    }

    public var name: String { place == .beforeDatabase ? "Back ends before the database" : "Back ends" }
    private let backEnds: BackEnds
    private let place: Place
    /// Indices of the back ends that may be asked here.
    private let asked: [Int]

    public init(_ backEnds: BackEnds, _ place: Place) {
        self.backEnds = backEnds
        self.place = place
        asked = backEnds.list.indices.filter { index in
            let guarded = backEnds.list[index]
            return guarded.backEnd.looksUp && (guarded.settings.scope == .first) == (place == .beforeDatabase)
        }
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !asked.isEmpty, !context.userName.isEmpty, !context.isOutsideDatabase else { return .next }
        let hasPassword = context.policy?.hasPassword ?? false
        let asksForGroups = context.policy?.asksForDirectoryGroups ?? false
        let candidates = asked.filter { index in
            let guarded = backEnds.list[index]
            return !hasPassword || guarded.settings.scope == .all || asksForGroups && guarded.backEnd.authTypes.contains("ldap")
        }
        guard !candidates.isEmpty else { return .next }
        return BackEndWalk(backEnds, .lookUp, candidates: candidates).result(&context) { [place] walk, context in
            walk.writeNotes(&context)
            if let outcome = walk.outcome { return .decided(outcome) }
            context.external += walk.external
            if walk.isMissing, walk.selection == nil { context.isBackEndMissing = true }
            // Where the database holds a password, that is the one that counts.
            guard !hasPassword, let selection = walk.selection else { return .next }
            context.backEnd = selection
            context.isOutsideDatabase = place == .beforeDatabase
            return .next
        }
    }
}
