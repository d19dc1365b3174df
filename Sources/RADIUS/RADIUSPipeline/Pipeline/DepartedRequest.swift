import RADIUSTransport
import RADIUSWire

/// A request that left its batch, on its way to a reply by other threads.
struct DepartedRequest: Sendable {
    let pipeline: Pipeline
    let runner: PipelineRunner
    let responder: ReplyHandle

    /// Does what a step's `result` asks for, then goes on behind that step.
    func leave(_ context: RequestContext, _ result: StageResult, step: Int) {
        switch result {
        case .offload(let work):
            pipeline.pool.submit {
                proceed(context, work, step: step)
            } onShed: {
                responder.complete(.silence(.queueFull))
            }
        case .suspend(let start):
            start(
                Resumption {
                    proceed(context, $0, step: step)
                } abandon: {
                    responder.complete(.silence($0))
                })
        case .next, .decided:
            proceed(context, { _ in result }, step: step)
        }
    }

    private func proceed(_ context: RequestContext, _ work: PipelineRunner.Work, step: Int) {
        var contexts = [context]
        var result = work(&contexts[0])
        while case .offload(let more) = result { result = more(&contexts[0]) }
        if case .suspend = result { return leave(contexts[0], result, step: step) }
        if case .decided(let outcome) = result { contexts[0].decide(outcome) }
        let outcome = contexts[0].outcome
        contexts[0].trace?.end(outcome)
        var hasLeft = false
        if outcome == nil {
            runner.run(&contexts, from: step + 1, stores: pipeline.deferredStores.visit) { _, context, result, step in
                hasLeft = true
                if case .offload(let work) = result { proceed(context, work, step: step) } else { leave(context, result, step: step) }
            }
        }
        guard !hasLeft else { return }
        let decision = pipeline.finisher.finish(&contexts[0])
        var counts = DecisionCounts()
        counts.add(decision, of: context.packet.code, nanoseconds: context.age(at: DecisionTrace.now))
        pipeline.counters.add(counts, number: context.requestID)
        responder.complete(decision.disposition)
    }
}
