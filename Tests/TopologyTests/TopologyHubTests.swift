import Accounts
import Database
import Foundation
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServerKernel
import Testing
import TestSupport
import WebRouting
import WebTestSupport

@testable import Topology

@Suite struct TopologyHubTests {
    /// A topology whose state is a number.
    private final class Source: Sendable {
        let changes = NIOLockedValueBox<Int64?>(0)
        let asked = NIOLockedValueBox(0)
        let isAway = NIOLockedValueBox(false)

        func present(_ known: Int64) throws -> TopologyHub.Present {
            asked.withLockedValue { $0 += 1 }
            if isAway.withLockedValue({ $0 }) { throw Away() }
            guard let changes = changes.withLockedValue({ $0 }) else { return .gone }
            return changes > known ? .changed(changes, SharedMessage(Array("\(changes)".utf8))) : .same
        }

        struct Away: Error {}
    }

    private func hub(_ source: Source, pause: Duration = .milliseconds(1)) -> TopologyHub {
        TopologyHub(pause: pause, retry: .milliseconds(1), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { _, known in
            try source.present(known)
        }
    }

    @Test func `nothing is sent at first, and nothing for what is known`() async throws {
        let source = Source()
        let hub = hub(source)
        let (_, messages) = hub.join("a", knowing: 0)
        hub.changed("a")
        #expect(await eventually { source.asked.withLockedValue { $0 } > 0 })
        source.changes.withLockedValue { $0 = 1 }
        hub.changed("a")
        var iterator = messages.makeAsyncIterator()
        let first = await iterator.next()
        #expect(first.map { String(buffer: $0.text) } == "1")
    }

    @Test func `a watcher who is slow gets the newest state, and all get the same message`() async throws {
        let source = Source()
        let hub = hub(source)
        let (_, slow) = hub.join("a", knowing: 0)
        let (_, quick) = hub.join("a", knowing: 0)
        var quickIterator = quick.makeAsyncIterator()
        var last: SharedMessage?
        for number: Int64 in 1...20 {
            source.changes.withLockedValue { $0 = number }
            hub.changed("a")
            last = await quickIterator.next()
        }
        var slowIterator = slow.makeAsyncIterator()
        let seen = await slowIterator.next()
        #expect(seen != nil && seen === last)
    }

    @Test func `many changes come in few messages, the last of them whole`() async throws {
        let source = Source()
        let hub = hub(source, pause: .milliseconds(20))
        let (_, messages) = hub.join("a", knowing: 0)
        for number: Int64 in 1...1000 {
            source.changes.withLockedValue { $0 = number }
            hub.changed("a")
        }
        var iterator = messages.makeAsyncIterator()
        var text = ""
        while text != "1000" { text = await iterator.next().map { String(buffer: $0.text) } ?? "1000" }
        #expect(source.asked.withLockedValue { $0 } < 100)
    }

    @Test func `while messages under way take much memory, the next one waits until they are over, or for a time`() async throws {
        let source = Source()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hub = TopologyHub(pause: .milliseconds(1), memory: 0, longestPause: .seconds(3600), logger: logger) { _, known in
            try source.present(known)
        }
        let (_, messages) = hub.join("a", knowing: 0)
        var iterator = messages.makeAsyncIterator()
        source.changes.withLockedValue { $0 = 1 }
        hub.changed("a")
        var held = await iterator.next()
        let isHeld = held != nil
        #expect(isHeld)
        source.changes.withLockedValue { $0 = 2 }
        hub.changed("a")
        // In the time of fifty messages about something else.
        let clock = Source()
        let ticking = self.hub(clock)
        let (_, ticks) = ticking.join("b", knowing: 0)
        var tick = ticks.makeAsyncIterator()
        for number: Int64 in 1...50 {
            clock.changes.withLockedValue { $0 = number }
            ticking.changed("b")
            _ = await tick.next()
        }
        #expect(source.asked.withLockedValue { $0 } == 1)
        held = nil
        held = await iterator.next()
        #expect(held.map { String(buffer: $0.text) } == "2")

        let impatient = TopologyHub(pause: .milliseconds(1), memory: 0, longestPause: .milliseconds(5), logger: logger) { _, known in
            try source.present(known)
        }
        let (_, others) = impatient.join("a", knowing: 1)
        var other = others.makeAsyncIterator()
        impatient.changed("a")
        let first = await other.next()
        source.changes.withLockedValue { $0 = 3 }
        impatient.changed("a")
        let second = await other.next()
        #expect([first, second].map { $0.map { String(buffer: $0.text) } } == ["2", "3"])
    }

    @Test func `while more was sent than is allowed, the next message waits`() async throws {
        let source = Source()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hub = TopologyHub(pause: .milliseconds(1), sendRate: 1000, longestPause: .seconds(3600), logger: logger) { _, known in
            let present = try source.present(known)
            // As if it went out at once.
            if case .changed(_, let message) = present { message.sent.add(100) }
            return present
        }
        let (_, messages) = hub.join("a", knowing: 0)
        var iterator = messages.makeAsyncIterator()
        source.changes.withLockedValue { $0 = 1 }
        hub.changed("a")
        let begin = ContinuousClock.now
        _ = await iterator.next()
        source.changes.withLockedValue { $0 = 2 }
        hub.changed("a")
        let next = await iterator.next()
        #expect(next.map { String(buffer: $0.text) } == "2")
        #expect(ContinuousClock.now - begin > .milliseconds(90))
    }

    @Test func `what happens while the database is away is told when it is back`() async throws {
        let source = Source()
        let hub = hub(source)
        let (_, messages) = hub.join("a", knowing: 0)
        source.isAway.withLockedValue { $0 = true }
        source.changes.withLockedValue { $0 = 5 }
        hub.changed("a")
        #expect(await eventually { source.asked.withLockedValue { $0 } > 2 })
        source.isAway.withLockedValue { $0 = false }
        var iterator = messages.makeAsyncIterator()
        let message = await iterator.next()
        #expect(message.map { String(buffer: $0.text) } == "5")
    }

    @Test func `watchers of a topology that is gone are let go, and whoever leaves is forgotten`() async throws {
        let source = Source()
        let hub = hub(source)
        let (_, messages) = hub.join("a", knowing: 0)
        let (number, _) = hub.join("b", knowing: 0)
        hub.leave("b", number)
        #expect(hub.watched.keys.sorted() == ["a"])
        source.changes.withLockedValue { $0 = nil }
        hub.changed("a")
        var iterator = messages.makeAsyncIterator()
        let end = await iterator.next()
        #expect(end == nil)
        #expect(hub.watchers(of: "a") == 0)
    }
}
