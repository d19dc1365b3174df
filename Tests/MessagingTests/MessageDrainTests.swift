import Database
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing
import WebRouting

@testable import Messaging

/// The outbox from one end to the other, over recording gateways.
@Suite struct MessageDrainTests {
    /// One node.
    private final class Node: Sendable {
        let kernel: Kernel
        let module: MessagingModule
        let clock = NIOLockedValueBox<Int64>(1_000_000_000_000)

        init(
            _ database: TestDatabase, _ gateways: [any MessageGateway], prefixes: [String] = [],
            _ change: (inout MessagingSettings) -> Void = { _ in }
        ) {
            kernel = Kernel(engine: database.engine, connections: 2, refreshInterval: .seconds(3600), logger: quiet)
            var settings = MessagingSettings()
            settings.pollInterval = .milliseconds(5)
            change(&settings)
            module = MessagingModule(
                kernel, gateways: gateways, settings: settings, organizationPrefixes: { $0 == "o1" ? prefixes : [] },
                now: { [clock] in clock.withLockedValue { $0 } })
        }

        deinit { kernel.stop() }

        func advance(seconds: Int64) { clock.withLockedValue { $0 += seconds * 1_000_000 } }

        @discardableResult
        func queue(
            _ recipient: String = "+393331234567", kind: MessageKind = .smsCode, organization: String? = "o1", metadata: String? = nil
        ) async throws -> String {
            let message = OutgoingMessage(
                channel: recipient.hasPrefix("+") ? .sms : .email, recipient: recipient, text: "text", organizationID: organization,
                kind: kind, metadata: metadata.map { ["gateway": .string($0)] })
            let now = clock.withLockedValue { $0 }
            let id = try await kernel.withConnection { connection in try MessageOutbox(connection, now: now).append(message) }
            kernel.events.publish(MessagesQueued())
            return id
        }

        func record(_ id: String) async throws -> MessageRecord {
            let found = try await kernel.withConnection { connection in try MessageArchive(connection).message(id: id) }
            return try #require(found)
        }

        /// Waits until the message is in one of the states.
        func wait(_ id: String, for states: MessageState...) async throws -> MessageRecord {
            let isThere = try await eventually { states.map(\.rawValue).contains(try await record(id).state) }
            let found = try await record(id)
            #expect(isThere, "\(found)")
            return found
        }

        func canSend(_ channel: MessageChannel, organization: String?, to recipient: String? = nil) async throws -> Bool {
            try await kernel.withConnection { [module] connection in
                try module.messaging.canSend(channel, organizationID: organization, to: recipient, over: connection)
            }
        }

        /// Serves while the body waits.
        func serve(_ body: @Sendable () async throws -> Void) async throws {
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for service in module.services { group.addTask { try await service.run() } }
                    try await body()
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test(arguments: Engine.available) func `a message is sent once, with its costs, and its receipt settles it`(_ engine: Engine)
        async throws
    {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("one", prices: MessagePrices(["+39": 45_000]))
            let node = Node(database, [gateway])
            try await node.serve {
                let id = try await node.queue()
                let record = try await node.wait(id, for: .sent)
                #expect(record.gateway == "one")
                #expect(record.providerID == "p-\(id)")
                #expect(record.attempts == 1)
                #expect(record.cost == 45_000)
            }
            #expect(gateway.sent.count == 1)
            let costs = try MessageCostStore(connection).costs(since: 0)
            #expect(costs.map(\.cost) == [45_000])
            #expect(costs.map(\.prefix) == ["+39"])
            #expect(try MessageCostStore(connection).costs(since: 0, organizationID: "o2").isEmpty)
            #expect(
                node.module.counters.counts == [MessageCounters.Key(channel: .sms, gateway: "one", outcome: .sent): 1])
        }
    }

