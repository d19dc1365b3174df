import Foundation
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// A request of a local operator to the running server: one JSON object of texts on one line.
public struct ControlRequest: Sendable, Codable, Equatable {
    /// What to do: `trace`, `counters`, `reload`.
    public var command: String
    /// Options by name.
    public var options: [String: String]

    public init(command: String, options: [String: String] = [:]) {
        self.command = command
        self.options = options
    }
}

/// A command that the control socket offers: lines until the stream ends or the client leaves.
public typealias ControlCommand = @Sendable ([String: String]) -> AsyncStream<String>

/// Listens on a Unix-domain socket that only the server's own user can open, so that the command line can ask a running
/// server things. The file's permissions are the authentication.
public struct ControlServer: Service {
    private let path: String
    private let commands: [String: ControlCommand]
    private let logger: Logger
    private static let longestRequest = 64 * 1024

    /// - Parameters:
    ///   - path: socket file; an old one is replaced.
    ///   - commands: by name.
    public init(path: String, commands: [String: ControlCommand], logger: Logger) {
        self.path = path
        self.commands = commands
        self.logger = logger
    }

    /// Returns when the program shuts down.
    public func run() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        chmod(path, 0o600)
        try await cancelWhenGracefulShutdown {
            try await server.executeThenClose { clients in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await client in clients {
                            group.addTask { await serve(client) }
                        }
                    } catch {
                        if !Task.isCancelled { logger.error("control socket: \(error)") }
                    }
                    group.cancelAll()
                }
            }
        }
        unlink(path)
    }

    private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        do {
            try await client.executeThenClose { inbound, outbound in
                var input = inbound.makeAsyncIterator()
                var line = ByteBuffer()
                while !line.readableBytesView.contains(UInt8(ascii: "\n")), line.readableBytes < Self.longestRequest {
                    guard var part = try await input.next() else { return }
                    line.writeBuffer(&part)
                }
                guard let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line.readableBytesView)),
                    let command = commands[request.command]
                else {
                    try await outbound.write(ByteBuffer(string: "unknown request\n"))
                    return
                }
                // A client that leaves ends its command at once, however long that would have kept silent.
                let (connected, left) = AsyncStream<Never>.makeStream()
                client.channel.closeFuture.whenComplete { _ in left.finish() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await _ in connected {} }
                    group.addTask {
                        for await text in command(request.options) {
                            try await outbound.write(ByteBuffer(string: text + "\n"))
                        }
                        try await Self.drain(client.channel)
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
        } catch {
            logger.debug("control client left: \(error)")
        }
    }

    /// Waits until the client took all that was written; closing before would lose what its socket had no room for.
    private static func drain(_ channel: any Channel) async throws {
        try await withTaskCancellationHandler {
            try await channel.writeAndFlush(ByteBuffer()).get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// The command line's end of the control socket.
public enum ControlClient {
    /// No server listens on the socket.
    public struct NotRunning: Error, CustomStringConvertible {
        let path: String
        public var description: String { "no running server answers on \(path); start one with 'radian serve', or give its --config" }
    }

    /// Sends one request and hands each line of the answer to `line` until the server ends it or `line` returns false.
    public static func send(_ request: ControlRequest, to path: String, line: (Substring) throws -> Bool) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw NotRunning(path: path) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw NotRunning(path: path) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard connected == 0 else { throw NotRunning(path: path) }
        var message = try JSONEncoder().encode(request)
        message.append(UInt8(ascii: "\n"))
        let sent = message.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == message.count else { throw NotRunning(path: path) }

        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            received.append(contentsOf: buffer[..<count])
            while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let text = String(decoding: received[received.startIndex..<end], as: UTF8.self)
                received.removeSubrange(received.startIndex...end)
                guard try line(text[...]) else { return }
            }
        }
    }
}
