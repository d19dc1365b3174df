import NIOConcurrencyHelpers
import RADIUSPipeline

/// All stores in memory, and what was asked of them.
final class MemoryStores: StoreFactory, Sendable {
    struct State {
        var users: [String: UserPolicy] = [:]
        var failure: StoreError?
        var batches: [[PolicyQuery]] = []
        var changes: [(row: PolicyRow, value: String)] = []
        var records: [AccountingRecord] = []
        var refusesRecords = false
        var opened = 0
        /// What ``UsageStore/begin(_:at:isRehearsal:)`` was asked; it answers what the policy has.
        var usageBatches: [[UsageQuery]] = []
        var usageFailure: StoreError?
    }

    let state = NIOLockedValueBox(State())

    subscript(user: String) -> UserPolicy {
        get { state.withLockedValue { $0.users[user] ?? UserPolicy() } }
        set { state.withLockedValue { $0.users[user] = newValue } }
    }

    func makeStores() -> WorkerStores {
        state.withLockedValue { $0.opened += 1 }
        let store = MemoryStore(state)
        var stores = WorkerStores(policy: store, credentials: store, accounting: store)
        stores.usage = store
        return stores
    }
}

private final class MemoryStore: PolicyStore, CredentialStore, AccountingStore, UsageStore {
    private let state: NIOLockedValueBox<MemoryStores.State>

    init(_ state: NIOLockedValueBox<MemoryStores.State>) {
        self.state = state
    }

    func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
        try check()
        return state.withLockedValue { state in
            state.batches.append(queries)
            return queries.map { state.users[$0.userName] ?? UserPolicy() }
        }
    }

    func begin(_ queries: [UsageQuery], at epoch: Int64, isRehearsal: Bool) throws(StoreError) -> [UsageHistory] {
        if let failure = state.withLockedValue({ $0.usageFailure }) { throw failure }
        return state.withLockedValue { state in
            state.usageBatches.append(queries)
            return queries.map { state.users[$0.userName]?.usage ?? UsageHistory(zone: "GMT", depth: $0.depth, grant: $0.grant) }
        }
    }

    func changePassword(row: PolicyRow, to value: String) throws(StoreError) {
        try check()
        state.withLockedValue { $0.changes.append((row, value)) }
    }

    func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult] {
        try check()
        return state.withLockedValue { state in
            guard !state.refusesRecords else { return records.map { _ in .rejected("value too long") } }
            state.records += records
            return records.map { _ in .stored }
        }
    }

    private func check() throws(StoreError) {
        if let failure = state.withLockedValue({ $0.failure }) { throw failure }
    }
}

/// Keeps log entries.
final class MemoryLog: AuthenticationLog {
    private let box = NIOLockedValueBox<[AuthenticationLogEntry]>([])

    var entries: [AuthenticationLogEntry] { box.withLockedValue { $0 } }

    func append(_ entry: AuthenticationLogEntry) {
        box.withLockedValue { $0.append(entry) }
    }
}

/// Keeps decision records while armed.
final class MemoryTrace: TraceSink {
    let isArmed: Bool
    private let box = NIOLockedValueBox<[DecisionRecord]>([])

    init(isArmed: Bool) {
        self.isArmed = isArmed
    }

    var records: [DecisionRecord] { box.withLockedValue { $0 } }

    func record(_ decision: DecisionRecord) {
        box.withLockedValue { $0.append(decision) }
    }
}
