import Database

/// What a gateway reports about a message that it has taken.
public enum ReceiptState: String, Sendable, Equatable {
    case delivered, failed
}

/// SQL about delivery receipts: `radian_message_part` has a row for each part of a message, by the gateway's own id.
struct MessageReceiptStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// A receipt may be faster than our own record of the message.
    private static let expect = Statement(
        """
        INSERT INTO radian_message_part (gateway, provider_id, message_id, state, modified) VALUES ($1, $2, $3, 'sent', $4)
        ON CONFLICT (gateway, provider_id) DO UPDATE SET message_id = excluded.message_id
        """)
    private static let receive = Statement(
        """
        INSERT INTO radian_message_part (gateway, provider_id, state, error_code, modified) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (gateway, provider_id) DO UPDATE SET state = excluded.state, error_code = excluded.error_code,
            modified = excluded.modified
        WHERE radian_message_part.state = 'sent'
        """)
    private static let find = Statement("SELECT message_id FROM radian_message_part WHERE gateway = $1 AND provider_id = $2")
    /// So that receipts of two parts at once see each other.
    private static let lock = Statement("UPDATE radian_message SET modified = $2 WHERE id = $1 AND state = 'sent'")
    private static let settle = Statement(
        """
        UPDATE radian_message SET
            state = CASE WHEN EXISTS (SELECT 1 FROM radian_message_part p WHERE p.message_id = $1 AND p.state = 'failed')
                THEN 'failed' ELSE 'delivered' END,
            error_code = (SELECT min(p.error_code) FROM radian_message_part p WHERE p.message_id = $1 AND p.state = 'failed')
        WHERE id = $1 AND state = 'sent' AND EXISTS (SELECT 1 FROM radian_message_part p WHERE p.message_id = $1)
            AND (EXISTS (SELECT 1 FROM radian_message_part p WHERE p.message_id = $1 AND p.state = 'failed')
                OR NOT EXISTS (SELECT 1 FROM radian_message_part p WHERE p.message_id = $1 AND p.state = 'sent'))
        """)
    private static let prune = Statement("DELETE FROM radian_message_part WHERE modified < $1")

    /// Remembers which parts a message was sent in; receipts that came before count. Call it inside a transaction.
    func expect(_ providerIDs: [String], of messageID: String, at gateway: String, now: Int64) throws(DatabaseError) {
        for id in providerIDs where !id.isEmpty && id.utf8.count <= 255 {
            try connection.execute(Self.expect, [.text(gateway), .text(id), .text(messageID), .integer(now)])
        }
        try settle(messageID, now)
    }

    /// Records a receipt. The first one about a part counts. Call it inside a transaction.
    /// - Returns: whether the part's message is known.
    @discardableResult
    func receive(_ state: ReceiptState, providerID: String, at gateway: String, code: String?, now: Int64) throws(DatabaseError) -> Bool {
        guard !providerID.isEmpty, providerID.utf8.count <= 255, !providerID.utf8.contains(0) else { return false }
        let code = code.map { String($0.filter { !$0.isNewline && $0 != "\0" }.prefix(255)) }
        try connection.execute(
            Self.receive, [.text(gateway), .text(providerID), .text(state.rawValue), .optional(code), .integer(now)])
        let message = try connection.first(Self.find, [.text(gateway), .text(providerID)]) { row throws(DatabaseError) in row.textOrNil(0) }
        guard let message = message ?? nil else { return false }
        try settle(message, now)
        return true
    }

    private func settle(_ messageID: String, _ now: Int64) throws(DatabaseError) {
        try connection.execute(Self.lock, [.text(messageID), .integer(now)])
        try connection.execute(Self.settle, [.text(messageID)])
    }

    /// Forgets parts of which nothing was heard since `cutoff`.
    func prune(before cutoff: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(cutoff)])
    }
}
