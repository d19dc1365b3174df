import Database
import Foundation
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import ServiceLifecycle
import Sessions

/// Runs the watch: soon after packets of users with limits, and for everybody online by a job, as time passes without packets too.
struct QuotaWatchService: Service {
    /// Names that one transaction looks at.
    private static let batch = 500

    let watch: QuotaWatch
    let kernel: Kernel
    private let waiting = NIOLockedValueBox<Set<StoredName>>([])
    private let wakeUp: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ watch: QuotaWatch, kernel: Kernel) {
        self.watch = watch
        self.kernel = kernel
        (wakeUp, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        kernel.events.subscribe(to: UsageCounted.self) { [waiting, wake] event in
            waiting.withLockedValue { $0.formUnion(event.userNames) }
            wake.yield()
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in wakeUp {
                let names = waiting.withLockedValue { names in
                    defer { names = [] }
                    return names
                }
                do {
                    try await look(at: Array(names))
                } catch {
                    waiting.withLockedValue { $0.formUnion(names) }
                    wake.yield()
                }
                // Many packets make one look.
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Looks at everybody with limits who is online.
    func lookAtAll() async throws {
        let names = try await kernel.withConnection { connection in
            try connection.rows(QuotaWatchSQL.online) { (row) throws(DatabaseError) in StoredName(row.text(0)) }
        }
        try await look(at: names)
    }

    /// - Parameter names: in transactions of a few hundred.
    func look(at names: [StoredName]) async throws {
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            let some = Array(names[start..<min(names.count, start + Self.batch)])
            try await kernel.withConnection { [watch, events = kernel.events] connection in
                try connection.transaction(publishing: events) { (pending) throws(DatabaseError) in
                    for action in try watch.evaluate(some, over: connection, at: Int64(Date().timeIntervalSince1970)) {
                        pending.append(action)
                    }
                }
            }
        }
    }
}
