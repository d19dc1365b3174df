public import Database

/// A message as operators see it.
public struct MessageRecord: Sendable, Equatable, Encodable {
    public let id: String
    public let channel: String
    public let recipient: String
    public let subject: String
    /// Empty for secret ones.
    public let text: String
    public let organizationID: String?
    public let kind: String
    public let language: String
    public let state: String
    public let attempts: Int
    public let gateway: String?
    public let providerID: String?
    public let errorCode: String?
    public let parts: Int
    /// Millionths of the currency.
    public let cost: Int64
    /// Microseconds since 1970 UTC; so are the others.
    public let created: Int64
    public let expires: Int64
    /// Of the next attempt, or of the end of the lease of whoever is at it.
    public let due: Int64?
    public let sent: Int64?
}

/// SQL for operators: what became of messages.
public struct MessageArchive {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// Nobody but the recipient reads a secret text.
    private static let columns = """
        id, channel, recipient, subject, CASE WHEN is_secret = 1 THEN '' ELSE body END, organization_id, kind, language, state, attempts,
        gateway, provider_id, error_code, parts, cost, created, expires, due, sent
        """
    private static let list = Statement(
        """
        SELECT \(columns) FROM radian_message
        WHERE ($1 = '' OR state = $1) AND ($2 = '' OR organization_id = $2) AND ($3 = '' OR recipient = $3)
        ORDER BY created DESC, id LIMIT $4
        """)
    private static let one = Statement("SELECT \(columns) FROM radian_message WHERE id = $1")
    private static let retry = Statement(
        """
        UPDATE radian_message SET state = 'queued', due = $2, expires = $2 + lifetime, modified = $2
        WHERE id = $1 AND state IN ('failed', 'expired') AND is_blanked = 0
        """)
    /// Receipts about the attempt that failed say nothing about the next.
    private static let forgetParts = Statement("DELETE FROM radian_message_part WHERE message_id = $1")

    /// The newest messages.
    public func list(state: MessageState? = nil, organizationID: String? = nil, recipient: String? = nil, limit: Int = 50)
        throws(DatabaseError) -> [MessageRecord]
    {
        try connection.rows(
            Self.list, [.text(state?.rawValue ?? ""), .text(organizationID ?? ""), .text(recipient ?? ""), .integer(Int64(limit))],
            Self.decode)
    }

    /// One message; nil when there is none.
    public func message(id: String) throws(DatabaseError) -> MessageRecord? {
        try connection.first(Self.one, [.text(id)], Self.decode)
    }

    /// Queues a message again that failed or came too late, with its whole lifetime before it.
    /// - Returns: false when it is in another state, or its secret text is gone.
    public func retry(id: String, now: Int64? = nil) throws(DatabaseError) -> Bool {
        try connection.transaction { () throws(DatabaseError) in
            guard try connection.execute(Self.retry, [.text(id), .integer(now ?? currentMicroseconds())]) > 0 else { return false }
            try connection.execute(Self.forgetParts, [.text(id)])
            return true
        }
    }

    private static func decode(_ row: any DatabaseRow) -> MessageRecord {
        MessageRecord(
            id: row.text(0), channel: row.text(1), recipient: row.text(2), subject: row.text(3), text: row.text(4),
            organizationID: row.textOrNil(5), kind: row.text(6), language: row.text(7), state: row.text(8), attempts: Int(row.integer(9)),
            gateway: row.textOrNil(10), providerID: row.textOrNil(11), errorCode: row.textOrNil(12), parts: Int(row.integer(13)),
            cost: row.integer(14), created: row.integer(15), expires: row.integer(16), due: row.integerOrNil(17), sent: row.integerOrNil(18)
        )
    }
}
