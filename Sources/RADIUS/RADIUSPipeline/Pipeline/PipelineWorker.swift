import RADIUSTransport
import RADIUSWire

/// Decides the batches of one packet thread.
final class PipelineWorker: PacketWorker {
    private let pipeline: Pipeline
    private let runner: PipelineRunner
    private let stores: WorkerStores
    private let duty: PacketDuty

    init(_ pipeline: Pipeline, runner: PipelineRunner, stores: WorkerStores, duty: PacketDuty) {
        self.pipeline = pipeline
        self.runner = runner
        self.stores = stores
        self.duty = duty
    }

    func process(_ requests: [ReceivedRequest]) -> [Disposition] {
        let firstID = pipeline.takeRequestIDs(requests.count)
        let finisher = pipeline.finisher
        let isTraced = finisher.isTraced
        var contexts: [RequestContext] = []
        contexts.reserveCapacity(requests.count)
        for index in requests.indices {
            contexts.append(
                RequestContext.received(
                    packet: requests[index].packet, client: requests[index].client, source: requests[index].source,
                    destination: requests[index].destination, receivedEpoch: requests[index].receivedEpoch,
                    receivedNanoseconds: requests[index].receivedAt, maximumReplyLength: requests[index].maximumReplyLength,
                    requestID: firstID &+ UInt64(index), isRehearsal: false, isTraced: isTraced, environment: pipeline.environment,
                    computesInPlace: duty == .continuation))
        }
        var deferred = Set<Int>()
        runner.run(&contexts, stores: { $0(stores) }) { [pipeline, runner] index, context, result, step in
            deferred.insert(index)
            DepartedRequest(pipeline: pipeline, runner: runner, responder: requests[index].responder)
                .leave(context, result, step: step)
        }
        var counts = DecisionCounts()
        var dispositions: [Disposition] = []
        dispositions.reserveCapacity(contexts.count)
        // By index: a context is large, and a copy costs a count of each of its references.
        for index in contexts.indices {
            if deferred.contains(index) {
                dispositions.append(.deferred)
            } else if isPostponed(&contexts[index]) {
                dispositions.append(.silence(.databaseUnavailable))
            } else {
                let decision = finisher.finish(&contexts[index])
                let now = DecisionTrace.now
                counts.add(decision, of: requests[index].packet.code, nanoseconds: contexts[index].age(at: now))
                dispositions.append(decision.disposition)
            }
        }
        pipeline.counters.add(counts, number: firstID)
        return dispositions
    }

    /// Whether a thread that may ask the database has to decide the request.
    private func isPostponed(_ context: inout RequestContext) -> Bool {
        guard duty == .standIn, case .fail(.unavailable)? = context.outcome else { return false }
        context.withdrawQuestion()
        return true
    }
}
