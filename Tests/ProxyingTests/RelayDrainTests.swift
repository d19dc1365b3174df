import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSProxy
import RADIUSTransport
import RADIUSWire
import ServerKernel
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import Proxying

/// The queue from one end to the other: home servers away, programs that end, and nothing lost.
@Suite struct RelayDrainTests {
    /// One run of the program: kernel, router with one pool `home`, module.
    private final class Run: Sendable {
        let kernel: Kernel
        let module: ProxyingModule
        let link: ScriptedLink

        init(_ database: TestDatabase, _ script: @escaping ScriptedLink.Script) throws {
            kernel = Kernel(engine: database.engine, connections: 2, refreshInterval: .seconds(3600), logger: quiet)
            let link = ScriptedLink(script)
            self.link = link
            var settings = ProxySettings()
            settings.maximumTime = .milliseconds(200)
            let router = ProxyRouter(dictionary: try dictionary.get(), settings: settings, links: { _, _ in link }, logger: quiet)
            module = ProxyingModule(
                kernel, router: router,
                configured: ConfiguredProxies(
                    homeServers: [
                        ProxyRecord([
                            "name": "one", "host": "192.0.2.1", "secret": "s", "type": "acct", "response_window": "0.1",
                            "response_timeouts": "1000",
                        ])
                    ], pools: [ProxyRecord(["name": "home", "servers": "one"])]))
            try module.directory.refresh(over: database.engine.connect(.general))
        }

        deinit {
            module.router.stop()
            kernel.stop()
        }

        /// As a packet thread does.
        func enqueue(_ entries: [RelayEntry]) throws {
            try module.relayQueue(over: KeptConnection(kernel.engine, .packets)).enqueue(entries)
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

    private static func expectEmpty(_ database: TestDatabase) async throws {
        let leases = RelayLeases(try database.engine.connect(.general))
        let isEmpty = try await eventually { try leases.waiting() == 0 }
        #expect(isEmpty)
    }

    private func entry(_ session: String, _ number: UInt8, epoch: Int64 = 0) -> RelayEntry {
        RelayEntry(
            destination: "home", session: session,
            attributes: [40, 6, 0, 0, 0, number, 44, UInt8(2 + session.utf8.count)] + Array(session.utf8), receivedEpoch: epoch)
    }

    @Test(arguments: Engine.available) func whatIsQueuedArrivesAndIsForgotten(engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let run = try Run(database) { _, _ in .accountingResponse }
            try await run.serve {
                try run.enqueue([entry("a", 1), entry("b", 1), entry("a", 2)])
                #expect(await eventually { run.link.requests.count == 3 })
            }
            #expect(try RelayLeases(connection).waiting() == 0)
            let ofA = run.link.requests.filter { $0.starts(with: [40, 6, 0, 0, 0, 1, 44, 3, 97]) || $0.starts(with: [40, 6, 0, 0, 0, 2]) }
            #expect(ofA.map { $0[5] } == [1, 2], "in order")
        }
    }

    @Test(arguments: Engine.available) func aHomeServerThatWasAwayGetsEverythingAfterARestart(engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let first = try Run(database) { _, _ in nil }
            try await first.serve {
                try first.enqueue((1...3).map { entry("a", $0) } + [entry("b", 1)])
                // Tried in vain, once for each session.
                #expect(await eventually { first.link.requests.count >= 2 })
            }
            #expect(try RelayLeases(connection).waiting() == 4)
            // The program ends without a word and starts again: leases and pauses of the run before pass.
            try connection.script("UPDATE radian_relay SET leased_until = 0, next_attempt_at = 0")
            let second = try Run(database) { _, _ in .accountingResponse }
            try await second.serve {
                try await Self.expectEmpty(database)
            }
            #expect(second.link.requests.count == 4)
            let ofA = second.link.requests.filter { $0.dropFirst(6).starts(with: [44, 3, 97]) }
            #expect(ofA.map { $0[5] } == [1, 2, 3])
            #expect(second.link.requests.allSatisfy { RawAttributes(bytes: $0, start: 0).contains { $0.type == 41 } }, "Acct-Delay-Time")
        }
    }

    @Test(arguments: Engine.available) func failuresPauseLongerAndLonger(engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            let run = try Run(database) { _, _ in nil }
            let now = NIOLockedValueBox<Int64>(10_000)
            let drain = RelayDrain(
                kernel: run.kernel, router: run.module.router, wakeUp: AsyncStream { $0.finish() }, wake: {},
                epoch: { now.withLockedValue { $0 } })
            try run.enqueue([entry("a", 1)])
            var pauses: [String] = []
            for _ in 0..<4 {
                await drain.drain("home")
                let due = try #require(try connection.table("SELECT next_attempt_at FROM radian_relay").first?.first)
                pauses.append("\((Int64(due) ?? 0) - now.withLockedValue { $0 })")
                now.withLockedValue { $0 = Int64(due) ?? 0 }
            }
            #expect(pauses == ["1", "2", "4", "8"])
            #expect(run.link.requests.count == 4)
            run.link.become { _, _ in .accountingResponse }
            await drain.drain("home")
            #expect(try RelayLeases(connection).waiting() == 0)
        }
    }

    @Test(arguments: Engine.available) func twoNodesShareOneQueue(engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { _, database in
            let nodes = try (0..<2).map { _ in try Run(database) { _, _ in .accountingResponse } }
            try nodes[0].enqueue((0..<150).flatMap { [entry("\($0)", 1), entry("\($0)", 2)] })
            try await nodes[0].serve {
                try await nodes[1].serve {
                    try await Self.expectEmpty(database)
                }
            }
            #expect(nodes[0].link.requests.count + nodes[1].link.requests.count == 300, "each once")
        }
    }
}
