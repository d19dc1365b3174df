import NIOConcurrencyHelpers
import RADIUSTransport

/// Takes requests through the steps. Shared by all threads; keeps no state of a request.
struct PipelineRunner: Sendable {
    /// What a step asked to run elsewhere.
    typealias Work = @Sendable (inout RequestContext) -> StageResult

    /// Visits the stores of the calling thread.
    typealias StoreVisit = ((WorkerStores) -> Void) -> Void

    let steps: [PipelineStep]

    /// Runs the steps from `first` on until every request is decided, offloaded or through.
    /// - Parameter offload: takes over a request whose step number `Int` asked for it; nil runs such work in place.
    func run(
        _ contexts: inout [RequestContext], from first: Int = 0, stores: StoreVisit,
        offload: ((_ index: Int, _ context: RequestContext, _ work: @escaping Work, _ step: Int) -> Void)?
    ) {
        var pending = Array(contexts.indices)
        for number in first..<steps.count where !pending.isEmpty {
            switch steps[number] {
            case .each(let stage):
                var isShorter = false
                for position in pending.indices {
                    let index = pending[position]
                    contexts[index].trace?.begin(stage.name)
                    var result = stage.run(&contexts[index])
                    if case .offload(let work) = result {
                        if let offload {
                            offload(index, contexts[index], work, number)
                            pending[position] = -1
                            isShorter = true
                            continue
                        }
                        result = Self.complete(work, &contexts[index])
                    }
                    if case .decided(let outcome) = result { contexts[index].decide(outcome) }
                    let isDecided = contexts[index].outcome != nil
                    contexts[index].trace?.end(isDeciding: isDecided)
                    if isDecided {
                        pending[position] = -1
                        isShorter = true
                    }
                }
                if isShorter { pending.removeAll { $0 < 0 } }
            case .batch(let stage):
                for index in pending { contexts[index].trace?.begin(stage.name) }
                stores { stage.run(&contexts, pending: pending, stores: $0) }
                for index in pending {
                    let isDecided = contexts[index].outcome != nil
                    contexts[index].trace?.end(isDeciding: isDecided)
                }
                pending.removeAll { contexts[$0].outcome != nil }
            }
        }
    }

    /// Finishes offloaded work and the steps behind it, on the calling thread.
    func resume(_ context: RequestContext, _ work: Work, after step: Int, stores: StoreVisit) -> RequestContext {
        var contexts = [context]
        if case .decided(let outcome) = Self.complete(work, &contexts[0]) { contexts[0].decide(outcome) }
        let isDecided = contexts[0].outcome != nil
        contexts[0].trace?.end(isDeciding: isDecided)
        if !isDecided { run(&contexts, from: step + 1, stores: stores, offload: nil) }
        return contexts[0]
    }

    private static func complete(_ work: Work, _ context: inout RequestContext) -> StageResult {
        var result = work(&context)
        while case .offload(let more) = result { result = more(&context) }
        return result
    }
}

/// The stores that offloaded requests use, one request at a time.
///
/// `@unchecked Sendable`: `lock` guards `stores`.
final class DeferredStores: @unchecked Sendable {
    private let lock = NIOLock()
    private let factory: any StoreFactory
    private var stores: WorkerStores?

    init(_ factory: any StoreFactory) {
        self.factory = factory
    }

    func visit(_ body: (WorkerStores) -> Void) {
        lock.withLock {
            let stores = self.stores ?? factory.makeStores()
            self.stores = stores
            body(stores)
        }
    }
}
