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
        let decisions = contexts.indices.map { index in
            deferred.contains(index) || isPostponed(&contexts[index]) ? nil : pipeline.finisher.finish(&contexts[index])
        }
        let now = DecisionTrace.now
        // By index: a context is large, and a copy costs a count of each of its references.
        for index in contexts.indices {
            guard let decision = decisions[index] else { continue }
            counts.add(decision, of: contexts[index].packet.code, nanoseconds: contexts[index].age(at: now))
        }
        pipeline.counters.add(counts, number: firstID)
        return decisions.indices.map { index in
            decisions[index]?.disposition ?? (deferred.contains(index) ? .deferred : .silence(.databaseUnavailable))
        }
    }

    /// Whether a thread that may ask the database has to decide the request.
    private func isPostponed(_ context: inout RequestContext) -> Bool {
        guard duty == .standIn, case .fail(.unavailable)? = context.outcome else { return false }
        context.withdrawQuestion()
        return true
    }
}
