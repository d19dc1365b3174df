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
        var events = inbox.take()[...]
        while let event = events.first {
            do {
                try await actions.request(SessionActionOrder(event))
            } catch {
                inbox.putBack(events)
                throw error
            }
            events.removeFirst()
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

/// Events on their way into the queue, and the bell of the runner. Beyond its capacity the oldest events are dropped.
final class SessionActionInbox: Sendable {
    let wakeUps: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let events = NIOLockedValueBox<[SessionActionRequested]>([])
    private let capacity: Int

    init(capacity: Int = 100_000) {
        self.capacity = capacity
        (wakeUps, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func wake() { bell.yield() }

    func append(_ event: SessionActionRequested) {
        events.withLockedValue { events in
            // A tenth at once, so that an inbox that stays full does not shift its whole content for each event.
            if events.count >= capacity { events.removeFirst(max(1, capacity / 10)) }
            events.append(event)
        }
        wake()
    }

    /// All events, in order.
    func take() -> [SessionActionRequested] {
        events.withLockedValue { events in
            defer { events = [] }
            return events
        }
    }

    /// Returns what could not be queued to its place before newer events.
    func putBack(_ rest: ArraySlice<SessionActionRequested>) {
        events.withLockedValue { events in events.insert(contentsOf: rest.suffix(max(0, capacity - events.count)), at: 0) }
    }
}
