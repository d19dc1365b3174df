import Dispatch

/// Collects what stages note while somebody listens.
struct DecisionTrace: Sendable {
    private(set) var stages: [DecisionRecord.StageEntry] = []
    private(set) var decidedBy: String?
    private var started: UInt64 = 0

    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    mutating func begin(_ stage: String) {
        stages.append(DecisionRecord.StageEntry(name: stage, elapsedNanoseconds: 0, notes: []))
        started = Self.now
    }

    mutating func note(_ text: String) {
        guard !stages.isEmpty else { return }
        stages[stages.count - 1].notes.append(text)
    }

    /// - Parameter outcome: of the request; nil when it goes on.
    mutating func end(_ outcome: Outcome?) {
        guard let last = stages.indices.last else { return }
        stages[last].elapsedNanoseconds = Self.now &- started
        stages[last].outcome = outcome?.name ?? (stages[last].notes.isEmpty ? "noop" : "next")
        if outcome != nil, decidedBy == nil { decidedBy = stages[last].name }
    }
}

extension Outcome {
    /// For people and programs that read traces.
    fileprivate var name: String {
        switch self {
        case .ok: "ok"
        case .updated: "updated"
        case .noop: "noop"
        case .notFound: "notfound"
        case .reject: "reject"
        case .challenge: "challenge"
        case .relayed: "relayed"
        case .disallow: "disallow"
        case .invalid: "invalid"
        case .fail: "fail"
        case .timeout: "timeout"
        }
    }
}
