import NIOConcurrencyHelpers
import WebRouting

/// Takes the inputs of one topology one after the other, in the order in which they came; those of others meanwhile.
final class UpdateQueue: Sendable {
    /// Who waits, by topology; a topology that is not in it is free.
    private let waiting = NIOLockedValueBox<[String: [CheckedContinuation<Void, Never>]]>([:])
    private let limit: Int

    /// - Parameter limit: inputs of a topology that may wait, each in memory; more are refused.
    init(limit: Int = 4) {
        self.limit = limit
    }

    /// - Parameters:
    ///   - prepare: what needs no order; it begins at once.
    ///   - body: waits for those before it.
    /// - Throws: 503 when too many wait, or what either throws.
    func run<Prepared: Sendable, R: Sendable>(
        _ id: String, preparing prepare: @escaping @Sendable () async throws -> Prepared, _ body: @Sendable (Prepared) async throws -> R
    ) async throws -> R {
        let isRefused = waiting.withLockedValue { waiting in waiting[id].map { $0.count >= limit } ?? false }
        if isRefused { throw Problem.busy }
        async let prepared = prepare()
        await enter(id)
        defer { leave(id) }
        return try await body(prepared)
    }

    /// The same where nothing can be prepared.
    func run<R: Sendable>(_ id: String, _ body: @Sendable () async throws -> R) async throws -> R {
        try await run(id, preparing: {}, { _ in try await body() })
    }

    private func enter(_ id: String) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLockedValue { waiting in
                if waiting[id] == nil {
                    waiting[id] = []
                    return true
                }
                waiting[id, default: []].append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ id: String) {
        let next = waiting.withLockedValue { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[id]?.isEmpty == false else {
                waiting[id] = nil
                return nil
            }
            return waiting[id]?.removeFirst()
        }
        next?.resume()
    }
}
