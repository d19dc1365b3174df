import Accounts
import Database
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Permission groups, which the API calls groups.
@Suite struct RoleAPITests {
    private static let path = "/api/v1/users/group/"

    @Test(arguments: Engine.available)
    func `permissions are written as texts and read as texts or numbers`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let list = await root.get(Self.path)
            guard case .array(let groups)? = list.json?["results"] else { return }
            #expect(groups.map { $0["name"] } == ["Administrator", "Operator", "Receptionist"])
            let permissions = try await installation.write { try RoleStore($0).permissions() }
            guard let view = permissions.first(where: { $0.codeName == "view_user" }),
                let change = permissions.first(where: { $0.codeName == "change_user" })
            else {
                Issue.record("no permissions")
                return
            }
            #expect(view.label == "\(view.id): user | Can view user")
            let made = await root.post(Self.path, ["name": "Help desk", "permissions": [.string(view.label), .integer(change.id)]])
            #expect(made.status == 201)
            #expect(made.keys == ["id", "name", "permissions"])
            #expect(made.json?["permissions"] == .array([view, change].sorted { $0.id < $1.id }.map { .string($0.label) }))
            guard case .integer(let id)? = made.json?["id"] else { return }
            #expect(await root.post(Self.path, ["name": "Help desk"]).errors("name").count == 1)
            #expect(await root.post(Self.path, ["name": "X", "permissions": ["9999"]]).errors("permissions").count == 1)
            #expect(await root.post(Self.path, ["name": "X", "permissions": ["none"]]).errors("permissions").count == 1)
            let path = Self.path + "\(id)/"
            #expect(await root.patch(path, ["permissions": [.integer(view.id)]]).json?["permissions"] == [.string(view.label)])
            #expect(await root.put(path, ["name": "Desk"]).json?["name"] == "Desk")
            #expect(await root.get(path).json?["permissions"] == [.string(view.label)])
            #expect(await root.delete(path).status == 204)
            #expect(await root.get(path).status == 404)
            #expect(await root.get(Self.path + "x/").status == 404)
        }
    }

    @Test(arguments: Engine.available)
    func `an administrator only looks; nobody gives what he does not have`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let a = try await installation.add(Organization(name: "A", slug: "a"))
            let manager = try await installation.administrator("manager", of: a)
            #expect(await manager.client.get(Self.path).status == 200)
            #expect(await manager.client.post(Self.path, ["name": "X"]).status == 403)
            #expect(await installation.client.get(Self.path).status == 401)
            let user = try await installation.add(User(username: "user"))
            #expect(await (try installation.client(user)).get(Self.path).status == 403)

            let keeper = try await installation.add(User(username: "keeper"))
            try await installation.permit(keeper, "add_group", "change_group", "delete_group", "view_group")
            let client = try await installation.client(keeper)
            let ids = try await installation.write { connection in
                Dictionary(
                    try RoleStore(connection).permissions().map { ($0.codeName, $0.id) }, uniquingKeysWith: { first, _ in first })
            }
            #expect(
                await client.post(Self.path, ["name": "X", "permissions": [.integer(ids["view_user"] ?? 0)]]).errors("permissions").count
                    == 1)
            #expect(await client.post(Self.path, ["name": "X", "permissions": [.integer(ids["view_group"] ?? 0)]]).status == 201)
            let administrator = try await installation.write { try RoleStore($0).role(named: "Administrator")?.id } ?? 0
            #expect(await client.patch(Self.path + "\(administrator)/", ["permissions": []]).status == 403)
            #expect(await client.delete(Self.path + "\(administrator)/").status == 403)
        }
    }

    @Test(arguments: Engine.available)
    func `default roles get a permission once`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let new = Permission.all("radiusgroup", label: "RADIUS group") + Permission.all("radiusaccounting", label: "session")
            let granted = try await installation.write { connection in
                let store = RoleStore(connection)
                try store.register(new)
                return (
                    administrator: try store.role(named: "Administrator")?.permissions.map(\.codeName) ?? [],
                    operators: Set(try store.role(named: "Operator")?.permissions.map(\.codeName) ?? [])
                )
            }
            #expect(new.allSatisfy { granted.administrator.contains($0.codeName) })
            #expect(!granted.administrator.contains("delete_organization") && !granted.administrator.contains("change_group"))
            #expect(
                granted.operators == [
                    "view_organization", "view_radiusgroup", "view_radiusaccounting", "add_radiusaccounting", "change_radiusaccounting",
                    "delete_radiusaccounting",
                ])
            let after = try await installation.write { connection in
                let store = RoleStore(connection)
                guard let role = try store.role(named: "Operator") else { return -1 }
                try store.setPermissions([], of: role.id)
                try store.register(new)
                return try store.role(named: "Operator")?.permissions.count ?? -1
            }
            #expect(after == 0)
        }
    }
}
