import Accounts
import Database
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Organizations, their members and owners, by the API.
@Suite struct OrganizationAPITests {
    private static let path = "/api/v1/users/organization/"
    private static let keys = ["created", "description", "email", "id", "is_active", "modified", "name", "slug", "url"]

    @Test(arguments: Engine.available)
    func `an organization is added, shown, changed and removed`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let made = await root.post(Self.path, ["name": "Café Zentral!", "email": "info@example.org", "url": "https://example.org"])
            #expect(made.status == 201)
            #expect(made.keys == Self.keys)
            #expect(made.json?["slug"] == "cafe-zentral")
            #expect(made.json?["is_active"] == true)
            #expect(installation.calls.withLockedValue { $0.created } == ["cafe-zentral"])
            let id = made.json?["id"]?.string ?? ""
            // The packet path knows it at once.
            #expect(installation.module.directory.id(slug: "cafe-zentral") == id)

            let again = await root.post(Self.path, ["name": "Another", "slug": "cafe-zentral"])
            #expect(again.status == 400)
            #expect(again.json == ["organization": [.string(id)], "slug": ["organization with this slug already exists."]])
            #expect(await root.post(Self.path, ["name": "Café Zentral!", "slug": "x"]).errors("name").count == 1)
            #expect(await root.post(Self.path, ["name": "X", "slug": "a b"]).errors("slug").count == 1)
            #expect(await root.post(Self.path, ["slug": "x"]).errors("name") == ["This field is required."])
            #expect(await root.post(Self.path, ["name": "!!!"]).errors("slug").count == 1)

