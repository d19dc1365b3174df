import Foundation
import Logging
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControlServerTests {
    /// Runs the body beside a server on a socket of its own.
    private func with(_ commands: [String: ControlCommand], _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rc-\(UUID().uuidString.prefix(8)).sock").path
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await ControlServer(path: path, commands: commands, logger: Logger(label: "test")).run() }
                let isRunning = await eventually { (try? await Self.send("none", to: path)) != nil }
                #expect(isRunning)
                try await body(path)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// The lines of an answer, read on a thread that may block.
    private static func send(_ command: String, _ options: [String: String] = [:], limit: Int = .max, to path: String) async throws
        -> [String]
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        var lines: [String] = []
                        try ControlClient.send(ControlRequest(command: command, options: options), to: path) { line in
                            lines.append(String(line))
                            return lines.count < limit
                        }
                        return lines
                    })
            }
        }
    }

    @Test func `a command answers with lines`() async throws {
        let echo: ControlCommand = { options in
            AsyncStream { continuation in
                for (key, value) in options.sorted(by: { $0.key < $1.key }) { continuation.yield("\(key)=\(value)") }
                continuation.finish()
            }
        }
        try await with(["echo": echo]) { (path) async throws in
            #expect(try await Self.send("echo", ["b": "größe\n2", "a": "1"], to: path) == ["a=1", "b=größe", "2"])
            #expect(try await Self.send("echo", to: path) == [])
            #expect(try await Self.send("unknown", to: path) == ["unknown request"])
        }
    }

    @Test func `only the server's user may open the socket`() async throws {
        try await with([:]) { (path) async throws in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test func `a long answer and several clients at once`() async throws {
        let many: ControlCommand = { options in
            AsyncStream { continuation in
                for number in 0..<5000 { continuation.yield("\(options["name"] ?? "") \(number)") }
                continuation.finish()
            }
        }
        try await with(["many": many]) { (path) async throws in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for name in ["a", "b", "c"] {
                    group.addTask { try await Self.send("many", ["name": name], to: path) == (0..<5000).map { "\(name) \($0)" } }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `a slow client gets the end of a long answer, too`() async throws {
        let lines = 4000
        let long: ControlCommand = { _ in
            AsyncStream { continuation in
                for number in 0..<lines { continuation.yield("\(number) " + String(repeating: "x", count: 200)) }
                continuation.finish()
            }
        }
        try await with(["long": long]) { (path) async throws in
            let count = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int, any Error>) in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            var count = 0
                            try ControlClient.send(ControlRequest(command: "long"), to: path) { _ in
                                count += 1
                                // Slower than the server writes, so that the socket is full when it has written all.
                                var digest = UInt64(count)
                                for step in 0..<20_000 { digest = digest &* 6_364_136_223_846_793_005 &+ UInt64(step) }
                                return digest != 0 || count > 0
                            }
                            return count
                        })
                }
            }
            #expect(count == lines)
        }
    }

    @Test func `a client that leaves ends its command, even one that says nothing`() async throws {
        let ended = NIOLockedValueBox(0)
        let follow: ControlCommand = { _ in
            AsyncStream { continuation in
                continuation.onTermination = { _ in ended.withLockedValue { $0 += 1 } }
                continuation.yield("first")
            }
        }
        try await with(["follow": follow]) { (path) async throws in
            #expect(try await Self.send("follow", limit: 1, to: path) == ["first"])
            let hasEnded = await eventually { ended.withLockedValue { $0 } == 1 }
            #expect(hasEnded)
        }
    }

    @Test func `the shutdown ends a command that goes on for ever`() async throws {
        let follow: ControlCommand = { _ in AsyncStream { $0.yield("first") } }
        let lines = NIOLockedValueBox<[String]>([])
        let client = NIOLockedValueBox<Task<[String], any Error>?>(nil)
        try await with(["follow": follow]) { (path) async throws in
            let started = AsyncStream<Void>.makeStream()
            client.withLockedValue {
                $0 = Task {
                    try await withCheckedThrowingContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(
                                with: Result {
                                    try ControlClient.send(ControlRequest(command: "follow"), to: path) { line in
                                        lines.withLockedValue { $0.append(String(line)) }
                                        started.continuation.yield()
                                        return true
                                    }
                                    return lines.withLockedValue { $0 }
                                })
                        }
                    }
                }
            }
            for await _ in started.stream { break }
        }
        #expect(try await client.withLockedValue { $0 }?.value == ["first"])
    }

    @Test func `without a server the client says so`() {
        let error = #expect(throws: ControlClient.NotRunning.self) {
            try ControlClient.send(ControlRequest(command: "x"), to: "/nonexistent/radian.sock") { _ in true }
        }
        #expect(error?.description.contains("/nonexistent/radian.sock") == true)
        #expect(throws: ControlClient.NotRunning.self) {
            try ControlClient.send(ControlRequest(command: "x"), to: "/" + String(repeating: "x", count: 200)) { _ in true }
        }
    }
}
