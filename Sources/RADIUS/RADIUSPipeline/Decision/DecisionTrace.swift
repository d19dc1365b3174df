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

    mutating func end(isDeciding: Bool) {
        guard !stages.isEmpty else { return }
        stages[stages.count - 1].elapsedNanoseconds = Self.now &- started
        if isDeciding, decidedBy == nil { decidedBy = stages[stages.count - 1].name }
    }
}
