import NIOConcurrencyHelpers
import RADIUSPipeline

/// All stores in memory, and what was asked of them.
final class MemoryStores: StoreFactory, Sendable {
    struct State {
        var users: [String: UserPolicy] = [:]
        var failure: StoreError?
        var batches: [[PolicyQuery]] = []
        var changes: [ChangedRow] = []
        var records: [AccountingRecord] = []
        var refusesRecords = false
        var opened = 0
        /// What ``UsageStore/begin(_:at:isRehearsal:)`` was asked; it answers what the policy has.
        var usageBatches: [[UsageQuery]] = []
        var usageFailure: StoreError?
        /// Addresses by pool, handed out from the front; what was asked and told.
        var pools: [String: [String]] = [:]
        var leaseQueries: [LeaseQuery] = []
        var leaseUpdates: [LeaseUpdate] = []
        /// Uses of tokens; each key is good once.
        var tokenUses: [UserTokenUse] = []
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
        stores.addresses = store
        stores.userTokens = store
        return stores
    }
}

private final class MemoryStore: PolicyStore, CredentialStore, AccountingStore, UsageStore, AddressStore, UserTokenStore {
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

    var hasPools: Bool { state.withLockedValue { !$0.pools.isEmpty } }

    func lease(_ queries: [LeaseQuery], at epoch: Int64) throws(StoreError) -> [LeaseAnswer] {
        try check()
        return state.withLockedValue { state in
            state.leaseQueries += queries
            return queries.map { query in
                var leases: [AddressLease] = []
                for pool in query.pools where state.pools[pool] != nil {
                    guard let address = state.pools[pool]?.first else { return .exhausted(pool: pool) }
                    state.pools[pool]?.removeFirst()
                    let kind: AddressKind = address.contains("/") ? .delegatedPrefix : .ipv4
                    leases.append(AddressLease(pool: pool, kind: kind, address: address, seconds: 600))
                }
                return .leased(leases)
            }
        }
    }

    func update(_ updates: [LeaseUpdate], at epoch: Int64) throws(StoreError) {
        try check()
        state.withLockedValue { $0.leaseUpdates += updates }
    }

    func spend(_ uses: [UserTokenUse]) throws(StoreError) -> [Bool] {
        try check()
        return state.withLockedValue { state in
            uses.map { use in
                defer { state.tokenUses.append(use) }
                return !state.tokenUses.contains { $0.key == use.key }
            }
        }
    }

    func change(_ rows: [ChangedRow]) throws(StoreError) {
        try check()
        state.withLockedValue { $0.changes += rows }
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
