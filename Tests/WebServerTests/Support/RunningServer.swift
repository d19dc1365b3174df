import Foundation
import HTTPTypes
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import WebRouting
import WebServer
import WebTestSupport

/// A server on a port of its own while a test lasts.
enum RunningServer {
    /// - Parameters:
    ///   - change: settings that differ from short timeouts' defaults.
    ///   - body: gets the port and what stops the server.
    static func with(
        _ routes: [Route] = [], sockets: [WebSocketRoute] = [], service: WebSettings = WebSettings(),
        change: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (_ port: Int, _ server: HTTPServer, _ stop: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings(host: "127.0.0.1", port: 0)
        change(&settings)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let web = WebService(
            routes: routes, sockets: sockets,
            authenticator: FixedAuthenticator(["good": Principal(id: "u", username: "user", method: .apiToken)]), settings: service,
            logger: logger)
        let (ports, running) = AsyncStream<Int>.makeStream()
        let server = try HTTPServer(web, settings: settings, logger: logger) { port in
            running.yield(port)
            running.finish()
        }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { running.finish() }
                    try await server.run()
                }
                for await port in ports { try await body(port, server) { trigger.triggerGracefulShutdown() } }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    /// Runs what blocks on a thread of its own.
    static func blocking<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result(catching: work)) }.start()
        }
    }

    /// What a foreign program prints.
    static func run(_ command: String) async throws -> String {
        try await blocking {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", command]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }
}
