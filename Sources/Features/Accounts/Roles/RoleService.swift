import Database
import HTTPTypes
import Localization
import WebRouting

/// Roles ("groups" of the users API) as operators handle them. They hold for all organizations: what one may do with them rests on
/// permissions alone, and nobody puts more into a role than he has himself.
struct RoleService: Sendable {
    let environment: AccountsEnvironment

    func page(_ page: Page, for caller: Principal) async throws -> (roles: [Role], total: Int) {
        try caller.require(.view, "group")
        return try await environment.read { try RoleStore($0).page(page) }
    }

    func role(_ id: Int64?, for caller: Principal) async throws -> Role {
        try caller.require(.view, "group")
        return try await environment.read { try Self.find(id, $0) }
    }

    func add(_ name: String, permissions: [JSONValue], _ caller: Principal) async throws -> Role {
        try caller.require(.add, "group")
        return try await environment.change { connection in
            let store = RoleStore(connection)
            let role = try Self.find(store.add(name, permissions: Self.ids(permissions, caller, store)), connection)
            try AuditLog(connection).role(.added, before: nil, after: role)
            return role
        }
    }

    /// - Parameters:
    ///   - name: nil keeps it.
    ///   - permissions: nil keeps them.
    func change(_ id: Int64?, name: String?, permissions: [JSONValue]?, _ caller: Principal) async throws -> Role {
        try caller.require(.change, "group")
        return try await environment.change { connection in
            let store = RoleStore(connection)
            let role = try Self.find(id, connection)
            try Self.requireAuthority(over: role, caller)
            if let name, name != role.name { try store.rename(role.id, to: name) }
            if let permissions { try store.setPermissions(Self.ids(permissions, caller, store), of: role.id) }
            let changed = try Self.find(role.id, connection)
            try AuditLog(connection).role(.changed, before: role, after: changed)
            return changed
        }
    }

    func remove(_ id: Int64?, _ caller: Principal) async throws {
        try caller.require(.delete, "group")
        try await environment.change { connection in
            let role = try Self.find(id, connection)
            try Self.requireAuthority(over: role, caller)
            try RoleStore(connection).remove(id: role.id)
            try AuditLog(connection).role(.removed, before: role, after: nil)
        }
    }

    private static func find(_ id: Int64?, _ connection: any DatabaseConnection) throws -> Role {
        guard let id, let role = try RoleStore(connection).role(id: id) else { throw Problem.notFound }
        return role
    }

    /// A role that grants more than the caller has is not his to change.
    private static func requireAuthority(over role: Role, _ caller: Principal) throws(Problem) {
        guard caller.isSuperuser || role.permissions.allSatisfy({ caller.permissions.contains($0.codeName) }) else { throw .forbidden }
    }

    /// Reads permissions as the API writes them, `12: user | Can view user`, or as numbers.
    private static func ids(_ elements: [JSONValue], _ caller: Principal, _ store: RoleStore) throws -> [Int64] {
        let known = Dictionary(try store.permissions().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try elements.map { element in
            let text =
                switch element {
                case .integer(let id): String(id)
                default: element.string ?? ""
                }
            guard let permission = Int64(text.prefix { $0 != ":" }.filter { !$0.isWhitespace }).flatMap({ known[$0] }) else {
                throw AccountsError.permissionUnknown(text)
            }
            guard caller.isSuperuser || caller.permissions.contains(permission.codeName) else {
                throw Problem.field("permissions", "You cannot give permissions that you do not have.")
            }
            return permission.id
        }
    }
}
