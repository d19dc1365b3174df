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

    /// A stage, and its work as a closure: a call through the protocol would copy the stage each time.
    private struct Slot {
        let stage: any Stage
        let run: Work

        init(_ stage: any Stage) {
            self.stage = stage
            run = { stage.run(&$0) }
        }
    }

    /// Steps that follow each other.
    private enum Stretch {
        /// Each request goes through all of them before the next one does: what it needs stays near the processor.
        case each([Slot], first: Int)
        case batch(any BatchStage, number: Int)
    }

    private let stretches: [Stretch]

    init(steps: [PipelineStep]) {
        var stretches: [Stretch] = []
        for (number, step) in steps.enumerated() {
            switch step {
            case .batch(let stage):
                stretches.append(.batch(stage, number: number))
            case .each(let stage):
                if case .each(let stages, let first)? = stretches.last {
                    stretches[stretches.count - 1] = .each(stages + [Slot(stage)], first: first)
                } else {
                    stretches.append(.each([Slot(stage)], first: number))
                }
            }
        }
        self.stretches = stretches
    }

    /// Runs the steps from `first` on until every request is decided, gone or through.
    /// - Parameter depart: nil does slow work and waits in place.
    func run(_ contexts: inout [RequestContext], from first: Int = 0, stores: StoreVisit, depart: Departure?) {
        var pending = Array(contexts.indices)
        for stretch in stretches where !pending.isEmpty {
            switch stretch {
            case .each(let stages, let start):
                guard start + stages.count > first else { continue }
                let rest = stages[max(0, first - start)...]
                pending.removeAll { index in
                    !Self.take(&contexts[index], through: rest) { context, result, position in
                        guard let depart else { return false }
                        depart(index, context, result, start + position)
                        return true
                    }
                }
            case .batch(let stage, let number):
                guard number >= first else { continue }
                for index in pending { contexts[index].trace?.begin(stage.name) }
                stores { stage.run(&contexts, pending: pending, stores: $0) }
                pending.removeAll { !contexts[$0].endStep() }
            }
        }
    }

    /// Takes one request through stages.
    /// - Parameter depart: takes over the request that leaves at a position; false when it does not.
    /// - Returns: whether it goes on behind them.
    private static func take(
        _ context: inout RequestContext, through slots: ArraySlice<Slot>, depart: (RequestContext, StageResult, Int) -> Bool
    ) -> Bool {
        for position in slots.indices {
            context.trace?.begin(slots[position].stage.name)
            var result = slots[position].run(&context)
            switch result {
            case .offload, .suspend:
                if depart(context, result, position) { return false }
                result = complete(result, &context)
            case .next, .decided: break
            }
            if case .decided(let outcome) = result { context.decide(outcome) }
            guard context.endStep() else { return false }
        }
        return true
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

extension RequestContext {
    /// Tells the trace that a step is over.
    /// - Returns: whether the request goes on.
    fileprivate mutating func endStep() -> Bool {
        trace?.end(outcome)
        return outcome == nil
    }
}
