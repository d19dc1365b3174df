import Accounts
public import Database

/// A user whom a batch made or linked.
struct BatchMember: Sendable, Equatable {
    let userID: String
    let username: String
    /// The batch made the account.
    let isCreated: Bool
    /// The batch made the membership.
    let isJoined: Bool
}

extension BatchStore {
    private static let addMembers = Statement(
        """
        INSERT INTO radian_batch_user (batch_id, user_id, is_created, is_joined)
        SELECT r.batch, r.user_id, r.is_created, r.is_joined
        FROM {{rows batch text, user_id text, is_created bigint, is_joined bigint}} WHERE true
        ON CONFLICT (batch_id, user_id) DO NOTHING
        """)
    private static let someMembers = Statement(
        """
        SELECT m.user_id, u.username, m.is_created, m.is_joined FROM radian_batch_user m JOIN radian_user u ON u.id = m.user_id
        WHERE m.batch_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3
        """)
    private static let expiredMembers = Statement(
        """
        SELECT m.user_id, u.username, m.is_created, m.is_joined FROM radian_batch_user m JOIN radian_user u ON u.id = m.user_id
        WHERE m.batch_id = $1 AND m.is_created = 1 AND u.expires_at < $2 AND m.user_id > $4 ORDER BY m.user_id LIMIT $3
        """)
    private static let removeMembers = Statement("DELETE FROM radian_batch_user WHERE batch_id = $1 AND user_id {{any $2 text}}")
    private static let isEmpty = Statement("SELECT 1 FROM radian_batch_user WHERE batch_id = $1 LIMIT 1")
    private static let countMembers = Statement("SELECT count(*) FROM radian_batch_user WHERE batch_id = $1")
    private static let page = Statement(
        """
        SELECT u.id, u.username, u.email, u.first_name, u.last_name, u.phone_number, u.is_active, u.expires_at, m.is_created
        FROM radian_batch_user m JOIN radian_user u ON u.id = m.user_id
        WHERE m.batch_id = $1 ORDER BY u.created, u.username LIMIT $2 OFFSET $3
        """)
    private static let groups = Statement(
        """
        SELECT username, groupname FROM radusergroup WHERE username {{any $1 text}} AND (organization_id = $2 OR organization_id IS NULL)
        ORDER BY username, priority, id
        """)
    /// Accounts that are somebody else's business, too: members elsewhere, or people who run the system.
    private static let shared = Statement(
        """
        SELECT u.id FROM radian_user u WHERE u.id {{any $1 text}} AND (u.is_staff = 1 OR u.is_superuser = 1
            OR EXISTS (SELECT 1 FROM radian_organization_user o WHERE o.user_id = u.id AND (o.organization_id <> $2 OR o.is_admin = 1)))
        """)

    /// Adds users to the batch's list.
    func add(_ members: [BatchMember], to batchID: String) throws(DatabaseError) {
        try connection.executeRows(
            Self.addMembers,
            columns: [
                .text(members.map { _ in batchID }), .text(members.map(\.userID)), .integer(members.map { $0.isCreated ? 1 : 0 }),
                .integer(members.map { $0.isJoined ? 1 : 0 }),
            ])
    }

    /// Some of the batch's users, by id.
    /// - Parameter last: the last id of the call before; empty at first.
    func members(of batchID: String, after last: String, limit: Int) throws(DatabaseError) -> [BatchMember] {
        try connection.rows(Self.someMembers, [.text(batchID), .text(last), .integer(Int64(limit))], Self.member)
    }

    /// Some of the users that the batch made and whose own end was before a time, seconds since 1970 UTC, by id.
    func members(of batchID: String, endedBefore time: Int64, after last: String, limit: Int) throws(DatabaseError) -> [BatchMember] {
        try connection.rows(Self.expiredMembers, [.text(batchID), .integer(time), .integer(Int64(limit)), .text(last)], Self.member)
    }

    /// Takes users off the batch's list.
    func removeMembers(_ userIDs: [String], of batchID: String) throws(DatabaseError) {
        try connection.execute(Self.removeMembers, [.text(batchID), .texts(userIDs)])
    }

    func hasMembers(_ batchID: String) throws(DatabaseError) -> Bool {
        try connection.first(Self.isEmpty, [.text(batchID)]) { _ in true } ?? false
    }

    /// Those of the accounts that nobody deletes with a batch: staff, managers, and members of other organizations.
    func shared(among userIDs: [String], organizationID: String) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.shared, [.texts(userIDs), .text(organizationID)]) { $0.text(0) })
    }

    /// How many users the batch has.
    public func userCount(of batchID: String) throws(DatabaseError) -> Int {
        Int(try connection.first(Self.countMembers, [.text(batchID)]) { $0.integer(0) } ?? 0)
    }

    /// One page of the batch's users, in the order in which they were made.
    public func users(of batch: Batch, limit: Int, offset: Int64 = 0) throws(DatabaseError) -> [BatchUser] {
        var users = try connection.rows(Self.page, [.text(batch.id), .integer(Int64(limit)), .integer(offset)]) { row in
            BatchUser(
                id: row.text(0), username: row.text(1), email: row.textOrNil(2), firstName: row.text(3), lastName: row.text(4),
                phoneNumber: row.textOrNil(5), isActive: row.integer(6) != 0, expiresAt: row.integerOrNil(7), groups: [],
                isCreated: row.integer(8) != 0)
        }
        var groups: [String: [String]] = [:]
        try connection.query(Self.groups, [.texts(users.map(\.username)), .text(batch.organizationID)]) { row in
            groups[row.text(0), default: []].append(row.text(1))
        }
        for index in users.indices { users[index].groups = groups[users[index].username] ?? [] }
        return users
    }

    private static func member(_ row: any DatabaseRow) -> BatchMember {
        BatchMember(userID: row.text(0), username: row.text(1), isCreated: row.integer(2) != 0, isJoined: row.integer(3) != 0)
    }
}
