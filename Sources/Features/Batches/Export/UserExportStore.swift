import Accounts
import Database
import Localization

/// SQL that reads accounts for an export, over one connection.
struct UserExportStore {
    struct Membership: Equatable {
        let organizationID: String
        let isAdmin: Bool
    }

    struct Registration: Equatable {
        let organizationID: String
        let method: String
        let isVerified: Bool
    }

    /// What other tables say about an account.
    struct Details {
        var memberships: [Membership] = []
        var registrations: [Registration] = []
        /// Nil for an account without a password, or with one that is no hash of Django's.
        var hash: String?
    }

    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let page = Statement(
        """
        SELECT id, username, email, first_name, last_name, is_active, expires_at, phone_number, language, is_staff, birth_date, location,
            notes, created
        FROM radian_user u
        WHERE (u.created, u.id) > ($1, $2) AND ($3 = '' OR EXISTS (
            SELECT 1 FROM radian_organization_user m WHERE m.organization_id = $3 AND m.user_id = u.id))
        ORDER BY u.created, u.id LIMIT $4
        """)
    private static let memberships = Statement(
        """
        SELECT user_id, organization_id, is_admin FROM radian_organization_user
        WHERE user_id {{any $1 text}} AND ($2 = '' OR organization_id = $2) ORDER BY created, organization_id
        """)
    private static let registrations = Statement(
        """
        SELECT user_id, organization_id, method, is_verified FROM radian_registered_user
        WHERE user_id {{any $1 text}} AND ($2 = '' OR organization_id = $2) ORDER BY modified, organization_id
        """)
    private static let hashes = Statement(
        """
        SELECT u.id, c.value FROM radian_user u JOIN radcheck c ON c.username = u.username
        WHERE u.id {{any $1 text}} AND c.organization_id IS NULL AND c.attribute {{any $2 text}} ORDER BY c.id DESC
        """)

    /// The accounts behind `last` in the order of their making, without rights, organizations and what nobody exports.
    /// - Parameter organizationID: only this organization's members; nil for everybody.
    func page(after last: User?, organizationID: String?, limit: Int) throws(DatabaseError) -> [User] {
        try connection.rows(
            Self.page,
            [.integer(last?.created ?? .min), .text(last?.id ?? ""), .text(organizationID ?? ""), .integer(Int64(limit))]
        ) { row in
            User(
                id: row.text(0), username: row.text(1), email: row.textOrNil(2), firstName: row.text(3), lastName: row.text(4),
                isActive: row.integer(5) != 0, expiresAt: row.integerOrNil(6), phoneNumber: row.textOrNil(7),
                language: row.textOrNil(8).flatMap(Language.init(rawValue:)), isStaff: row.integer(9) != 0, birthDate: row.textOrNil(10),
                location: row.text(11), notes: row.text(12), created: row.integer(13))
        }
    }

    /// Memberships, registrations and, where wanted, hashes of some hundreds of users, by user id.
    func details(of users: [User], organizationID: String?, withHashes: Bool) throws(DatabaseError) -> [String: Details] {
        var details: [String: Details] = [:]
        let selection: [DatabaseValue] = [.texts(users.map(\.id)), .text(organizationID ?? "")]
        try connection.query(Self.memberships, selection) { row in
            details[row.text(0), default: Details()].memberships.append(
                Membership(organizationID: row.text(1), isAdmin: row.integer(2) != 0))
        }
        try connection.query(Self.registrations, selection) { row in
            details[row.text(0), default: Details()].registrations.append(
                Registration(organizationID: row.text(1), method: row.text(2), isVerified: row.integer(3) != 0))
        }
        guard withHashes else { return details }
        // The oldest of several rows is the one that counts: it comes last.
        try connection.query(Self.hashes, [selection[0], .texts(ImportPassword.hashAttributes)]) { row in
            details[row.text(0), default: Details()].hash = row.text(1)
        }
        return details
    }
}
