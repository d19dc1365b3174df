public import Database
public import WebRouting

/// SQL about permissions and roles, over one connection. Callers open the transaction where several calls belong together.
public struct RoleStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let addPermission = Statement(
        "INSERT INTO radian_permission (model, code_name, name) VALUES ($1, $2, $3) ON CONFLICT (code_name) DO NOTHING")
    private static let grantByName = Statement(
        """
        INSERT INTO radian_role_permission (role_id, permission_id)
        SELECT r.id, p.id FROM radian_role r CROSS JOIN radian_permission p WHERE r.name = $1 AND p.code_name = $2
        ON CONFLICT (role_id, permission_id) DO NOTHING
        """)
    private static let permissions = Statement("SELECT id, model, code_name, name FROM radian_permission ORDER BY id")
    private static let roles = Statement("SELECT id, name FROM radian_role ORDER BY name, id LIMIT $1 OFFSET $2")
    private static let count = Statement("SELECT count(*) FROM radian_role")
    private static let byID = Statement("SELECT id, name FROM radian_role WHERE id = $1")
    private static let byName = Statement("SELECT id, name FROM radian_role WHERE name = $1")
    private static let granted = Statement(
        """
        SELECT g.role_id, p.id, p.model, p.code_name, p.name FROM radian_role_permission g JOIN radian_permission p ON p.id = g.permission_id
        WHERE g.role_id {{any $1 bigint}} ORDER BY p.id
        """)
    private static let insert = Statement("INSERT INTO radian_role (name, created) VALUES ($1, $2) RETURNING id")
    private static let rename = Statement("UPDATE radian_role SET name = $2 WHERE id = $1")
    private static let remove = Statement("DELETE FROM radian_role WHERE id = $1")
    private static let clear = Statement("DELETE FROM radian_role_permission WHERE role_id = $1")
    private static let grant = Statement("INSERT INTO radian_role_permission (role_id, permission_id) VALUES ($1, $2)")
    private static let rolesOf = Statement("SELECT user_id, role_id FROM radian_user_role WHERE user_id {{any $1 text}} ORDER BY role_id")
    private static let clearRoles = Statement("DELETE FROM radian_user_role WHERE user_id = $1")
    private static let addRole = Statement("INSERT INTO radian_user_role (user_id, role_id) VALUES ($1, $2)")
    private static let permissionsOf = Statement(
        "SELECT permission_id FROM radian_user_permission WHERE user_id = $1 ORDER BY permission_id")
    private static let clearPermissions = Statement("DELETE FROM radian_user_permission WHERE user_id = $1")
    private static let addUserPermission = Statement("INSERT INTO radian_user_permission (user_id, permission_id) VALUES ($1, $2)")
    private static let codeNames = Statement(
        """
        SELECT p.code_name FROM radian_user_permission u JOIN radian_permission p ON p.id = u.permission_id WHERE u.user_id = $1
        UNION SELECT p.code_name FROM radian_user_role u JOIN radian_role_permission g ON g.role_id = u.role_id
            JOIN radian_permission p ON p.id = g.permission_id WHERE u.user_id = $1
        """)

    /// Makes known what the program's modules declare. A permission that is new goes to the default roles once; what operators change
    /// about the roles afterwards stays. Call it inside a transaction.
    public func register(_ permissions: [Permission]) throws(DatabaseError) {
        for permission in permissions {
            let isNew = try connection.execute(
                Self.addPermission, [.text(permission.model), .text(permission.codeName), .text(permission.name)])
            guard isNew > 0 else { continue }
            for role in DefaultRoles.roles(for: permission) {
                try connection.execute(Self.grantByName, [.text(role), .text(permission.codeName)])
            }
        }
    }

    /// All permissions that there are, in the order of their ids.
    public func permissions() throws(DatabaseError) -> [GrantablePermission] {
        try connection.rows(Self.permissions) { Self.permission($0, from: 0) }
    }

    /// One page of the roles by name, and how many there are in all.
    public func page(_ page: Page) throws(DatabaseError) -> (roles: [Role], total: Int) {
        let heads = try connection.rows(Self.roles, [.integer(Int64(page.size)), .integer(page.offset)]) { ($0.integer(0), $0.text(1)) }
        return (try complete(heads), Int(try connection.first(Self.count) { $0.integer(0) } ?? 0))
    }

    /// The role with this id; nil when there is none.
    public func role(id: Int64) throws(DatabaseError) -> Role? {
        try complete(connection.rows(Self.byID, [.integer(id)]) { ($0.integer(0), $0.text(1)) }).first
    }

    /// The role with this name; nil when there is none.
    public func role(named name: String) throws(DatabaseError) -> Role? {
        try complete(connection.rows(Self.byName, [.text(name)]) { ($0.integer(0), $0.text(1)) }).first
    }

    private func complete(_ heads: [(Int64, String)]) throws(DatabaseError) -> [Role] {
        var granted: [Int64: [GrantablePermission]] = [:]
        try connection.query(Self.granted, [.integers(heads.map(\.0))]) { row in
            granted[row.integer(0), default: []].append(Self.permission(row, from: 1))
        }
        return heads.map { Role(id: $0.0, name: $0.1, permissions: granted[$0.0] ?? []) }
    }

    /// Adds a role.
    /// - Throws: ``AccountsError/roleExists(_:)`` or the database's error.
    public func add(_ name: String, permissions: [Int64]) throws -> Int64 {
        do {
            let id = try connection.first(Self.insert, [.text(name), .integer(currentMicroseconds())]) { $0.integer(0) } ?? 0
            try setPermissions(permissions, of: id)
            return id
        } catch {
            guard case .unique = error.kind else { throw error }
            throw AccountsError.roleExists(name)
        }
    }

    /// Gives a role another name.
    /// - Throws: as ``add(_:permissions:)``.
    public func rename(_ id: Int64, to name: String) throws {
        do {
            try connection.execute(Self.rename, [.integer(id), .text(name)])
        } catch {
            guard case .unique = error.kind else { throw error }
            throw AccountsError.roleExists(name)
        }
    }

    /// Gives a role exactly these permissions.
    public func setPermissions(_ permissions: [Int64], of id: Int64) throws(DatabaseError) {
        try connection.execute(Self.clear, [.integer(id)])
        for permission in Set(permissions).sorted() { try connection.execute(Self.grant, [.integer(id), .integer(permission)]) }
    }

    /// Deletes a role; its users lose what it gave them.
    @discardableResult
    public func remove(id: Int64) throws(DatabaseError) -> Bool {
        try connection.execute(Self.remove, [.integer(id)]) > 0
    }

    /// Role ids by user id.
    public func roles(of userIDs: [String]) throws(DatabaseError) -> [String: [Int64]] {
        var roles: [String: [Int64]] = [:]
        try connection.query(Self.rolesOf, [.texts(userIDs)]) { row in roles[row.text(0), default: []].append(row.integer(1)) }
        return roles
    }

    /// Gives a user exactly these roles.
    public func setRoles(_ roles: [Int64], of userID: String) throws(DatabaseError) {
        try connection.execute(Self.clearRoles, [.text(userID)])
        for role in Set(roles).sorted() { try connection.execute(Self.addRole, [.text(userID), .integer(role)]) }
    }

    /// Ids of the permissions that a user has beside those of the roles.
    public func ownPermissions(of userID: String) throws(DatabaseError) -> [Int64] {
        try connection.rows(Self.permissionsOf, [.text(userID)]) { $0.integer(0) }
    }

    /// Gives a user exactly these permissions beside those of the roles.
    public func setOwnPermissions(_ permissions: [Int64], of userID: String) throws(DatabaseError) {
        try connection.execute(Self.clearPermissions, [.text(userID)])
        for permission in Set(permissions).sorted() {
            try connection.execute(Self.addUserPermission, [.text(userID), .integer(permission)])
        }
    }

    /// Code names of all that a user may do, by roles and without.
    public func codeNames(of userID: String) throws(DatabaseError) -> Set<String> {
        Set(try connection.rows(Self.codeNames, [.text(userID)]) { $0.text(0) })
    }

    private static func permission(_ row: any DatabaseRow, from column: Int) -> GrantablePermission {
        GrantablePermission(
            id: row.integer(column), model: row.text(column + 1), codeName: row.text(column + 2), name: row.text(column + 3))
    }
}
