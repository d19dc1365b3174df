import Foundation
import NIOConcurrencyHelpers
import WebRouting

/// The traces that are armed in this process.
final class TraceBook: Sendable {
    private struct Entry {
        let trace: LoginTrace
        let watch: DecisionWatch

        func end() {
            watch.cancel()
            trace.end()
        }
    }

    /// Traces of one operator at once; a further one ends the oldest.
    static let operatorLimit = 5
    /// Traces of all operators at once.
    static let limit = 100

    private let feed: any DecisionFeed
    /// In the order in which they were armed.
    private let entries = NIOLockedValueBox<[Entry]>([])

    init(_ feed: any DecisionFeed) {
        self.feed = feed
    }

    /// Arms a trace.
    /// - Throws: 503 when too many are armed.
    func arm(_ target: TraceTarget, for operatorID: String, in tenancy: Tenancy, until expires: Int64, at now: Int64) throws(Problem)
        -> LoginTrace
    {
        expire(at: now)
        let trace = LoginTrace(
            id: UUID().uuidString.lowercased(), ownerID: operatorID, expires: expires, target: target, tenancy: tenancy)
        let watch = feed.watch { trace.offer($0) }
        let (isTaken, replaced) = entries.withLockedValue { entries -> (Bool, Entry?) in
            var replaced: Entry?
            let own = entries.indices.filter { entries[$0].trace.ownerID == operatorID }
            if own.count >= Self.operatorLimit { replaced = entries.remove(at: own[0]) }
            guard entries.count < Self.limit else { return (false, replaced) }
            entries.append(Entry(trace: trace, watch: watch))
            return (true, replaced)
        }
        replaced?.end()
        guard isTaken else {
            watch.cancel()
            throw .busy
        }
        return trace
    }

    /// An operator's own trace; nil when there is none, or none any more.
    func trace(_ id: String, of operatorID: String) -> LoginTrace? {
        entries.withLockedValue { $0.first { $0.trace.id == id && $0.trace.ownerID == operatorID }?.trace }
    }

    /// Ends an operator's own trace.
    /// - Returns: whether there was one.
    func disarm(_ id: String, of operatorID: String) -> Bool {
        let entry = entries.withLockedValue { entries -> Entry? in
            entries.firstIndex { $0.trace.id == id && $0.trace.ownerID == operatorID }.map { entries.remove(at: $0) }
        }
        entry?.end()
        return entry != nil
    }

    /// Ends what has expired: while a trace is armed, all decisions cost more.
    func expire(at now: Int64) {
        let over = entries.withLockedValue { entries in
            let over = entries.filter { $0.trace.expires <= now }
            if !over.isEmpty { entries.removeAll { $0.trace.expires <= now } }
            return over
        }
        for entry in over { entry.end() }
    }

    /// Traces that are armed.
    var count: Int { entries.withLockedValue(\.count) }
}