            let path = Self.path + id + "/"
            let shown = await root.get(path)
            #expect(shown.keys == (Self.keys + ["owner"]).sorted())
            #expect(shown.json?["owner"] == ["organization_user": nil])
            #expect(await root.patch(path, ["description": "By the river"]).json?["description"] == "By the river")
            #expect(await root.put(path, ["name": "Café", "is_active": false]).json?["slug"] == "cafe-zentral")
            #expect(installation.module.directory.id(slug: "cafe-zentral") == nil)
            #expect(await root.get(Self.path).ids == [id])
            #expect(await root.delete(path).status == 204)
            #expect(await root.get(path).status == 404)
            #expect(await root.delete(path).status == 404)
        }
    }

    @Test(arguments: Engine.available)
    func `a manager sees and changes his organizations, others are not there for him`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let a = try await installation.add(Organization(name: "A", slug: "a"))
            let b = try await installation.add(Organization(name: "B", slug: "b"))
            let manager = try await installation.administrator("manager", of: a)
            #expect(await manager.client.get(Self.path).ids == [a.id])
            #expect(await manager.client.get(Self.path + a.id + "/").status == 200)
            #expect(await manager.client.patch(Self.path + a.id + "/", ["name": "AA"]).json?["name"] == "AA")
            #expect(await manager.client.get(Self.path + b.id + "/").status == 404)
            #expect(await manager.client.patch(Self.path + b.id + "/", ["name": "BB"]).status == 404)
            #expect(await manager.client.post(Self.path, ["name": "C"]).status == 403)
            #expect(await manager.client.delete(Self.path + a.id + "/").status == 403)
            for path in [Self.path, Self.path + a.id + "/", Self.path + a.id + "/user/"] {
                #expect(await installation.client.get(path).status == 401)
            }
            #expect(try await installation.write { try OrganizationStore($0).organization(id: b.id)?.name } == "B")
        }
    }

    @Test(arguments: Engine.available)
    func `members are listed, added, promoted and removed`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let a = try await installation.add(Organization(name: "A", slug: "a"))
            let b = try await installation.add(Organization(name: "B", slug: "b"))
            let manager = try await installation.administrator("manager", of: a)
            let stranger = try await installation.add(User(username: "stranger"))
            try await installation.join(stranger, b)
            let members = Self.path + a.id + "/user/"

            let list = await manager.client.get(members)
            guard case .array(let results)? = list.json?["results"], case .object(let keys)? = results.first else {
                Issue.record("no members")
                return
            }
            #expect(keys.map(\.name) == ["id", "is_admin", "is_owner", "organization", "user", "username"])
            #expect(results.first?["is_owner"] == true)

            // Whom a manager does not see he cannot draw in.
            #expect(await manager.client.post(members, ["user": .string(stranger.id)]).errors("user").count == 1)
            let added = await root.post(members, ["user": .string(stranger.id)])
            #expect(added.status == 201)
            #expect(added.json?["is_admin"] == false)
            #expect(installation.calls.withLockedValue { $0.joined } == ["\(stranger.id) \(a.id)"])
            #expect(await root.post(members, ["user": .string(stranger.id)]).status == 400)
            let member = members + stranger.id + "/"
            #expect(await manager.client.get(member).status == 200)
            #expect(await manager.client.patch(member, ["is_admin": true]).json?["is_admin"] == true)
            #expect(await manager.client.patch(member, ["is_admin": true]).json?["is_owner"] == false)

            let owner = members + manager.user.id + "/"
            let downgraded = await root.patch(owner, ["is_admin": false])
            #expect(downgraded.errors("is_admin") == ["manager is the owner of the organization: A, and cannot be downgraded"])
            #expect(await (try installation.client(stranger)).delete(owner).status == 403)
            #expect(await root.delete(owner).status == 400)
            #expect(try await installation.write { try MembershipStore($0).role(manager.user.id, a.id) } == .owner)

            #expect(await manager.client.get(Self.path + b.id + "/user/").status == 404)
            #expect(await manager.client.delete(Self.path + b.id + "/user/\(stranger.id)/").status == 404)
            #expect(await manager.client.delete(member).status == 204)
            #expect(await manager.client.delete(member).status == 404)
            #expect(try await installation.write { try MembershipStore($0).memberships(stranger.id).map(\.slug) } == ["b"])
        }
    }

    @Test(arguments: Engine.available)
    func `only the owner and superusers say who owns an organization`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let a = try await installation.add(Organization(name: "A", slug: "a"))
            let b = try await installation.add(Organization(name: "B", slug: "b"))
            let owner = try await installation.administrator("owner", of: a)
            let second = try await installation.administrator("second", of: a)
            let elsewhere = try await installation.administrator("elsewhere", of: b)
            let path = Self.path + a.id + "/"
            func membership(_ user: User, _ organization: Organization) async throws -> String {
                try await installation.write { try MembershipStore($0).membership(of: user.id, in: organization.id)?.id } ?? ""
            }
            let ids = (
                owner: try await membership(owner.user, a), second: try await membership(second.user, a),
                elsewhere: try await membership(elsewhere.user, b)
            )
            func body(_ id: JSONValue) -> JSONValue { ["owner": ["organization_user": id]] }
            #expect(await root.get(path).json?["owner"] == ["organization_user": .string(ids.owner)])
            #expect(await second.client.patch(path, body(.string(ids.second))).status == 403)
            #expect(await second.client.patch(path, body(nil)).status == 403)
            // Saying what is there already changes nothing and is everybody's.
            #expect(await second.client.patch(path, body(.string(ids.owner))).status == 200)
            let foreign = await root.patch(path, body(.string(ids.elsewhere)))
            #expect(foreign.errors("owner") == ["The selected user is not member of this organization."])
            #expect(await owner.client.patch(path, body(.string(ids.second))).json?["owner"] == ["organization_user": .string(ids.second)])
            #expect(await owner.client.patch(path, body(.string(ids.owner))).status == 403)
            #expect(await root.patch(path, body(nil)).json?["owner"] == ["organization_user": nil])
            #expect(try await installation.write { try MembershipStore($0).role(second.user.id, a.id) } == .manager)
        }
    }

    @Test(arguments: Engine.available)
    func `organizations are found by a part of name or slug`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let cafe = try await installation.add(Organization(name: "The Bar", slug: "cafe-central"))
            try await installation.add(Organization(name: "Museum", slug: "museum"))
            let path = "/api/v1/users/organization/"
            #expect(await root.get(path + "?q=CENTRAL").ids == [cafe.id])
            #expect(await root.get(path + "?q=the%20b").ids == [cafe.id])
            #expect(await root.get(path + "?q=%25").json?["count"] == 0)
            let manager = try await installation.administrator("manager", of: cafe)
            #expect(await manager.client.get(path + "?q=museum").json?["count"] == 0)
            #expect(await manager.client.get(path + "?q=cafe").ids == [cafe.id])
        }
    }
}
