import Database

/// SQL about the outbox's other end, over one connection. Times come from the caller.
struct MessageQueueStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// `due` is when the next attempt may begin; while a node is at it, when its lease ends; NULL once all is said.
    static let lease = Statement(
        """
        UPDATE radian_message SET state = 'sending', due = $4, attempts = attempts + 1, modified = $3 WHERE id IN (
            SELECT id FROM radian_message WHERE channel = $1 AND priority = $2 AND due <= $3
            ORDER BY due LIMIT $5 {{postgres: FOR UPDATE SKIP LOCKED}})
        RETURNING id, recipient, subject, body, html, organization_id, kind, sender, metadata, attempts, created, expires, counted_day
        """)
    /// Where the attempt is an old one, another node has the message now, and its word counts.
    private static let finish = Statement(
        """
        UPDATE radian_message SET state = $3, due = NULL, error_code = $4, modified = $5 WHERE id = $1 AND attempts = $2 AND due IS NOT NULL
        """)
    private static let sent = Statement(
        """
        UPDATE radian_message SET state = $3, due = NULL, gateway = $4, provider_id = $5, error_code = NULL, parts = $6, cost = $7,
            sent = $8, modified = $8
        WHERE id = $1 AND attempts = $2 AND due IS NOT NULL
        """)
    private static let postpone = Statement(
        """
        UPDATE radian_message SET state = 'queued', due = $3, error_code = $4, gateway = $5, modified = $6
        WHERE id = $1 AND attempts = $2 AND due IS NOT NULL
        """)
    private static let blank = Statement(
        "UPDATE radian_message SET body = '', html = NULL, is_blanked = 1 WHERE id = $1 AND is_secret = 1 AND is_blanked = 0")
    private static let blankOld = Statement(
        """
        UPDATE radian_message SET body = '', html = NULL, is_blanked = 1
        WHERE is_secret = 1 AND is_blanked = 0 AND due IS NULL AND expires <= $1
        """)
    private static let prune = Statement("DELETE FROM radian_message WHERE created < $1 AND due IS NULL")
    private static let waiting = Statement(
        "SELECT channel, count(*), min(created) FROM radian_message WHERE due IS NOT NULL GROUP BY channel")

    /// Takes messages whose time has come, urgent ones first; no other node gets them before the lease ends.
    func lease(_ channel: MessageChannel, now: Int64, until: Int64, limit: Int) throws(DatabaseError) -> [LeasedMessage] {
        var leased: [LeasedMessage] = []
        for priority: Int64 in [0, 1] where leased.count < limit {
            let arguments: [DatabaseValue] = [
                .text(channel.rawValue), .integer(priority), .integer(now), .integer(until), .integer(Int64(limit - leased.count)),
            ]
            try connection.query(Self.lease, arguments) { row in
                leased.append(
                    LeasedMessage(
                        id: row.text(0), channel: channel, recipient: row.text(1), subject: row.text(2), text: row.text(3),
                        html: row.textOrNil(4), organizationID: row.textOrNil(5), kind: row.text(6), sender: row.textOrNil(7),
                        metadata: row.textOrNil(8), attempt: Int(row.integer(9)), created: row.integer(10), expires: row.integer(11),
                        countedDay: row.integerOrNil(12)))
            }
        }
        return leased
    }

    /// Ends a message that is not sent: ``MessageState/failed`` or ``MessageState/expired``.
    /// - Returns: false when another node has the message now.
    @discardableResult
    func finish(_ message: LeasedMessage, as state: MessageState, code: String, now: Int64) throws(DatabaseError) -> Bool {
        try connection.execute(
            Self.finish,
            [.text(message.id), .integer(Int64(message.attempt)), .text(state.rawValue), .text(String(code.prefix(255))), .integer(now)])
            > 0
    }

    /// Records that a gateway has the message, and forgets a secret text.
    /// - Returns: false when another node has the message now.
    @discardableResult
    func markSent(
        _ message: LeasedMessage, as state: MessageState, by gateway: String, providerID: String?, parts: Int, cost: Int64, now: Int64
    )
        throws(DatabaseError) -> Bool
    {
        let changed = try connection.execute(
            Self.sent,
            [
                .text(message.id), .integer(Int64(message.attempt)), .text(state.rawValue), .text(gateway), .optional(providerID),
                .integer(Int64(parts)), .integer(cost), .integer(now),
            ])
        try connection.execute(Self.blank, [.text(message.id)])
        return changed > 0
    }

    /// Gives a message back for a later attempt.
    func postpone(_ message: LeasedMessage, until due: Int64, code: String, gateway: String?, now: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.postpone,
            [
                .text(message.id), .integer(Int64(message.attempt)), .integer(due), .text(String(code.prefix(255))), .optional(gateway),
                .integer(now),
            ])
    }

    /// Forgets the secret texts of messages whose time is over, and messages made before `cutoff`.
    func prune(before cutoff: Int64, now: Int64) throws(DatabaseError) {
        try connection.execute(Self.blankOld, [.integer(now)])
        try connection.execute(Self.prune, [.integer(cutoff)])
    }

    /// Messages that are not finished, and when the oldest of them was made, by channel.
    func waiting() throws(DatabaseError) -> [MessageCounters.Waiting] {
        let rows = try connection.rows(Self.waiting) { row throws(DatabaseError) in
            MessageChannel(rawValue: row.text(0)).map {
                MessageCounters.Waiting(channel: $0, count: row.integer(1), oldest: row.integer(2))
            }
        }
        return rows.compactMap { $0 }
    }
}
