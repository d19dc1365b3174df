public import RADIUSTransport
public import RADIUSWire

/// An Access-Request that came as something else than a packet.
public struct DirectRequest: Sendable {
    /// In clear.
    public var attributes: [Attribute]
    /// The NAS to decide for.
    public var client: NASClient
    public var source: SocketEndpoint
    /// Seconds since 1970 UTC.
    public var epoch: Double
    /// Whoever asks vouches for the user; no password is compared.
    public var isVouchedFor: Bool

    public init(attributes: [Attribute], client: NASClient, source: SocketEndpoint, epoch: Double, isVouchedFor: Bool = false) {
        self.attributes = attributes
        self.client = client
        self.source = source
        self.epoch = epoch
        self.isVouchedFor = isVouchedFor
    }
}

/// What became of a ``DirectRequest``.
public struct DirectDecision: Sendable {
    public var decision: Decision
    /// The reply list: of a refusal for a limit, what would have been granted, too.
    public var replies: [PolicyAttribute]
    /// The rows behind ``replies``.
    public var rows: [RowID: PolicyRow]
    /// The user's name as the tables have it.
    public var userName: String
}

/// Decides requests of other protocols, such as the REST API's, by the same steps as packets, in batches. What they come to is counted and
/// traced, but not logged: whoever asks knows more of how the login ends. Confined to the thread that made it;
/// slow work is done in place.
public final class DirectWorker {
    private let pipeline: Pipeline
    private let stores: WorkerStores

    /// Opens the stores of the calling thread.
    public init(_ pipeline: Pipeline) {
        self.pipeline = pipeline
        stores = pipeline.stores.makeStores()
    }

    /// - Returns: one decision for each request, in order; nil where the attributes do not make a packet.
    public func decide(_ requests: [DirectRequest]) -> [DirectDecision?] {
        let firstID = pipeline.takeRequestIDs(requests.count)
        let isTraced = pipeline.finisher.isTraced
        var positions: [Int] = []
        var contexts: [RequestContext] = []
        for (position, request) in requests.enumerated() {
            guard let packet = try? pipeline.packet(of: request.attributes, code: .accessRequest, client: request.client) else { continue }
            var context = RequestContext.received(
                packet: packet, client: request.client, source: request.source, destination: request.source, receivedEpoch: request.epoch,
                receivedNanoseconds: DecisionTrace.now, requestID: firstID &+ UInt64(position), isRehearsal: false, isTraced: isTraced,
                environment: pipeline.environment)
            context.isAuthenticated = request.isVouchedFor
            context.isLogged = false
            positions.append(position)
            contexts.append(context)
        }
        pipeline.authentication.run(&contexts, stores: { $0(stores) }, depart: nil)
        var counts = DecisionCounts()
        var results = [DirectDecision?](repeating: nil, count: requests.count)
        for index in contexts.indices {
            let decision = pipeline.finisher.finish(&contexts[index])
            counts.add(decision, of: .accessRequest, nanoseconds: contexts[index].age(at: DecisionTrace.now))
            results[positions[index]] = contexts[index].direct(decision)
        }
        pipeline.counters.add(counts, number: firstID)
        return results
    }
}

extension RequestContext {
    fileprivate func direct(_ decision: Decision) -> DirectDecision {
        let replies = refusedReply + reply
        var rows: [RowID: PolicyRow] = [:]
        let wanted = Set(replies.compactMap(\.source))
        if !wanted.isEmpty, let policy {
            for row in policy.replies + (policy.groups + policy.profiles.values.joined()).flatMap(\.replies) {
                let id = RowID(table: row.table, id: row.id)
                if wanted.contains(id) { rows[id] = row }
            }
        }
        return DirectDecision(decision: decision, replies: replies, rows: rows, userName: userName)
    }
}
