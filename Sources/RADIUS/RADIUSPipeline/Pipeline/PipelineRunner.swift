import NIOConcurrencyHelpers
import RADIUSTransport

/// Takes requests through the steps. Shared by all threads; keeps no state of a request.
struct PipelineRunner: Sendable {
    /// What a step asked to run elsewhere or later.
    typealias Work = @Sendable (inout RequestContext) -> StageResult

    /// Visits the stores of the calling thread.
    typealias StoreVisit = ((WorkerStores) -> Void) -> Void

    /// Takes over a request that leaves its batch at step number `step`, because that step was ``StageResult/offload(_:)`` or
    /// ``StageResult/suspend(_:)``.
    typealias Departure = (_ index: Int, _ context: RequestContext, _ result: StageResult, _ step: Int) -> Void

    let steps: [PipelineStep]

    /// Runs the steps from `first` on until every request is decided, gone or through.
    /// - Parameter depart: nil does slow work and waits in place.
    func run(_ contexts: inout [RequestContext], from first: Int = 0, stores: StoreVisit, depart: Departure?) {
        var pending = Array(contexts.indices)
        for number in first..<steps.count where !pending.isEmpty {
            switch steps[number] {
            case .each(let stage):
                var isShorter = false
                for position in pending.indices {
                    let index = pending[position]
                    contexts[index].trace?.begin(stage.name)
                    var result = stage.run(&contexts[index])
                    switch result {
                    case .offload, .suspend:
                        if let depart {
                            depart(index, contexts[index], result, number)
                            pending[position] = -1
                            isShorter = true
                            continue
                        }
                        result = Self.complete(result, &contexts[index])
                    default: break
                    }
                    if case .decided(let outcome) = result { contexts[index].decide(outcome) }
                    let outcome = contexts[index].outcome
                    contexts[index].trace?.end(outcome)
                    if outcome != nil {
                        pending[position] = -1
                        isShorter = true
                    }
                }
                if isShorter { pending.removeAll { $0 < 0 } }
            case .batch(let stage):
                for index in pending { contexts[index].trace?.begin(stage.name) }
                stores { stage.run(&contexts, pending: pending, stores: $0) }
                for index in pending {
                    let outcome = contexts[index].outcome
                    contexts[index].trace?.end(outcome)
                }
                pending.removeAll { contexts[$0].outcome != nil }
            }
        }
    }

    /// Does what `result` asks for on the calling thread, waiting where it has to.
    private static func complete(_ result: StageResult, _ context: inout RequestContext) -> StageResult {
        var result = result
        while true {
            switch result {
            case .next, .decided: return result
            case .offload(let work): result = work(&context)
            case .suspend(let start):
                let answer = ConditionLock<Bool>(value: false)
                let box = NIOLockedValueBox<Work?>(nil)
                let resumption = Resumption { work in
                    box.withLockedValue { $0 = work }
                    answer.lock()
                    answer.unlock(withValue: true)
                } abandon: { _ in
                    answer.lock()
                    answer.unlock(withValue: true)
                }
                start(resumption)
                answer.lock(whenValue: true)
                answer.unlock()
                guard let work = box.withLockedValue({ $0 }) else { return .decided(.timeout) }
                result = work(&context)
            }
        }
    }
}
