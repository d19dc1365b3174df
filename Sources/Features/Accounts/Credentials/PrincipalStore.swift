public import Database
public import WebRouting

/// What a user may do now, over one connection. Nothing is kept in memory: what was changed a moment ago, by whichever process, counts.
public struct PrincipalStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let memberships = Statement(
        """
        SELECT m.organization_id, m.is_admin, CASE WHEN w.user_id IS NULL THEN 0 ELSE 1 END FROM radian_organization_user m
        JOIN radian_organization o ON o.id = m.organization_id
        LEFT JOIN radian_organization_owner w ON w.organization_id = m.organization_id AND w.user_id = m.user_id
        WHERE m.user_id = $1 AND o.is_active = 1
        """)

    /// The principal of a user, with the memberships of active organizations.
    /// - Parameter isPasswordExpired: whether the credential rests on a password that is too old.
    public func principal(_ user: User, method: Principal.Method, isPasswordExpired: Bool = false) throws(DatabaseError) -> Principal {
        var memberships: [String: Principal.Role] = [:]
        try connection.query(Self.memberships, [.text(user.id)]) { row in
            memberships[row.text(0)] = row.integer(2) != 0 ? .owner : row.integer(1) != 0 ? .manager : .member
        }
        // Superusers may do everything, whatever they hold.
        let permissions = user.isSuperuser ? [] : try RoleStore(connection).codeNames(of: user.id)
        return Principal(
            id: user.id, username: user.username, method: method, isActive: user.isUsable(at: currentMicroseconds()),
            isSuperuser: user.isSuperuser, isStaff: user.isStaff, memberships: memberships, permissions: permissions,
            isPasswordExpired: isPasswordExpired, language: user.language)
    }
}

extension User {
    /// Whether the account is active and its time is not over.
    /// - Parameter time: microseconds since 1970 UTC.
    public func isUsable(at time: Int64) -> Bool { isActive && expiresAt.map { $0 >= time / 1_000_000 } ?? true }
}
