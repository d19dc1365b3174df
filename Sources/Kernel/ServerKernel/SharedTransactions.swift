public import Database
import NIOConcurrencyHelpers
import WebRouting

/// Makes changes that arrive together in one transaction, as one commit costs the same for all of them as for one.
///
/// Nobody waits for company: a change that finds nothing under way is made at once, those that come meanwhile go together next. When they
/// fail together, each is made alone, so that one cannot take the others with it.
public final class SharedTransactions<Change: Sendable, Key: Hashable & Sendable, Outcome: Sendable>: Sendable {
    private struct Waiting {
        let change: Change
        let answer: CheckedContinuation<Outcome, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isBusy = false
    }

    private let kernel: Kernel
    private let limit: Int
    private let capacity: Int
    private let keys: @Sendable (Change) -> [Key]
    private let make: @Sendable ([Change], any DatabaseConnection) throws -> [Outcome]
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - limit: changes in one transaction.
    ///   - capacity: changes that may wait; more are refused.
    ///   - keys: what ties changes together: those with a key in common are made one after the other, in different transactions.
    ///   - make: makes changes in one transaction, which it opens, and returns an outcome for each. What it throws left no trace.
    public init(
        _ kernel: Kernel, limit: Int = 64, capacity: Int = 4096, keys: @escaping @Sendable (Change) -> [Key],
        make: @escaping @Sendable ([Change], any DatabaseConnection) throws -> [Outcome]
    ) {
        self.kernel = kernel
        self.limit = limit
        self.capacity = capacity
        self.keys = keys
        self.make = make
    }

    /// Whether changes are being made.
    public var isBusy: Bool { state.withLockedValue { $0.isBusy } }

    /// Changes that wait until those before them are made.
    public var count: Int { state.withLockedValue { $0.waiting.count } }

    /// Makes a change, durable on return.
    /// - Throws: 503 when too many changes wait, what `make` throws for this one, or the pool's error.
    public func run(_ change: Change) async throws -> Outcome {
        try await withCheckedThrowingContinuation { answer in
            let (isRefused, isFirst) = state.withLockedValue { state -> (Bool, Bool) in
                guard state.waiting.count < capacity else { return (true, false) }
                state.waiting.append(Waiting(change: change, answer: answer))
                defer { state.isBusy = true }
                return (false, !state.isBusy)
            }
            if isRefused { answer.resume(throwing: Problem.busy) }
            if isFirst { Task { await work() } }
        }
    }

    /// Until nothing waits.
    private func work() async {
        while true {
            let batch = next()
            if batch.isEmpty { return }
            let changes = batch.map(\.change)
            do {
                let outcomes = try await kernel.withBatchConnection { [self] in attempt(changes, over: $0) }
                for (item, outcome) in zip(batch, outcomes) { item.answer.resume(with: outcome) }
            } catch {
                for item in batch { item.answer.resume(throwing: error) }
            }
        }
    }

    /// The longest waiting changes that have nothing to do with each other; what one of them must come before stays behind it.
    private func next() -> [Waiting] {
        state.withLockedValue { state in
            var (batch, rest): ([Waiting], [Waiting]) = ([], [])
            var seen: Set<Key> = []
            for item in state.waiting {
                let keys = keys(item.change)
                if batch.count < limit, seen.isDisjoint(with: keys) { batch.append(item) } else { rest.append(item) }
                seen.formUnion(keys)
            }
            state.waiting = rest
            state.isBusy = !batch.isEmpty
            return batch
        }
    }

    private func attempt(_ changes: [Change], over connection: any DatabaseConnection) -> [Result<Outcome, any Error>] {
        do {
            return try make(changes, connection).map { .success($0) }
        } catch {
            if changes.count == 1 || (error as? DatabaseError)?.kind == .connection { return changes.map { _ in .failure(error) } }
            return changes.flatMap { attempt([$0], over: connection) }
        }
    }
}
