public import Database

/// A right to do one thing once, given to whoever holds its text.
public struct Ticket: Sendable, Equatable {
    /// The raw values are stored.
    public enum Purpose: String, Sendable {
        /// Logs in without a password (`Authorization: sesame …`).
        case oneTimeLogin = "one-time-login"
        /// Proves that an e-mail address is the user's; the data is the address.
        case emailConfirmation = "email-confirmation"
        /// Allows to set a new password.
        case passwordReset = "password-reset"
        /// Opens a WebSocket; the data is its path.
        case webSocket = "websocket"
    }

    public var purpose: Purpose
    public var userID: String
    /// As it was given to ``TicketStore/make(purpose:userID:data:lifetime:)``.
    public var data: String
}

/// SQL about tickets (`radian_ticket`), over one connection. The table has the SHA-256 of a ticket, never its text.
public struct TicketStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        "INSERT INTO radian_ticket (ticket_sha256, purpose, user_id, data, created, expires) VALUES ($1, $2, $3, $4, $5, $6)")
    private static let take = Statement(
        "DELETE FROM radian_ticket WHERE ticket_sha256 = $1 AND purpose = $2 RETURNING user_id, data, expires")
    private static let peek = Statement("SELECT user_id, data, expires FROM radian_ticket WHERE ticket_sha256 = $1 AND purpose = $2")
    private static let removeAll = Statement("DELETE FROM radian_ticket WHERE user_id {{any $1 text}} AND purpose = $2")
    private static let purge = Statement("DELETE FROM radian_ticket WHERE expires < $1")

    /// Makes a ticket.
    /// - Parameter lifetime: seconds.
    /// - Returns: its text, 43 letters, digits, `-` and `_`.
    public func make(purpose: Ticket.Purpose, userID: String, data: String = "", lifetime: Int64) throws(DatabaseError) -> String {
        let text = RandomText.token()
        let now = currentMicroseconds()
        try connection.execute(
            Self.insert,
            [
                .text(RandomText.digest(text)), .text(purpose.rawValue), .text(userID), .text(data), .integer(now),
                .integer(now + lifetime * 1_000_000),
            ])
        return text
    }

    /// Uses a ticket up: of two who come at once, one gets it.
    /// - Returns: nil when there is none of this purpose, when it was taken before and when it is too old.
    public func take(_ text: String, purpose: Ticket.Purpose) throws(DatabaseError) -> Ticket? {
        try find(Self.take, text, purpose)
    }

    /// A ticket that stays good; nil as for ``take(_:purpose:)``.
    public func peek(_ text: String, purpose: Ticket.Purpose) throws(DatabaseError) -> Ticket? {
        try find(Self.peek, text, purpose)
    }

    private func find(_ statement: Statement, _ text: String, _ purpose: Ticket.Purpose) throws(DatabaseError) -> Ticket? {
        let found = try connection.first(statement, [.text(RandomText.digest(text)), .text(purpose.rawValue)]) { row in
            (ticket: Ticket(purpose: purpose, userID: row.text(0), data: row.text(1)), expires: row.integer(2))
        }
        guard let found, found.expires > currentMicroseconds() else { return nil }
        return found.ticket
    }

    /// Takes back all of a user's tickets of one purpose.
    public func removeAll(of userID: String, purpose: Ticket.Purpose) throws(DatabaseError) {
        try removeAll(of: [userID], purpose: purpose)
    }

    /// Takes back all tickets of one purpose of some users.
    public func removeAll(of userIDs: [String], purpose: Ticket.Purpose) throws(DatabaseError) {
        try connection.execute(Self.removeAll, [.texts(userIDs), .text(purpose.rawValue)])
    }

    /// Removes what is too old.
    func purge() throws(DatabaseError) {
        try connection.execute(Self.purge, [.integer(currentMicroseconds())])
    }
}
