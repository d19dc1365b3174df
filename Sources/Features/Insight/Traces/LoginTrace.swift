import NIOConcurrencyHelpers
import RADIUSPipeline
import WebRouting

/// One armed trace: keeps the decisions that match until its operator's browser takes them.
final class LoginTrace: Sendable {
    private struct State {
        var waiting: [DecisionRecord] = []
        var isOver = false
    }

    /// Decisions that wait at most; beyond it the oldest are left out.
    static let backlog = 50

    let id: String
    /// User id of the operator.
    let ownerID: String
    /// Microseconds since 1970 UTC.
    let expires: Int64
    private let target: TraceTarget
    private let tenancy: Tenancy
    private let state = NIOLockedValueBox(State())

    init(id: String, ownerID: String, expires: Int64, target: TraceTarget, tenancy: Tenancy) {
        self.id = id
        self.ownerID = ownerID
        self.expires = expires
        self.target = target
        self.tenancy = tenancy
    }

    /// Takes a decision if it is one that the operator asked for and may see.
    func offer(_ record: DecisionRecord) {
        guard record.epochMicroseconds < expires, target.matches(record), tenancy.contains(record.organizationID) else { return }
        state.withLockedValue { state in
            if state.isOver { return }
            if state.waiting.count >= Self.backlog { state.waiting.removeFirst() }
            state.waiting.append(record)
        }
    }

    /// What has come since the last call, and whether nothing will come any more.
    func take(at now: Int64) -> (records: [DecisionRecord], isOver: Bool) {
        state.withLockedValue { state in
            defer { state.waiting = [] }
            return (state.waiting, state.isOver || now >= expires)
        }
    }

    /// Nothing more is taken.
    func end() {
        state.withLockedValue { $0.isOver = true }
    }
}
