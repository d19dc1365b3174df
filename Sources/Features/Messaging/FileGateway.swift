import Foundation
import NIOConcurrencyHelpers

/// A message as ``FileGateway`` writes it, one JSON object a line.
public struct RecordedMessage: Codable, Sendable, Equatable {
    public let id: String
    public let channel: MessageChannel
    public let kind: String
    public let recipient: String
    public let sender: String?
    public let subject: String
    public let text: String
    public let html: String?
    public let organizationID: String?

    /// All messages of a file, in their order; none where there is no file.
    public static func read(_ path: String) -> [RecordedMessage] {
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return content.split(separator: "\n").compactMap { try? JSONDecoder().decode(RecordedMessage.self, from: Data($0.utf8)) }
    }
}

/// Sends nothing: writes messages to a file or to standard error, for development and tests. The file holds codes and passwords.
public final class FileGateway: MessageGateway {
    public let name: String
    public let channel: MessageChannel
    public let timeoutSeconds = 5.0
    public let prices: MessagePrices
    /// Nil for standard error.
    private let path: String?
    private let lock = NIOLock()

    /// - Parameter path: appended to, made where it does not exist, for its owner only; nil for standard error.
    public init(_ channel: MessageChannel, name: String = "file", path: String?, prices: MessagePrices = MessagePrices()) {
        self.channel = channel
        self.name = name
        self.path = path
        self.prices = prices
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        let record = RecordedMessage(
            id: message.id, channel: message.channel, kind: message.kind, recipient: message.recipient, sender: message.sender,
            subject: message.subject, text: message.text, html: message.html, organizationID: message.organizationID)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(record) else { return .refused(code: "unencodable") }
        line.append(UInt8(ascii: "\n"))
        return lock.withLock { write(line) } ? .sent(providerIDs: [], isDelivered: true) : .failed(code: "file", retryAfterSeconds: nil)
    }

    private func write(_ line: Data) -> Bool {
        guard let path else { return (try? FileHandle.standardError.write(contentsOf: line)) != nil }
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        return (try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: line)) != nil
    }
}
