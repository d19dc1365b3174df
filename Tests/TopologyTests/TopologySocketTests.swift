import Accounts
import Database
import Foundation
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServerKernel
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing
import TestSupport
import TopologyFormats
import WebRouting
import WebServer
import WebTestSupport

@testable import Topology

/// The WebSocket as clients see it.
@Suite struct TopologySocketTests {
    /// Runs a server over the module.
    static func serve(
        _ fixture: Fixture, _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let web = WebService(
            routes: fixture.module.routes, sockets: fixture.module.sockets, authenticator: fixture.authenticator, settings: WebSettings(),
            logger: logger)
        let (ports, running) = AsyncStream<Int>.makeStream()
        let server = try HTTPServer(web, settings: HTTPServerSettings(host: "127.0.0.1", port: 0), logger: logger) { port in
            running.yield(port)
            running.finish()
        }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { running.finish() }
                    try await server.run()
                }
                for await port in ports { try await body(port) }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    private func decide(_ fixture: Fixture, _ id: String, _ name: String?) async -> Int {
        var head = HTTPRequest(
            method: .get, scheme: "http", authority: "radian.test", path: "/ws/network-topology/topology/\(id)/", headerFields: [:])
        if let name { head.headerFields[.authorization] = "Bearer \(name)" }
        switch await fixture.client.service.openSocket(IncomingRequest(head: head, peerAddress: "192.0.2.1", isSecure: false)) {
        case .accepted: return 101
        case .refused(let response): return response.status.code
        case .none: return 0
        }
    }

    @Test("who may watch", arguments: TestDatabase.Engine.available)
    func access(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let own = try fixture.topology().id
            let shared = try fixture.topology("shared", isShared: true).id
            let hidden = try fixture.topology("hidden", isPublished: false).id
            let absent = "5f1c8a52-6f0e-4c3b-9d57-0f7f3a2f9a10"
            for name in ["root", "manager", "viewer"] { #expect(await decide(fixture, own, name) == 101, "\(name)") }
            for name in ["changer", "powerless", "foreigner", "nobody", "unheard", nil] {
                let status = await decide(fixture, own, name)
                #expect([401, 403].contains(status), "\(name ?? "-")")
            }
            #expect(await decide(fixture, shared, "root") == 101)
            #expect(await decide(fixture, shared, "manager") == 403)
            #expect(await decide(fixture, hidden, "viewer") == 101)
            #expect(await decide(fixture, absent, "root") == 404)
            #expect(await decide(fixture, absent, "viewer") == 403)
            #expect(await decide(fixture, "x", "root") == 404)
        }
        try await Fixture.with(engine, { $0.readingNeedsLogin = false }) { fixture in
            let own = try fixture.topology().id
            #expect(await decide(fixture, own, nil) == 101)
            #expect(await decide(fixture, "5f1c8a52-6f0e-4c3b-9d57-0f7f3a2f9a10", nil) == 404)
        }
    }

    @Test("a change in another process is told", arguments: TestDatabase.Engine.available)
    func otherProcess(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            let (_, messages) = fixture.module.hub.join(id, knowing: 0)
            let other = try Fixture(fixture.engine, fixture.connection, { _ in })
            defer { other.kernel.stop() }
            try other.take(Fixture.chain(2), id)
            try await fixture.module.feed.look()
            var iterator = messages.makeAsyncIterator()
            let message = await iterator.next()
            let text = message.map { String(buffer: $0.text) } ?? ""
            #expect(
                text.hasPrefix(#"{"type":"broadcast_topology","topology":{"type":"NetworkGraph","protocol":"OLSR""#), "\(text.prefix(200))")
        }
    }

    @Test("PostgreSQL tells of commits, and of nothing that was rolled back", .enabled(if: TestDatabase.Engine.postgres.isAvailable))
    func notifications() async throws {
        try await Fixture.with(.postgres) { fixture in
            let listener = try #require(try fixture.engine.listen(to: TopologyFeed.channel))
            let id = try fixture.topology().id
            try fixture.take(Fixture.chain(2), id)
            try fixture.take(Fixture.chain(2), id)
            struct Stop: Error {}
            #expect(throws: Stop.self) { try fixture.module.engine.change(id, over: fixture.connection) { _ in throw Stop() } }
            try fixture.take(Fixture.chain(3), id)
            var told: [String] = []
            while told.count < 2 { told += try listener.wait(milliseconds: 1000) }
            #expect(told == [id, id])
            let rest = try listener.wait(milliseconds: 1)
            #expect(rest.isEmpty)
        }
    }

