import Accounts
import Database
import Foundation
import Localization

/// SQL about many users at once, over the target's connection. Callers open the transaction.
struct MigratedUserStore {
    /// An account that has one of some names, addresses or numbers.
    struct Known {
        var id: String
        var username: String
        /// In lower case.
        var email: String?
        var phone: String?
        var isStaff: Bool
    }

    let connection: any DatabaseConnection

    private static let columns = "u.id, u.username, lower(u.email), u.phone_number, u.is_staff"
    private static let known = Statement(
        """
        SELECT \(columns) FROM radian_user u WHERE u.id {{any $1 text}} UNION SELECT \(columns) FROM radian_user u WHERE u.username {{any $2 text}}
        UNION SELECT \(columns) FROM radian_user u WHERE lower(u.email) {{any $3 text}}
        UNION SELECT \(columns) FROM radian_user u WHERE u.phone_number {{any $4 text}}
        """)
    private static let insert = Statement(
        """
        INSERT INTO radian_user (id, username, email, first_name, last_name, is_active, expires_at, phone_number, language, is_staff,
            is_superuser, birth_date, location, bio, url, company, notes, password_updated, password_based_token, last_login, created,
            modified)
        SELECT r.id, r.username, r.email, r.first_name, r.last_name, r.is_active, r.expires_at, r.phone_number, r.language, r.is_staff,
            r.is_superuser, r.birth_date, r.location, r.bio, r.url, r.company, r.notes, r.password_updated, r.password_based_token,
            r.last_login, r.created, r.modified
        FROM {{rows id text, username text, email text, first_name text, last_name text, is_active bigint, expires_at bigint,
            phone_number text, language text, is_staff bigint, is_superuser bigint, birth_date text, location text, bio text, url text,
            company text, notes text, password_updated bigint, password_based_token bigint, last_login bigint, created bigint,
            modified bigint}}
        """)
    private static let members = Statement(
        """
        INSERT INTO radian_organization_user (organization_id, user_id, id, is_admin, created, modified)
        SELECT r.organization, r.user_id, r.id, r.is_admin, r.created, r.created
        FROM {{rows organization text, user_id text, id text, is_admin bigint, created bigint}} WHERE true
        ON CONFLICT (organization_id, user_id) DO NOTHING
        """)
    private static let membersAmong = Statement(
        "SELECT organization_id, user_id FROM radian_organization_user WHERE user_id {{any $1 text}}")
    private static let owner = Statement(
        """
        INSERT INTO radian_organization_owner (organization_id, user_id, created) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO NOTHING
        """)
    private static let addressesOf = Statement(
        "SELECT user_id, lower(email), is_verified, is_primary FROM radian_email_address WHERE user_id {{any $1 text}}")
    private static let verified = Statement(
        "SELECT lower(email) FROM radian_email_address WHERE is_verified = 1 AND lower(email) {{any $1 text}}")
    private static let addresses = Statement(
        """
        INSERT INTO radian_email_address (user_id, email, is_verified, is_primary, created)
        SELECT r.user_id, r.email, r.is_verified, r.is_primary, r.created
        FROM {{rows user_id text, email text, is_verified bigint, is_primary bigint, created bigint}}
        """)
    private static let completeAddresses = Statement(
        """
        INSERT INTO radian_email_address (user_id, email, is_verified, is_primary, created)
        SELECT u.id, u.email, 0, 1, u.created FROM radian_user u WHERE u.id {{any $1 text}} AND u.email IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM radian_email_address a WHERE a.user_id = u.id
                AND (a.is_primary = 1 OR lower(a.email) = lower(u.email)))
        """)
    private static let roles = Statement("SELECT id, name FROM radian_role")
    private static let rolesOf = Statement("SELECT user_id, role_id FROM radian_user_role WHERE user_id {{any $1 text}}")
    private static let giveRoles = Statement(
        """
        INSERT INTO radian_user_role (user_id, role_id) SELECT r.user_id, r.role FROM {{rows user_id text, role bigint}} WHERE true
        ON CONFLICT (user_id, role_id) DO NOTHING
        """)

    /// Accounts that have an id, a name, an address (in lower case) or a number of the lists.
    func known(ids: [String], names: [String], emails: [String], phones: [String]) throws(DatabaseError) -> [Known] {
        try connection.rows(Self.known, [.texts(ids), .texts(names), .texts(emails), .texts(phones)]) { row throws(DatabaseError) in
            Known(id: row.text(0), username: row.text(1), email: row.textOrNil(2), phone: row.textOrNil(3), isStaff: row.integer(4) != 0)
        }
    }

