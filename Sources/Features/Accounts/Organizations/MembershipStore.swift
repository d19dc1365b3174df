public import Database
import Foundation
public import WebRouting

/// SQL about who belongs to which organization, over one connection. Callers open the transaction where several calls belong together.
public struct MembershipStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_organization_user (organization_id, user_id, id, is_admin, created, modified) VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT (organization_id, user_id) DO NOTHING
        """)
    private static let delete = Statement("DELETE FROM radian_organization_user WHERE organization_id = $1 AND user_id = $2")
    private static let setAdmin = Statement(
        "UPDATE radian_organization_user SET is_admin = $3, modified = $4 WHERE organization_id = $1 AND user_id = $2")
    private static let setOwner = Statement(
        """
        INSERT INTO radian_organization_owner (organization_id, user_id, created) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO UPDATE SET user_id = excluded.user_id, created = excluded.created
        """)
    private static let ownIfVacant = Statement(
        """
        INSERT INTO radian_organization_owner (organization_id, user_id, created) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO NOTHING
        """)
    private static let removeOwner = Statement("DELETE FROM radian_organization_owner WHERE organization_id = $1")
    private static let joined =
        """
        SELECT m.id, m.user_id, u.username, m.organization_id, o.slug, o.name, o.is_active, m.is_admin,
            CASE WHEN w.user_id IS NULL THEN 0 ELSE 1 END
        FROM radian_organization_user m
        JOIN radian_organization o ON o.id = m.organization_id
        JOIN radian_user u ON u.id = m.user_id
        LEFT JOIN radian_organization_owner w ON w.organization_id = m.organization_id AND w.user_id = m.user_id
        """
    private static let one = Statement("\(joined) WHERE m.user_id = $1 AND m.organization_id = $2")
    private static let byID = Statement("\(joined) WHERE m.id = $1")
    private static let ofUser = Statement("\(joined) WHERE m.user_id = $1 ORDER BY o.slug")
    private static let ofUsers = Statement("\(joined) WHERE m.user_id {{any $1 text}} ORDER BY o.slug")
    private static let ofOwner = Statement("\(joined) WHERE m.organization_id = $1 AND w.user_id IS NOT NULL")
    private static let ofOwners = Statement("\(joined) WHERE m.organization_id {{any $1 text}} AND w.user_id IS NOT NULL")
    private static let page = Statement("\(joined) WHERE m.organization_id = $1 ORDER BY m.created DESC, m.user_id LIMIT $2 OFFSET $3")
    private static let count = Statement("SELECT count(*) FROM radian_organization_user WHERE organization_id = $1")
    private static let withoutID = Statement(
        "SELECT organization_id, user_id FROM radian_organization_user WHERE id IS NULL ORDER BY organization_id, user_id")
    private static let giveID = Statement(
        "UPDATE radian_organization_user SET id = $3, modified = created WHERE organization_id = $1 AND user_id = $2")

    /// Makes a user a member; one who is a member already keeps the role that is higher.
    ///
    /// The first manager of an organization that has no owner becomes its owner.
    /// - Returns: whether the membership is new.
    @discardableResult
    public func join(_ userID: String, _ organizationID: String, role: Principal.Role = .member) throws(DatabaseError) -> Bool {
        let inserted = try connection.execute(
            Self.insert,
            [
                .text(organizationID), .text(userID), .text(RowID.make()), .integer(role >= .manager ? 1 : 0),
                .integer(currentMicroseconds()),
            ])
        if role >= .manager { try setRole(role, of: userID, in: organizationID) }
        return inserted > 0
    }

    /// Changes what a member is. Rules about owners are the caller's; the first manager becomes owner here, too.
    public func setRole(_ role: Principal.Role, of userID: String, in organizationID: String) throws(DatabaseError) {
        let now = DatabaseValue.integer(currentMicroseconds())
        try connection.execute(Self.setAdmin, [.text(organizationID), .text(userID), .integer(role >= .manager ? 1 : 0), now])
        switch role {
        case .owner: try connection.execute(Self.setOwner, [.text(organizationID), .text(userID), now])
        case .manager: try connection.execute(Self.ownIfVacant, [.text(organizationID), .text(userID), now])
        case .member: break
        }
    }

    /// Leaves an organization without owner.
    public func removeOwner(of organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.removeOwner, [.text(organizationID)])
    }

    /// Ends a membership.
    /// - Returns: whether there was one.
    @discardableResult
    public func leave(_ userID: String, _ organizationID: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.delete, [.text(organizationID), .text(userID)]) > 0
    }

    /// What a user is in an organization, active or not; nil for no member.
    public func role(_ userID: String, _ organizationID: String) throws(DatabaseError) -> Principal.Role? {
        try membership(of: userID, in: organizationID)?.role
    }

    /// A user's membership of an organization; nil for no member.
    public func membership(of userID: String, in organizationID: String) throws(DatabaseError) -> Membership? {
        try connection.first(Self.one, [.text(userID), .text(organizationID)]) { Self.decode($0) }
    }

    /// The membership with this id; nil when there is none.
    public func membership(id: String) throws(DatabaseError) -> Membership? {
        try connection.first(Self.byID, [.text(id)]) { Self.decode($0) }
    }

    /// A user's memberships by slug, those of inactive organizations too.
    public func memberships(_ userID: String) throws(DatabaseError) -> [Membership] {
        try connection.rows(Self.ofUser, [.text(userID)]) { Self.decode($0) }
    }

    /// Memberships by user id, each list by slug.
    public func memberships(of userIDs: [String]) throws(DatabaseError) -> [String: [Membership]] {
        Dictionary(grouping: try connection.rows(Self.ofUsers, [.texts(userIDs)]) { Self.decode($0) }) { $0.userID }
    }

    /// The owner's membership; nil where nobody owns the organization.
    public func owner(of organizationID: String) throws(DatabaseError) -> Membership? {
        try connection.first(Self.ofOwner, [.text(organizationID)]) { Self.decode($0) }
    }

    /// Owners' memberships by organization.
    public func owners(of organizationIDs: [String]) throws(DatabaseError) -> [String: Membership] {
        let owners = try connection.rows(Self.ofOwners, [.texts(organizationIDs)]) { Self.decode($0) }
        return Dictionary(owners.map { ($0.organizationID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// One page of an organization's members, the newest first, and how many there are in all.
    public func page(_ page: Page, of organizationID: String) throws(DatabaseError) -> (members: [Membership], total: Int) {
        (
            try connection.rows(Self.page, [.text(organizationID), .integer(Int64(page.size)), .integer(page.offset)]) { Self.decode($0) },
            Int(try connection.first(Self.count, [.text(organizationID)]) { $0.integer(0) } ?? 0)
        )
    }

    /// Gives ids to memberships that were made before they had some.
    func giveIDs() throws(DatabaseError) {
        for (organization, user) in try connection.rows(Self.withoutID, [], { ($0.text(0), $0.text(1)) }) {
            try connection.execute(Self.giveID, [.text(organization), .text(user), .text(RowID.make())])
        }
    }

    private static func decode(_ row: any DatabaseRow) -> Membership {
        Membership(
            id: row.text(0), userID: row.text(1), username: row.text(2), organizationID: row.text(3), slug: row.text(4), name: row.text(5),
            isActive: row.integer(6) != 0, role: row.integer(8) != 0 ? .owner : row.integer(7) != 0 ? .manager : .member)
    }
}