    @Test(
        "Python's websockets: what it sends is ignored, each change comes as an object, removal ends it",
        .enabled(if: PythonPeer.isInstalled))
    func python() async throws {
        try await Fixture.with(.sqlite) { fixture in
            let id = try fixture.topology().id
            let kernel = fixture.kernel
            let manager = fixture.user("manager")
            let engine = fixture.module.engine
            let hub = fixture.module.hub
            let deliver: @Sendable (Int) async throws -> Void = { count in
                _ = try await kernel.withConnection { try engine.take(Fixture.chain(count), for: id, over: $0) }
            }
            try await Self.serve(fixture) { port in
                let script = """
                    import asyncio, json, sys, websockets
                    async def main():
                        url = "ws://127.0.0.1:\(port)/ws/network-topology/topology/\(id)/"
                        for headers in ({}, {"Authorization": "Bearer foreigner"}):
                            try:
                                await websockets.connect(url, additional_headers=headers)
                                print("opened"); return
                            except websockets.InvalidStatus as error:
                                print(error.response.status_code)
                        async with websockets.connect(url, additional_headers={"Authorization": "Bearer viewer"}, max_size=None) as ws:
                            for text in ("{}", b"octets", "x" * 1000): await ws.send(text)
                            print("ready", flush=True)
                            sizes = []
                            while True:
                                try: message = json.loads(await asyncio.wait_for(ws.recv(), 60))
                                except websockets.ConnectionClosed as error:
                                    print("closed", ws.close_code); break
                                assert message["type"] == "broadcast_topology" and message["topology"]["id"] == "\(id)"
                                size = len(message["topology"]["nodes"])
                                print("nodes", size, flush=True)
                    asyncio.run(main())
                    """
                let peer = try PythonPeer(script)
                #expect(await eventually { peer.output.contains("ready") }, "\(peer.output)")
                #expect(peer.output.hasPrefix("403\n403\n"), "\(peer.output)")
                #expect(await eventually { hub.watchers(of: id) == 1 })
                // Larger than a frame.
                for count in [3, 3000] {
                    try await deliver(count)
                    #expect(await eventually { peer.output.contains("nodes \(count)\n") }, "\(peer.output)")
                }
                let path = "\(Fixture.path)topology/\(id)/"
                #expect(await manager.delete(path).status == 204)
                #expect(await eventually { peer.output.contains("closed 1000") }, "\(peer.output)")
            }
        }
    }

    @Test("a client that takes nothing delays nobody, and costs no memory", .enabled(if: PythonPeer.isInstalled))
    func slowClient() async throws {
        try await Fixture.with(.sqlite) { fixture in
            let id = try fixture.topology().id
            let kernel = fixture.kernel
            let engine = fixture.module.engine
            let hub = fixture.module.hub
            let deliver: @Sendable (Double) async throws -> Void = { cost in
                _ = try await kernel.withConnection { try engine.take(Fixture.chain(2000, cost: cost), for: id, over: $0) }
            }
            try await Self.serve(fixture) { port in
                let script = """
                    import asyncio, json, socket, websockets
                    async def main():
                        url = "ws://127.0.0.1:\(port)/ws/network-topology/topology/\(id)/"
                        headers = {"Authorization": "Bearer viewer"}
                        # Takes nothing, pongs included: its window is full after a part of the first message.
                        stuck = [await websockets.connect(url, additional_headers=headers, compression=None, max_queue=1, max_size=None,
                                                          ping_interval=None)
                                 for _ in range(20)]
                        for each in stuck: each.transport.pause_reading()
                        async with websockets.connect(url, additional_headers=headers, max_size=None) as ws:
                            print("ready", flush=True)
                            while True:
                                message = json.loads(await asyncio.wait_for(ws.recv(), 60))
                                cost = message["topology"]["links"][0]["cost"]
                                print("cost", int(cost), flush=True)
                                if cost == 12:
                                    # Those who take nothing stay.
                                    await asyncio.Event().wait()
                    asyncio.run(main())
                    """
                let peer = try PythonPeer(script)
                #expect(await eventually { hub.watchers(of: id) == 21 }, "\(peer.output)")
                var held = 0
                for cost in 1...12 {
                    try await deliver(Double(cost))
                    #expect(await eventually { peer.output.contains("cost \(cost)\n") }, "\(cost): \(peer.output.suffix(300))")
                    held = max(held, hub.underWay.octets)
                }
                // A message has 0.6 MB, and clients share it: the one that they have begun, the newest, and that of whoever takes all.
                // On a machine that is slow enough the server has given up by then those who take nothing.
                #expect(held > 0)
                #expect(await eventually { hub.underWay.octets < 3_000_000 }, "\(hub.underWay.octets) octets")
                withExtendedLifetime(peer) {}
            }
        }
    }
}

/// A Python program; ended with its last reference.
///
/// `@unchecked Sendable`: `text` is guarded by its own lock, and the rest never changes after `init`.
final class PythonPeer: @unchecked Sendable {
    private static let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../.build/python/bin/")
    /// Its link's place tells Python where its packages are.
    private static let path = tools.appending(path: "python").path
    static let isInstalled = FileManager.default.isExecutableFile(atPath: tools.appending(path: "websockets").path)

    private let process = Process()
    private let text = NIOLockedValueBox("")

    init(_ script: String) throws {
        process.executableURL = URL(fileURLWithPath: PythonPeer.path)
        process.arguments = ["-c", script]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        pipe.fileHandleForReading.readabilityHandler = { [text] handle in
            let part = String(decoding: handle.availableData, as: UTF8.self)
            text.withLockedValue { $0 += part }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var output: String { text.withLockedValue { $0 } }
}
