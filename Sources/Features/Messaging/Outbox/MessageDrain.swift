import Database
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle

/// Empties the outbox while the program runs: each channel for itself, so that a mail server that hangs holds up no text message.
struct MessageDrain: Service {
    let delivery: MessageDelivery
    let bell: DrainBell

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for channel in MessageChannel.allCases {
                    group.addTask { await drain(channel) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: delivery.settings.pollInterval)
                        bell.ring()
                    }
                }
            }
        }
    }

    private func drain(_ channel: MessageChannel) async {
        await withDiscardingTaskGroup { group in
            let running = NIOLockedValueBox(0)
            var isFailing = false
            bell.ring()
            for await _ in bell.rings(channel) {
                do {
                    while try await look(channel, running, &group) {}
                    if isFailing { delivery.kernel.logger.info("the outbox is read again") }
                    isFailing = false
                } catch {
                    if !isFailing { delivery.kernel.logger.warning("messages wait in the outbox: \(error)") }
                    isFailing = true
                }
            }
        }
    }

    /// - Returns: whether there may be more to take now.
    private func look(
        _ channel: MessageChannel, _ running: NIOLockedValueBox<Int>, _ group: inout DiscardingTaskGroup
    ) async throws -> Bool {
        let free = delivery.settings.concurrency - running.withLockedValue { $0 }
        guard free > 0, !Task.isCancelled, !delivery.isResting(channel) else { return false }
        let now = delivery.now()
        let lease = delivery.leaseMicroseconds
        let leased = try await delivery.kernel.withConnection { connection in
            try connection.transaction { () throws(DatabaseError) in
                try MessageQueueStore(connection).lease(channel, now: now, until: now + lease, limit: free)
            }
        }
        for message in leased {
            running.withLockedValue { $0 += 1 }
            group.addTask {
                do {
                    try await delivery.carryOut(message)
                } catch {
                    delivery.kernel.logger.warning(
                        "what became of a message is not recorded", metadata: ["message": "\(message.id)", "error": "\(error)"])
                }
                running.withLockedValue { $0 -= 1 }
                bell.ring()
            }
        }
        return leased.count == free
    }
}

/// Wakes the drain of each channel; rings that come while one is under way are one.
final class DrainBell: Sendable {
    private let streams: [MessageChannel: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)]

    init() {
        var streams: [MessageChannel: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)] = [:]
        for channel in MessageChannel.allCases { streams[channel] = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }
        self.streams = streams
    }

    func ring() {
        for (_, continuation) in streams.values { continuation.yield() }
    }

    func rings(_ channel: MessageChannel) -> AsyncStream<Void> {
        streams[channel]?.stream ?? AsyncStream { $0.finish() }
    }
}
