import Composition
import Database
import DatabasePostgres
import Foundation
import TestSupport
import Testing

/// Two programs over one PostgreSQL: whoever watches at the one sees what the other takes in, whatever ends in between.
@PeerThread
@Suite(
    .enabled(if: TestDatabase.Engine.postgres.isAvailable, "PostgreSQL is not available"),
    .enabled(if: TopologyWatcher.isInstalled, "Python's websockets are not installed"))
struct TopologyNodesTests {
    @Test("a watcher has the last acknowledged state after kill -9 of the other node, and later ones after an outage of PostgreSQL")
    func twoNodes() throws {
        let postgres = try PrivatePostgres()
        do {
            let connection = try PostgresEngine(url: postgres.url).connect(.general)
            _ = try Schema.migrate(connection)
        }
        let settings = ["RADIAN_TOPOLOGY_API_AUTH_REQUIRED": "no"]
        let near = try ServerUnderTest.start(postgres.url, settings)
        let far = try ServerUnderTest.start(postgres.url, settings)
        // Its id stands in a line of its own.
        let printed = try near.radian("topology", "add", "mesh", "netjson", "--key", "key").split(separator: "\n").map(String.init)
        let id = try #require(printed.first { UUID(uuidString: $0) != nil })
        let watcher = try TopologyWatcher(near.httpPort, id)
        let updates = TopologyUpdates(far.httpPort, id)
        try watcher.expect(step: try updates.acknowledged(1))

        // Killed while updates are under way.
        let sender = updates.sending()
        try updates.waitForAcknowledgements(20)
        try far.kill()
        #expect(sender.wait(timeout: .now() + 30) == .success)
        let last = updates.lastAcknowledged
        #expect(last >= 21)
        // What was under way may have been taken without an answer.
        try eventually("the watcher has step \(last)") { watcher.lastStep >= last }
        #expect(watcher.lastStep <= last + 1)
        let stored = try WebClient(origin: "http://127.0.0.1:\(near.httpPort)").get("/api/v1/network-topology/topology/\(id)/")
        #expect(stored.body.contains("step \(watcher.lastStep)\""), "\(stored.body)")

        try far.restart()
        try watcher.expect(step: try updates.acknowledged(1))

        for end in [postgres.stop, postgres.crash] {
            try end()
            #expect(try updates.send() != 200)
            try postgres.start()
            try watcher.expect(step: try updates.acknowledged(1))
            // Told at once, and not only because the other program looks from time to time.
            try watcher.expect(step: try updates.acknowledged(3))
            #expect(watcher.isWatching)
        }
        #expect(try far.stop() == .code(0))
        #expect(try near.stop() == .code(0))
    }
}

/// A client that says which step of ``TopologyUpdates`` each message shows.
struct TopologyWatcher {
    private static let python = Surroundings.project.appending(path: ".build/python/bin/python").path
    static let isInstalled = Surroundings.isInstalled(
        Surroundings.project.appending(path: ".build/python/bin/websockets").path)

    private let process: ChildProcess

    /// Waits until it watches.
    init(_ port: Int, _ id: String) throws {
        let script = """
            import asyncio, json, websockets
            async def main():
                async with websockets.connect("ws://127.0.0.1:\(port)/ws/network-topology/topology/\(id)/", max_size=None) as ws:
                    print("ready", flush=True)
                    while True:
                        for node in json.loads(await ws.recv())["topology"]["nodes"]:
                            if node["label"].startswith("step "): print(node["label"] + ";", flush=True)
            asyncio.run(main())
            """
        process = try ChildProcess(Self.python, ["-c", script])
        try process.expect("ready")
    }

    var isWatching: Bool { process.isRunning }

    /// The newest of all.
    var lastStep: Int {
        let steps = process.output.text.split(separator: "\n").compactMap { line in
            line.hasPrefix("step ") && line.hasSuffix(";") ? Int(line.dropFirst(5).dropLast()) : nil
        }
        return steps.last ?? 0
    }

    /// Waits until it is what the watcher has.
    func expect(step: Int) throws {
        try eventually("step \(step), not \(lastStep): \(process.output.text.suffix(500))") { lastStep == step }
    }
}

/// Sends a program one state after the other.
///
/// `@unchecked Sendable`: `condition` guards what changes.
final class TopologyUpdates: @unchecked Sendable {
    private let url: String
    private let condition = NSCondition()
    private var step = 0
    private var last = 0

    init(_ port: Int, _ id: String) {
        url = "http://127.0.0.1:\(port)/api/v1/network-topology/topology/\(id)/receive/?key=key"
    }

    /// The last state that the program said it has taken.
    var lastAcknowledged: Int { condition.withLock { last } }

    /// Sends the next state.
    /// - Returns: the answer's status; 0 without one.
    func send() throws -> Int {
        let number = condition.withLock {
            step += 1
            return step
        }
        let graph = """
            {"type":"NetworkGraph","protocol":"OLSR","version":"1","metric":"ETX","nodes":[{"id":"10.0.0.1","label":"step \(number)"},
            {"id":"10.0.0.2"}],"links":[{"source":"10.0.0.1","target":"10.0.0.2","cost":\(number)}]}
            """
        let (_, output) = try ChildProcess.run(
            WebClient.path, ["-s", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: text/plain", "-d", graph, url])
        let status = Int(output) ?? 0
        if status == 200 {
            condition.withLock {
                last = number
                condition.broadcast()
            }
        }
        return status
    }

    /// Sends until so many states are taken, for some time.
    /// - Returns: the last of them.
    func acknowledged(_ count: Int) throws -> Int {
        for _ in 0..<count { try eventually("a state is taken", within: 30) { try send() == 200 } }
        return lastAcknowledged
    }

    /// Sends on a thread of its own until the program takes no more.
    /// - Returns: what is told then.
    func sending() -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [self] in
            while (try? send()) == 200 {}
            ended.signal()
        }
        return ended
    }

    func waitForAcknowledgements(_ count: Int, seconds: Double = 30) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            let goal = last + count
            while last < goal {
                guard condition.wait(until: deadline) else { throw TimedOut(description: "not \(count) states taken within \(seconds) s") }
            }
        }
    }
}
