import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import Sessions

/// Works through the queue while the program runs: so many actions at a time, one of a session at a time.
struct SessionActionRunner: Service {
    let actions: SessionActions
    let inbox: SessionActionInbox
    let settings: DynamicAuthorizationSettings
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await tick() }
                let running = NIOLockedValueBox(0)
                var isFailing = false
                for await _ in inbox.wakeUps {
                    do {
                        try await look(running, &group)
                        if isFailing { logger.info("session actions are carried out again") }
                        isFailing = false
                    } catch {
                        if !isFailing { logger.warning("session actions wait: \(error)") }
                        isFailing = true
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: settings.pollInterval)
            inbox.wake()
        }
    }

    private func look(_ running: NIOLockedValueBox<Int>, _ group: inout DiscardingTaskGroup) async throws {
        while let event = inbox.first {
            try await actions.request(SessionActionOrder(event))
            inbox.removeFirst()
        }
        while try await actions.takeChanges() {}
        try await actions.closeOverdue()
        let free = settings.concurrency - running.withLockedValue { $0 }
        guard free > 0 else { return }
        for claim in try await actions.claim(limit: free) {
            running.withLockedValue { $0 += 1 }
            group.addTask {
                do {
                    try await actions.carryOut(claim)
                } catch {
                    // Its lease ends, and it is taken again.
                    logger.warning("session action \(claim.id) is not recorded: \(error)")
                }
                running.withLockedValue { $0 -= 1 }
                inbox.wake()
            }
        }
    }
}

extension SessionActionOrder {
    init(_ event: SessionActionRequested) {
        let wish: Wish =
            switch event.action {
            case .disconnect: .disconnect
            case .change(let terms, let orDisconnect): .change(terms, orDisconnect: orDisconnect)
            }
        self.init(sessionID: event.uniqueID, wish: wish, reason: event.reason, requestedBy: "rule")
    }
}

/// Events on their way into the queue, and the bell of the runner. Beyond its capacity the oldest events are dropped and counted.
final class SessionActionInbox: Sendable {
    private struct State {
        var events: [SessionActionRequested] = []
        var dropped = 0
    }

    let wakeUps: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let state = NIOLockedValueBox(State())
    private let capacity: Int

    init(capacity: Int = 100_000) {
        self.capacity = capacity
        (wakeUps, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func wake() { bell.yield() }

    func append(_ event: SessionActionRequested) {
        state.withLockedValue { state in
            if state.events.count >= capacity {
                state.events.removeFirst()
                state.dropped += 1
            }
            state.events.append(event)
        }
        wake()
    }

    var first: SessionActionRequested? { state.withLockedValue { $0.events.first } }

    func removeFirst() {
        state.withLockedValue { if !$0.events.isEmpty { $0.events.removeFirst() } }
    }

    var droppedEvents: Int { state.withLockedValue { $0.dropped } }
}
