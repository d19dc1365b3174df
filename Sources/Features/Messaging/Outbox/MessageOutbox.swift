public import Database
import Foundation
public import ServerKernel
import Localization
import WebRouting

/// Messages are on their way. Publish it after the commit, so that they are sent at once and not at the next look at the outbox.
public struct MessagesQueued: Event {
    public init() {}
}

/// Why a message cannot be put into the outbox: the fault of who wrote it.
public enum MessageError: Error, Equatable, CustomStringConvertible {
    /// No e-mail address, or no telephone number with `+` and calling code.
    case invalidRecipient(MessageChannel)
    /// The text is empty.
    case empty

    public var description: String {
        switch self {
        case .invalidRecipient(.email): "the recipient is no e-mail address"
        case .invalidRecipient(.sms): "the recipient is no telephone number such as +393664255801"
        case .empty: "the message has no text"
        }
    }
}

/// The way in: messages are written in the transaction of their cause, in the table `radian_message`, and sent after its commit, at least
/// once.
public struct MessageOutbox {
    private let connection: any DatabaseConnection
    private let now: Int64

    /// - Parameter now: microseconds since 1970 UTC; nil for the clock's.
    public init(_ connection: any DatabaseConnection, now: Int64? = nil) {
        self.connection = connection
        self.now = now ?? currentMicroseconds()
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_message (id, channel, recipient, subject, body, html, organization_id, kind, language, sender, metadata,
            is_secret, priority, state, due, expires, created, modified, lifetime)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'queued', $14, $15, $14, $14, $16)
        """)

    /// Queues a message; call it inside the transaction of its cause.
    /// - Returns: the message's id.
    /// - Throws: ``MessageError`` for a message that nobody can send, or the database's error.
    @discardableResult
    public func append(_ message: OutgoingMessage) throws -> String {
        guard !message.text.isEmpty else { throw MessageError.empty }
        let isValid =
            switch message.channel {
            case .email: EmailAddress.isValid(message.recipient)
            case .sms: PhoneNumber.isValid(message.recipient)
            }
        guard isValid else { throw MessageError.invalidRecipient(message.channel) }
        let id = UUID().uuidString.lowercased()
        let lifetime = (message.lifetimeSeconds ?? message.kind.lifetimeSeconds) * 1_000_000
        try connection.execute(
            Self.insert,
            [
                .text(id), .text(message.channel.rawValue), .text(message.recipient), .text(Self.storable(message.subject)),
                .text(Self.storable(message.text)), .optional(message.html.map(Self.storable)), .optional(message.organizationID),
                .text(message.kind.name), .text(message.language.rawValue), .optional(message.sender),
                .optional(message.metadata.map { String(decoding: $0.bytes, as: UTF8.self) }), .integer(message.kind.isSecret ? 1 : 0),
                .integer(message.kind.isUrgent ? 0 : 1), .integer(now), .integer(now + lifetime), .integer(lifetime),
            ])
        return id
    }

    /// No database column takes U+0000, and no reader misses it.
    private static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "") : text
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func currentMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
