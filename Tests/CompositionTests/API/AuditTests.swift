import AccessPolicy
import Database
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// Every change by the API is written down once, with who, from where, before and after; nobody reads what is another organization's.
@Suite struct AuditTests {
    private static let path = "/api/v1/audit/"
    private static let keys = [
        "action", "actor", "actor_id", "address", "after", "before", "id", "object_id", "object_label", "object_type", "time",
    ]

    private static func entries(_ client: TestClient, _ query: String = "") async -> [JSONValue] {
        guard case .array(let entries)? = await client.get(path + query).json?["results"] else { return [] }
        return entries
    }

    @Test("changes of each kind", arguments: TestDatabase.Engine.available)
    func changes(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let alpha = world.alpha
            var manager = api.client.bearing(alpha.manager.token)
            manager.address = "192.0.2.77"
            let user = "/api/v1/users/user/\(alpha.member.user.id)/"
            let patch = HTTPRequest.Method.patch
            let steps: [(HTTPRequest.Method, String, JSONValue, String, String)] = [
                (patch, user, ["first_name": "Ada", "notes": "x"], "changed", "user"),
                (
                    .put, user + "password/", ["new_password": "lantern of brass 9", "confirm_password": "lantern of brass 9"],
                    "password set", "user"
                ),
                (.post, user + "email/", ["email": "third@example.org"], "added", "email address"),
                (
                    patch, "/api/v1/users/organization/\(alpha.organization.id)/user/\(alpha.member.user.id)/", ["is_admin": true],
                    "changed",
                    "membership"
                ),
                (patch, "/api/v1/users/organization/\(alpha.organization.id)/", ["description": "A café"], "changed", "organization"),
                (patch, "/api/v1/organization/\(alpha.organization.slug)/settings/", ["sms_cooldown": 77], "changed", "settings"),
                (patch, "/api/v1/radius/group/\(alpha.groupID)/", ["description": "Guests"], "changed", "group"),
                (patch, user + "radius-group/\(alpha.assignmentID)/", ["priority": 7], "changed", "group membership"),
                (patch, "/api/v1/nas/\(alpha.nasID)/", ["short_name": "roof"], "changed", "nas"),
                (patch, "/api/v1/radius/batch/\(alpha.batchID)/", ["notes": "for the fair"], "changed", "batch"),
                (.delete, "/api/v1/radius/batch/\(alpha.batchID)/", [:], "undone", "batch"),
                (.delete, user + "radius-group/\(alpha.assignmentID)/", [:], "removed", "group membership"),
            ]
            for (method, path, body, action, type) in steps {
                let before = try #require(await manager.get(Self.path).json?["count"])
                let answer = await manager.send(method, path, json: body)
                #expect((200..<300).contains(answer.status), "\(path): \(answer.text)")
                let list = await manager.get(Self.path + "?page_size=1")
                guard case .integer(let old) = before, case .array(let entries)? = list.json?["results"], let entry = entries.first,
                    case .object(let members) = entry
                else { return #expect(Bool(false), "\(list.text)") }
                #expect(list.json?["count"] == .integer(old + 1), "\(path)")
                #expect(members.map(\.name).sorted() == Self.keys)
                #expect(entry["action"]?.string == action && entry["object_type"]?.string == type, "\(path): \(entry.text)")
                #expect(entry["actor"]?.string == alpha.manager.user.username && entry["address"] == "192.0.2.77")
                #expect(entry["actor_id"]?.string == alpha.manager.user.id)
                // The same once more changes nothing, and is not told.
                if method == patch {
                    _ = await manager.send(method, path, json: body)
                    let again = await manager.get(Self.path + "?page_size=1")
                    #expect(again.json?["count"] == list.json?["count"], "\(path)")
                }
            }
            let named = await Self.entries(manager, "?object=\(alpha.member.user.id)")
            let change = try #require(named.first { $0["action"] == "changed" })
            #expect(change["before"] == ["first_name": "", "notes": ""])
            #expect(change["after"] == ["first_name": "Ada", "notes": "x"])
            let all = await manager.get(Self.path + "?page_size=100").text
            #expect(!all.contains("lantern of brass"))
            #expect(!all.contains("radian_"))
        }
    }

    @Test("filters, and who sees what", arguments: TestDatabase.Engine.available)
    func readers(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let root = api.client.bearing(world.superuser.token)
            let manager = api.client.bearing(world.beta.manager.token)
            let name = "/api/v1/users/user/\(world.beta.member.user.id)/"
            #expect(await manager.patch(name, ["last_name": "Byron"]).status == 200)
            #expect(await Self.entries(manager, "?actor=BETA-manager").count == 1)
            #expect(await Self.entries(manager, "?actor=nobody").isEmpty)
            #expect(await Self.entries(manager, "?since=2099-01-01T00:00:00Z").isEmpty)
            #expect(await Self.entries(manager, "?until=2020-01-01T00:00:00Z").isEmpty)
            let since = await manager.get(Self.path + "?since=x")
            #expect(since.status == 400 && since.keys == ["since"])
            let ofAlpha = await api.client.bearing(world.alpha.manager.token).get(Self.path + "?page_size=100").text
            #expect(!ofAlpha.contains("tenant-beta"))
            #expect(await Self.entries(root, "?object=tenant-beta").count > 1)
            // Nobody but superusers reads of superusers and of roles.
            #expect(await root.post("/api/v1/users/group/", ["name": "Help desk"]).status == 201)
            #expect(await Self.entries(root, "?object=role").count == 1)
            #expect(await Self.entries(manager, "?object=role").isEmpty)
            #expect(await api.client.bearing(world.alpha.member.token).get(Self.path).status == 403)
            #expect(await api.client.get(Self.path).status == 401)
        }
    }

    @Test("commands are known by who runs them; the server's own work by nobody", arguments: TestDatabase.Engine.available)
    func commands(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let root = api.client.bearing(world.superuser.token)
            let provisioning = UserProvisioning(api.connection)
            try ChangeAuthor.$current.withValue(ChangeAuthor(name: "command line (alice)")) {
                try provisioning.add(
                    User(username: "carol"), credential: UserProvisioning.cleartext("a password of hers"),
                    organizationSlug: world.alpha.organization.slug)
                try provisioning.setPassword("carol", to: UserProvisioning.cleartext("another password"))
                try provisioning.setActive(false, "carol")
            }
            try provisioning.remove("carol")
            let entries = await Self.entries(root, "?object=carol")
            #expect(entries.compactMap { $0["action"]?.string } == ["removed", "changed", "password set", "added"])
            #expect(
                entries.map { $0["actor"] }
                    == [.null, "command line (alice)", "command line (alice)", "command line (alice)"])
            #expect(entries.allSatisfy { $0["address"] == .null })
            #expect(!entries.contains { $0.text.contains("a password of hers") || $0.text.contains("another password") })
        }
    }

    @Test("what is secret loses its value, whoever writes it down", arguments: TestDatabase.Engine.available)
    func secrets(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let object = AuditObject(.nas, id: "1", label: "x")
            try AuditLog(api.connection).record(
                .changed, object, before: ["secret": "one", "name": "a", "size": 1], after: ["secret": "two", "name": "a", "size": 2])
            try AuditLog(api.connection).record(.changed, object, before: ["name": "a"], after: ["name": "a"])
            let rows = try api.connection.table("SELECT old_values, new_values FROM radian_audit")
            #expect(rows == [[#"{"secret":"***","size":1}"#, #"{"secret":"*** (another)","size":2}"#]])
        }
    }
}
