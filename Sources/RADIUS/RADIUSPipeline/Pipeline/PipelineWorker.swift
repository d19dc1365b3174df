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
        let isTraced = pipeline.finisher.isTraced
        var contexts: [RequestContext] = []
        contexts.reserveCapacity(requests.count)
        for (index, request) in requests.enumerated() {
            contexts.append(
                RequestContext(
                    packet: request.packet, client: request.client, source: request.source, destination: request.destination,
                    receivedEpoch: request.receivedEpoch, receivedNanoseconds: request.receivedAt,
                    maximumReplyLength: request.maximumReplyLength, requestID: firstID &+ UInt64(index), isRehearsal: false,
                    isTraced: isTraced, environment: pipeline.environment, computesInPlace: duty == .continuation))
        }
        var deferred = Set<Int>()
        runner.run(&contexts, stores: { $0(stores) }) { [pipeline, runner] index, context, result, step in
            deferred.insert(index)
            DepartedRequest(pipeline: pipeline, runner: runner, responder: requests[index].responder)
                .leave(context, result, step: step)
        }
        var counts = DecisionCounts()
        // By index: a context is large, and a copy costs a count of each of its references.
        let dispositions = contexts.indices.map { index -> Disposition in
            if deferred.contains(index) { return .deferred }
            if isPostponed(&contexts[index]) { return .silence(.databaseUnavailable) }
            let decision = pipeline.finisher.finish(&contexts[index])
            counts.add(decision, of: contexts[index].packet.code, nanoseconds: contexts[index].age(at: DecisionTrace.now))
            return decision.disposition
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
