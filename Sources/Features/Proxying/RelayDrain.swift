import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSProxy
import ServerKernel
import ServiceLifecycle

/// Empties the queue: a task for each destination that lives, in order for each session, with growing pauses after failures.
struct RelayDrain: Service {
    let kernel: Kernel
    let router: ProxyRouter
    let wakeUp: AsyncStream<Void>
    /// Makes the loop look at the queue.
    let wake: @Sendable () -> Void
    /// Seconds since 1970 UTC.
    var epoch: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    /// How often the queue is looked at where nothing woke it.
    var interval = Duration.seconds(1)

    private static let batch = 64
    private static let longestPause: Int64 = 300

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let busy = NIOLockedValueBox<Set<String>>([])
            await withDiscardingTaskGroup { group in
                group.addTask { await tick() }
                for await _ in wakeUp {
                    guard let destinations = try? await kernel.withConnection({ try RelayLeases($0).destinations() }) else { continue }
                    for destination in destinations where router.isUsable(pool: destination, .accounting) {
                        guard busy.withLockedValue({ $0.insert(destination).inserted }) else { continue }
                        group.addTask {
                            await drain(destination)
                            _ = busy.withLockedValue { $0.remove(destination) }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Looks at the queue even where nothing was added: pauses end, servers come back, other nodes die.
    private func tick() async {
        while !Task.isCancelled {
            wake()
            try? await Task.sleep(for: interval)
        }
    }

    /// Sends what is due until nothing is left, or the destination answers nothing any more.
    func drain(_ destination: String) async {
        while !Task.isCancelled, router.isUsable(pool: destination, .accounting) {
            let now = epoch()
            // Longer than the request may take, so that no other node sends it at the same time.
            let lease = router.settings.maximumTime.components.seconds + 30
            guard
                let leased = try? await kernel.withConnection({
                    try RelayLeases($0).lease(destination, now: now, until: now + lease, limit: Self.batch)
                }), !leased.isEmpty
            else { return }
            let accepted = await send(leased)
            do {
                try await kernel.withConnection { connection in
                    let leases = RelayLeases(connection)
                    try leases.delete(accepted.sorted())
                    for packet in leased where !accepted.contains(packet.id) {
                        try leases.postpone(packet.id, until: epoch() + min(1 << Int64(min(packet.attempts, 10)), Self.longestPause))
                    }
                }
            } catch {
                // What was sent is sent once more when its lease ends: accounting twice is better than never.
                kernel.logger.warning("accounting for '\(destination)' is sent, but stays queued: \(error)")
                return
            }
            if accepted.isEmpty { return }
        }
    }

    /// - Returns: the packets that a home server has.
    private func send(_ packets: [LeasedRelay]) async -> Set<Int64> {
        await withTaskGroup(of: Int64?.self) { group in
            for packet in packets {
                group.addTask { await isAccepted(packet) ? packet.id : nil }
            }
            return await group.reduce(into: []) { accepted, id in if let id { accepted.insert(id) } }
        }
    }

    /// False also when the program ends first: the packet is sent again then.
    private func isAccepted(_ packet: LeasedRelay) async -> Bool {
        let waiting = NIOLockedValueBox<CheckedContinuation<Bool, Never>?>(nil)
        let answer: @Sendable (Bool) -> Void = { isAccepted in
            waiting.withLockedValue { continuation in
                defer { continuation = nil }
                return continuation
            }?.resume(returning: isAccepted)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.withLockedValue { $0 = continuation }
                // Cancelled before there was anything to resume.
                guard !Task.isCancelled else { return answer(false) }
                router.relay(packet.entry, epoch: epoch(), completion: answer)
            }
        } onCancel: {
            answer(false)
        }
    }
}
