import Insight
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel

/// Hands decision records to those who follow the running server.
final class TraceHub: TraceSink, DecisionFeed {
    private struct Follower {
        let id: Int
        let filter: TraceFilter
        let lines: AsyncStream<String>.Continuation
    }

    private let watchers = NIOLockedValueBox<(next: Int, list: [Int: @Sendable (DecisionRecord) -> Void])>((0, [:]))
    private let followers = NIOLockedValueBox<(next: Int, list: [Follower])>((0, []))
    /// Records that may wait for a slow follower; beyond that the oldest are left out.
    private static let backlog = 1000

    var isArmed: Bool { followers.withLockedValue { !$0.list.isEmpty } || watchers.withLockedValue { !$0.list.isEmpty } }

    func record(_ decision: DecisionRecord) {
        for observer in watchers.withLockedValue({ Array($0.list.values) }) { observer(decision) }
        let list = followers.withLockedValue { $0.list }.filter { $0.filter.matches(decision) }
        guard !list.isEmpty else { return }
        let text = decision.render()
        for follower in list { follower.lines.yield(text + "\n") }
    }

    func watch(_ observer: @escaping @Sendable (DecisionRecord) -> Void) -> DecisionWatch {
        let id = watchers.withLockedValue { watchers in
            watchers.next += 1
            watchers.list[watchers.next] = observer
            return watchers.next
        }
        return DecisionWatch { [weak self] in self?.watchers.withLockedValue { $0.list[id] = nil } }
    }

    /// One block of text for each request that matches, from now on.
    func follow(_ filter: TraceFilter) -> AsyncStream<String> {
        let (stream, lines) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(Self.backlog))
        let id = followers.withLockedValue { followers in
            followers.next += 1
            followers.list.append(Follower(id: followers.next, filter: filter, lines: lines))
            return followers.next
        }
        lines.onTermination = { [weak self] _ in
            self?.followers.withLockedValue { $0.list.removeAll { $0.id == id } }
        }
        return stream
    }
}

/// Which decisions a follower wants.
struct TraceFilter: Sendable, Equatable {
    var user: String?
    var nas: String?
    var station: String?

    /// - Parameter options: `user`, `nas` (name or address) and `mac` in any notation; absent ones match everything.
    init(_ options: [String: String]) {
        user = options["user"]?.lowercased()
        nas = options["nas"]?.lowercased()
        station = options["mac"].map(Self.digits)
    }

    func matches(_ record: DecisionRecord) -> Bool {
        if let user, record.userName?.lowercased() != user { return false }
        if let nas, record.nasName.lowercased() != nas, record.nasAddress != nas { return false }
        if let station {
            let seen = [record.callingStationID, record.userName].compactMap { $0.map(Self.digits) }
            if !seen.contains(station) { return false }
        }
        return true
    }

    /// A MAC address without its separators, lower-case.
    private static func digits(_ text: String) -> String {
        String(text.lowercased().filter { !"-:. ".contains($0) })
    }
}
