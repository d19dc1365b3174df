import Database
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import WebRouting

/// Tells those who follow it of sessions as they begin, go on and end, in batches of a second or more.
///
/// What this process records is told with the next batch. What other nodes and programs write is found by comparing the open sessions
/// with those of a moment before, which is done only while somebody follows, and the more rarely the longer it takes.
final class SessionFeed: Service {
    fileprivate struct Viewer {
        let tenancy: Tenancy
        let batches: AsyncStream<[SessionDetails]>.Continuation
    }

    fileprivate struct State {
        var nextID = 0
        var viewers: [Int: Viewer] = [:]
        /// Sessions to be told of.
        var changed: Set<String> = []
        /// When each open session was last reported, as of the last look; nil before the first.
        var known: [String: Int64]?
    }

    /// Between two batches.
    static let interval = Duration.seconds(1)
    /// Sessions in a batch at most; the rest come with the next.
    static let batchLimit = 200
    /// Sessions that wait to be told of at most.
    static let waitingLimit = 10_000
    /// Open sessions that are compared at most; with more, only this process's own news are told.
    static let comparisonLimit = 50_000
    /// Batches that may wait for a slow client; the oldest are left out.
    static let viewerBacklog = 8

    private let kernel: Kernel
    private let state = NIOLockedValueBox(State())

    init(_ kernel: Kernel) {
        self.kernel = kernel
        kernel.events.subscribe(to: SessionStarted.self) { [weak self] in self?.note($0.uniqueID) }
        kernel.events.subscribe(to: SessionEnded.self) { [weak self] in self?.note($0.uniqueID) }
    }

    /// Batches of changed sessions of some organizations, from now on.
    func follow(_ tenancy: Tenancy) -> AsyncStream<[SessionDetails]> {
        let (stream, batches) = AsyncStream<[SessionDetails]>.makeStream(bufferingPolicy: .bufferingNewest(Self.viewerBacklog))
        let id = state.withLockedValue { state in
            state.nextID += 1
            state.viewers[state.nextID] = Viewer(tenancy: tenancy, batches: batches)
            return state.nextID
        }
        batches.onTermination = { [weak self] _ in self?.leave(id) }
        return stream
    }

    private func leave(_ id: Int) {
        state.withLockedValue { state in
            state.viewers[id] = nil
            if state.viewers.isEmpty {
                state.changed = []
                state.known = nil
            }
        }
    }

    /// Who follows.
    var viewerCount: Int { state.withLockedValue { $0.viewers.count } }

    private func note(_ uniqueID: String) {
        state.withLockedValue { state in
            if !state.viewers.isEmpty, state.changed.count < Self.waitingLimit { state.changed.insert(uniqueID) }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var comparison = ContinuousClock.now
            var isFailing = false
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                guard viewerCount > 0 else { continue }
                let start = ContinuousClock.now
                let isDue = start >= comparison
                do {
                    try await tell(comparing: isDue)
                    if isFailing { kernel.logger.info("live sessions are told of again") }
                    isFailing = false
                } catch {
                    if !isFailing { kernel.logger.warning("live sessions are not told of: \(error)") }
                    isFailing = true
                }
                let end = ContinuousClock.now
                if isDue { comparison = end + max(.seconds(2), (end - start) * 20) }
            }
        }
    }

    /// Sends one batch to those who follow.
    /// - Parameter comparing: look for what others wrote, too.
    func tell(comparing: Bool) async throws {
        if comparing {
            let reports = try await kernel.withConnection { connection in
                try SessionListStore(connection).lastReports(limit: Self.comparisonLimit)
            }
            state.withLockedValue { $0.compare(with: reports) }
        }
        let ids = state.withLockedValue { state in
            let ids = Array(state.changed.prefix(Self.batchLimit))
            state.changed.subtract(ids)
            return ids
        }
        guard !ids.isEmpty else { return }
        let sessions = try await kernel.withConnection { connection in try SessionListStore(connection).sessions(ids) }
        for viewer in state.withLockedValue({ Array($0.viewers.values) }) {
            let visible = sessions.filter { viewer.tenancy.contains($0.organizationID) }
            if !visible.isEmpty { viewer.batches.yield(visible) }
        }
    }
}

extension SessionFeed.State {
    /// Finds what changed since the last look.
    fileprivate mutating func compare(with reports: [String: Int64]?) {
        defer { known = viewers.isEmpty ? nil : reports }
        guard let reports, let known else { return }
        var news: [String] = []
        for (id, moment) in reports where known[id] != moment { news.append(id) }
        for id in known.keys where reports[id] == nil { news.append(id) }
        for id in news where changed.count < SessionFeed.waitingLimit { changed.insert(id) }
    }
}
