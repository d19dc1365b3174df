import CUDP
import Foundation
import NIOConcurrencyHelpers

/// Drives a RADIUS server with many requests and checks every reply.
///
/// Each thread owns its sockets and its share of the work; threads meet only when their counts are added up.
public struct LoadGenerator: Sendable {
    public let settings: LoadSettings

    public init(_ settings: LoadSettings) {
        self.settings = settings
    }

    /// Runs to the end of the limit and until each request has its reply or timed out. Blocks the calling thread.
    /// - Throws: ``ClientError`` before anything is sent: a setting that cannot work, a name that does not resolve, no socket.
    public func run() throws(ClientError) -> LoadResult {
        try settings.validate()
        let server = try settings.server.resolve()
        let start = MonotonicClock.now()
        var workers: [LoadWorker] = []
        for thread in 0..<settings.threads {
            workers.append(try LoadWorker(settings, pacer: LoadPacer(settings, thread: thread, start: start), server: server))
        }
        let total = NIOLockedValueBox(LoadTally())
        let group = DispatchGroup()
        for worker in workers {
            group.enter()
            Thread.detachNewThread {
                var worker = worker
                let tally = worker.run()
                total.withLockedValue { $0.merge(tally) }
                group.leave()
            }
        }
        group.wait()
        let tally = total.withLockedValue { $0 }
        let nanoseconds: UInt64
        switch settings.limit {
        case .duration(let duration): nanoseconds = duration.nanoseconds
        case .count:
            let measureFrom = start + settings.warmUp.nanoseconds
            nanoseconds = max(tally.lastReply, measureFrom) - measureFrom
        }
        return tally.result(settings.kind, seconds: Double(nanoseconds) / 1e9)
    }
}