    @Test(arguments: Engine.available) func `another gateway takes what the first could not`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let broken = RecordingGateway("broken") { _, _ in .failed(code: "http 503", retryAfterSeconds: nil) }
            let good = RecordingGateway("good")
            let node = Node(database, [broken, good])
            try await node.serve {
                let found1 = try await node.wait(node.queue(), for: .sent).gateway
                #expect(found1 == "good")
                #expect(broken.sent.count == 1)
                // An organization's choice is respected, even where it fails.
                let chosen = try await node.queue(metadata: "broken")
                _ = await eventually { broken.sent.count == 2 }
                #expect(good.sent.count == 1)
                let record = try await node.wait(chosen, for: .queued)
                #expect(record.errorCode == "http 503")
                let found2 = try await node.wait(node.queue(metadata: "unknown"), for: .failed).errorCode
                #expect(found2 == "no-gateway")
            }
        }
    }

    @Test(arguments: Engine.available) func `a failed attempt is repeated with growing pauses`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("one") { message, before in
                before < 2 ? .failed(code: "http 500", retryAfterSeconds: nil) : .sent(providerIDs: [], isDelivered: true)
            }
            let node = Node(database, [gateway])
            try await node.serve {
                let id = try await node.queue()
                var record = try await node.wait(id, for: .queued)
                _ = await eventually { gateway.sent.count == 1 }
                record = try await node.wait(id, for: .queued)
                let first = try #require(record.due) - node.clock.withLockedValue { $0 }
                #expect((1_600_000...2_400_000).contains(first))
                node.advance(seconds: 3)
                _ = await eventually { gateway.sent.count == 2 }
                let isBack = try await eventually { try await node.record(id).state == "queued" }
                #expect(isBack)
                let second = try #require(try await node.record(id).due) - node.clock.withLockedValue { $0 }
                #expect((3_200_000...4_800_000).contains(second))
                node.advance(seconds: 5)
                let found3 = try await node.wait(id, for: .delivered).attempts
                #expect(found3 == 3)
            }
        }
    }

    @Test(arguments: Engine.available) func `a code is not sent when it is good for nothing any more`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("one") { _, _ in .failed(code: "timeout", retryAfterSeconds: 3000) }
            let node = Node(database, [gateway])
            let late = try await node.queue()
            node.advance(seconds: 1801)
            try await node.serve {
                let found4 = try await node.wait(late, for: .expired).attempts
                #expect(found4 == 1)
                #expect(gateway.sent.isEmpty)
                // What the gateway asks for is longer than the code lives.
                let hopeless = try await node.queue()
                let found5 = try await node.wait(hopeless, for: .expired).errorCode
                #expect(found5 == "timeout")
                #expect(gateway.sent.count == 1)
            }
            #expect(try connection.table("SELECT used FROM radian_message_quota") == [["0"], ["0"]])
        }
    }

    @Test(arguments: Engine.available) func `a refused message is not repeated and does not count`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("one") { message, _ in
                message.recipient == "+390000000000" ? .refused(code: "http 400 21211") : .sent(providerIDs: [], isDelivered: false)
            }
            let node = Node(database, [gateway, RecordingGateway("two")]) { $0.smsLimits.daily = 1 }
            try await node.serve {
                let id = try await node.queue("+390000000000")
                let found6 = try await node.wait(id, for: .failed).errorCode
                #expect(found6 == "http 400 21211")
                let found7 = try await node.wait(node.queue(), for: .sent).gateway
                #expect(found7 == "one")
                let found8 = try await node.wait(node.queue(), for: .failed).errorCode
                #expect(found8 == "daily-limit")
            }
        }
    }

    @Test(arguments: Engine.available) func `prefixes are looked at when a message is sent, too`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("one")
            let node = Node(database, [gateway], prefixes: ["+39"]) { $0.smsLimits.allowedPrefixes = ["+39", "+44"] }
            try await node.serve {
                let found9 = try await node.wait(node.queue("+4915112345678"), for: .failed).errorCode
                #expect(found9 == "prefix-not-allowed")
                let found10 = try await node.wait(node.queue("+447911123456"), for: .failed).errorCode
                #expect(found10 == "prefix-not-allowed")
                _ = try await node.wait(node.queue("+447911123456", organization: "o2"), for: .sent)
                _ = try await node.wait(node.queue(), for: .sent)
            }
            #expect(gateway.sent.count == 2)
            #expect(try await node.canSend(.sms, organization: "o1", to: "+393331234567"))
            #expect(try await !node.canSend(.sms, organization: "o1", to: "+447911123456"))
            #expect(try await !node.canSend(.email, organization: "o1"))
        }
    }

    @Test(arguments: Engine.available) func `a mail server that hangs holds up no text message`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let (gate, opener) = AsyncStream<Void>.makeStream()
            let hanging = RecordingGateway("smtp", .email) { _, _ in
                for await _ in gate { break }
                return .sent(providerIDs: [], isDelivered: false)
            }
            let node = Node(database, [hanging, RecordingGateway("one")]) { $0.concurrency = 1 }
            try await node.serve {
                let mail = try await node.queue("a@example.org", kind: .passwordReset)
                _ = await eventually { hanging.sent.count == 1 }
                _ = try await node.wait(node.queue(), for: .sent)
                let found11 = try await node.record(mail).state
                #expect(found11 == "sending")
                opener.finish()
                _ = try await node.wait(mail, for: .sent)
            }
        }
    }

    @Test(arguments: Engine.available) func `what is under way when the program ends is recorded`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let (gate, opener) = AsyncStream<Void>.makeStream()
            let slow = RecordingGateway("one") { message, _ in
                for await _ in gate { break }
                return .sent(providerIDs: ["p"], isDelivered: false)
            }
            let node = Node(database, [slow])
            let id = try await node.queue()
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for service in node.module.services { group.addTask { try await service.run() } }
                    _ = await eventually { slow.sent.count == 1 }
                    trigger.triggerGracefulShutdown()
                    opener.finish()
                    try await group.waitForAll()
                }
            }
            let found12 = try await node.record(id).state
            #expect(found12 == "sent")
        }
    }

    @Test(arguments: Engine.available) func `a node that died in the middle loses nothing`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let node = Node(database, [RecordingGateway("one")])
            let id = try await node.queue()
            let now = node.clock.withLockedValue { $0 }
            // The dead node's lease.
            #expect(try MessageQueueStore(connection).lease(.sms, now: now, until: now + 60_000_000, limit: 1).count == 1)
            try await node.serve {
                let before = try await node.record(id).state
                #expect(before == "sending")
                node.advance(seconds: 61)
                let found13 = try await node.wait(id, for: .sent).attempts
                #expect(found13 == 2)
            }
        }
    }

    @Test(arguments: Engine.available) func `recipients whose server says later do not make the gateway rest`(_ engine: Engine) async throws
    {
        try await TestDatabase.migrated(engine) { connection, database in
            let gateway = RecordingGateway("smtp", .email) { message, _ in
                message.recipient.hasPrefix("later") ? .deferred(code: "smtp 451") : .sent(providerIDs: [], isDelivered: false)
            }
            let node = Node(database, [gateway]) { $0.restFailures = 1 }
            try await node.serve {
                let later = try await node.queue("later@example.org", kind: .credentials)
                _ = await eventually { gateway.sent.count == 1 }
                _ = try await node.wait(node.queue("now@example.org", kind: .credentials), for: .sent)
                let record = try await node.wait(later, for: .queued)
                #expect(record.errorCode == "smtp 451")
            }
        }
    }

    @Test(arguments: Engine.available) func `gateways that fail again and again rest, and attempts with them`(_ engine: Engine) async throws
    {
        try await TestDatabase.migrated(engine) { connection, database in
            let isBroken = NIOLockedValueBox(true)
            let gateway = RecordingGateway("one") { _, _ in
                isBroken.withLockedValue { $0 }
                    ? .failed(code: "timeout", retryAfterSeconds: nil) : .sent(providerIDs: [], isDelivered: false)
            }
            let node = Node(database, [gateway]) {
                $0.restFailures = 2
                $0.concurrency = 1
            }
            let ids = [try await node.queue(), try await node.queue(), try await node.queue()]
            try await node.serve {
                _ = await eventually { gateway.sent.count == 2 }
                let isResting = try await eventually {
                    try await !node.canSend(.sms, organization: nil)
                }
                #expect(isResting)
                #expect(gateway.sent.count == 2)
                isBroken.withLockedValue { $0 = false }
                node.advance(seconds: 16)
                for id in ids { _ = try await node.wait(id, for: .sent) }
                #expect(try await node.canSend(.sms, organization: nil))
            }
        }
    }
}
