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
    /// - Throws: ``ClientError`` before anything is sent: a setting that cannot work, a name that does not resolve, no socket; afterwards, when
    ///   the ledger could not be written.
    public func run() throws(ClientError) -> LoadResult {
        try settings.validate()
        var servers = [try settings.server.resolve()]
        for alternate in settings.alternates { servers.append(try alternate.resolve()) }
        let ledger = try Self.open(settings.ledger)
        let start = MonotonicClock.now()
        var workers: [LoadWorker] = []
        for thread in 0..<settings.threads {
            let pacer = LoadPacer(settings, thread: thread, start: start)
            workers.append(try LoadWorker(settings, pacer: pacer, servers: servers, ledger: ledger.map { LedgerWriter($0) }))
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
        try ledger?.check()
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
    private static func open(_ path: String?) throws(ClientError) -> LedgerFile? {
        guard let path else { return nil }
        return try LedgerFile(path)
    }
}
