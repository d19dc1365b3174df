public import Database

/// A change of users or groups that a running server has to hear of, whichever process made it.
public struct AccountChange: Sendable, Hashable {
    /// The raw values are stored.
    public enum Kind: String, Sendable, CaseIterable {
        /// The user was made inactive or removed.
        case userDisabled = "user.disabled"
        /// The user joined or left a group.
        case userGroupsChanged = "user.groups-changed"
        /// What a group grants was changed.
        case groupChanged = "group.changed"
    }

    public var kind: Kind
    /// The user's or the group's name.
    public var subject: String

    public init(_ kind: Kind, _ subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// Changes on their way to a server, in the table `radian_change`: written in the transaction of the change, taken once by whichever
/// server sees them first.
public struct ChangeOutbox {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let append = Statement("INSERT INTO radian_change (kind, subject, created) VALUES ($1, $2, $3)")
    private static let take = Statement(
        """
        DELETE FROM radian_change WHERE id IN (SELECT id FROM radian_change ORDER BY id LIMIT $1 {{postgres: FOR UPDATE SKIP LOCKED}})
        RETURNING kind, subject
        """)

    /// Adds a change; call it inside the transaction that makes the change.
    public func append(_ change: AccountChange) throws(DatabaseError) {
        try connection.execute(Self.append, [.text(change.kind.rawValue), .text(change.subject), .integer(currentMicroseconds())])
    }

    /// Removes the oldest changes and returns them, each once; call it inside the transaction that acts on them.
    ///
    /// Kinds of a newer program are removed and left out.
    public func take(limit: Int) throws(DatabaseError) -> Set<AccountChange> {
        var changes: Set<AccountChange> = []
        try connection.query(Self.take, [.integer(Int64(limit))]) { row in
            if let kind = AccountChange.Kind(rawValue: row.text(0)) { changes.insert(AccountChange(kind, row.text(1))) }
        }
        return changes
    }
}
