import Database

/// SQL about the daily limits of text messages: `radian_message_quota`, one row for each day and organization, and one for all together.
struct MessageLimitStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// The scope of all organizations together.
    private static let everybody = ""
    private static let reserve = Statement(
        """
        INSERT INTO radian_message_quota (day, scope, used) VALUES ($1, $2, 1)
        ON CONFLICT (day, scope) DO UPDATE SET used = radian_message_quota.used + 1 WHERE radian_message_quota.used < $3
        """)
    private static let release = Statement("UPDATE radian_message_quota SET used = used - 1 WHERE day = $1 AND scope = $2 AND used > 0")
    private static let markCounted = Statement("UPDATE radian_message SET counted_day = $2 WHERE id = $1")
    private static let markUncounted = Statement("UPDATE radian_message SET counted_day = NULL WHERE id = $1")
    private static let used = Statement("SELECT used FROM radian_message_quota WHERE day = $1 AND scope = $2")
    private static let prune = Statement("DELETE FROM radian_message_quota WHERE day < $1")

    /// Counts a message once, unless a limit of the day is reached; call it inside a transaction.
    /// - Returns: false when it is, and then nothing is counted.
    func reserve(_ message: LeasedMessage, day: Int64, limits: SMSLimits) throws(DatabaseError) -> Bool {
        guard message.countedDay == nil else { return true }
        guard try count(day, Self.everybody, limit: limits.daily) else { return false }
        if let organization = message.organizationID, try !count(day, organization, limit: limits.dailyPerOrganization) {
            try connection.execute(Self.release, [.integer(day), .text(Self.everybody)])
            return false
        }
        try connection.execute(Self.markCounted, [.text(message.id), .integer(day)])
        return true
    }

    private func count(_ day: Int64, _ scope: String, limit: Int?) throws(DatabaseError) -> Bool {
        // The insert of a day's first message has no condition.
        if limit == 0 { return false }
        return try connection.execute(Self.reserve, [.integer(day), .text(scope), .integer(limit.map(Int64.init) ?? .max)]) > 0
    }

    /// Takes back the count of a message that is not sent after all; call it inside a transaction.
    /// - Parameter day: on which it was counted.
    func release(_ message: LeasedMessage, day: Int64) throws(DatabaseError) {
        try connection.execute(Self.markUncounted, [.text(message.id)])
        for scope in [Self.everybody] + (message.organizationID.map { [$0] } ?? []) {
            try connection.execute(Self.release, [.integer(day), .text(scope)])
        }
    }

    /// Whether one more message may be sent today.
    func allows(organizationID: String?, day: Int64, limits: SMSLimits) throws(DatabaseError) -> Bool {
        if try isUsedUp(day, Self.everybody, limit: limits.daily) { return false }
        guard let organizationID else { return true }
        return try !isUsedUp(day, organizationID, limit: limits.dailyPerOrganization)
    }

    private func isUsedUp(_ day: Int64, _ scope: String, limit: Int?) throws(DatabaseError) -> Bool {
        guard let limit else { return false }
        let used = try connection.first(Self.used, [.integer(day), .text(scope)]) { row throws(DatabaseError) in row.integer(0) } ?? 0
        return used >= Int64(limit)
    }

    /// Forgets days before this one.
    func prune(before day: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(day)])
    }
}