    /// Adds accounts; what could be wrong with them was checked.
    func add(_ users: [User]) throws(DatabaseError) {
        func flag(_ value: Bool) -> Int64? { value ? 1 : 0 }
        let now = migrationMicroseconds()
        try connection.executeRows(
            Self.insert,
            columns: [
                .text(users.map(\.id)), .text(users.map(\.username)), .text(users.map(\.email)), .text(users.map(\.firstName)),
                .text(users.map(\.lastName)), .integer(users.map { flag($0.isActive) }), .integer(users.map(\.expiresAt)),
                .text(users.map(\.phoneNumber)), .text(users.map { $0.language?.rawValue }), .integer(users.map { flag($0.isStaff) }),
                .integer(users.map { flag($0.isSuperuser) }), .text(users.map(\.birthDate)), .text(users.map(\.location)),
                .text(users.map(\.bio)), .text(users.map(\.url)), .text(users.map(\.company)), .text(users.map(\.notes)),
                .integer(users.map(\.passwordUpdated)), .integer(users.map { $0.passwordBasedToken.map { $0 ? 1 : 0 } }),
                .integer(users.map(\.lastLogin)), .integer(users.map(\.created)), .integer(users.map { _ in now }),
            ])
    }

    struct Membership {
        var userID: String
        var organizationID: String
        /// UUID; of the source where it has one.
        var id: String
        var isAdmin: Bool
        var isOwner: Bool
        /// Microseconds since 1970 UTC.
        var created: Int64
    }

    /// Keys of the users' memberships: user and organization with a blank between.
    func memberships(of userIDs: [String]) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.membersAmong, [.texts(userIDs)]) { row throws(DatabaseError) in row.text(1) + " " + row.text(0) })
    }

    /// Makes users members; those that are stay what they are. An owner becomes one where the organization has none.
    func join(_ members: [Membership]) throws(DatabaseError) {
        try connection.executeRows(
            Self.members,
            columns: [
                .text(members.map(\.organizationID)), .text(members.map(\.userID)), .text(members.map(\.id)),
                .integer(members.map { $0.isAdmin ? 1 : 0 }), .integer(members.map(\.created)),
            ])
        for owner in members where owner.isOwner {
            try connection.execute(Self.owner, [.text(owner.organizationID), .text(owner.userID), .integer(owner.created)])
        }
    }

    struct Address {
        var userID: String
        var email: String
        var isVerified: Bool
        var isPrimary: Bool
    }

    /// The users' addresses, in lower case.
    func addresses(of userIDs: [String]) throws(DatabaseError) -> [Address] {
        try connection.rows(Self.addressesOf, [.texts(userIDs)]) { row throws(DatabaseError) in
            Address(userID: row.text(0), email: row.text(1), isVerified: row.integer(2) != 0, isPrimary: row.integer(3) != 0)
        }
    }

    /// Those of the addresses (in lower case) that somebody has proved.
    func verified(among emails: [String]) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.verified, [.texts(emails)]) { row throws(DatabaseError) in row.text(0) })
    }

    func add(_ addresses: [Address]) throws(DatabaseError) {
        let now = migrationMicroseconds()
        try connection.executeRows(
            Self.addresses,
            columns: [
                .text(addresses.map(\.userID)), .text(addresses.map(\.email)), .integer(addresses.map { $0.isVerified ? 1 : 0 }),
                .integer(addresses.map { $0.isPrimary ? 1 : 0 }), .integer(addresses.map { _ in now }),
            ])
    }

    /// Gives accounts without a primary address their own as one, not proved.
    func completeAddresses(of userIDs: [String]) throws(DatabaseError) {
        try connection.execute(Self.completeAddresses, [.texts(userIDs)])
    }

    /// Ids of roles by name.
    func roles() throws(DatabaseError) -> [String: Int64] {
        var ids: [String: Int64] = [:]
        try connection.query(Self.roles, []) { row in ids[row.text(1)] = row.integer(0) }
        return ids
    }

    /// Keys of the users' roles: user and role with a blank between.
    func roles(of userIDs: [String]) throws(DatabaseError) -> Set<String> {
        Set(
            try connection.rows(Self.rolesOf, [.texts(userIDs)]) { row throws(DatabaseError) in row.text(0) + " " + String(row.integer(1)) }
        )
    }

    func giveRoles(_ roles: [(userID: String, roleID: Int64)]) throws(DatabaseError) {
        try connection.executeRows(Self.giveRoles, columns: [.text(roles.map(\.userID)), .integer(roles.map(\.roleID))])
    }
}

/// Microseconds since 1970 UTC, the unit of time in tables of our own.
func migrationMicroseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1_000_000)
}
