import AccessPolicy
import Accounts
import Database
import HTTPTypes
import TestSupport
import Testing
import WebRouting

@Suite struct GroupAssignmentRoutesTests {
    typealias Engine = TestDatabase.Engine

    private static let keys = ["created", "group", "id", "modified", "priority"]

    @Test("a list shows the groups of managed organizations, rows of other programs included", arguments: Engine.available)
    func list(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            try await site.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('both', 'hotel-users', 3), ('both', 'cafe-users', 2),
                    ('both', 'cafe-power-users', 1), ('both', 'a FreeRADIUS group', 0), ('alice', 'cafe-users', 1)
                """)
            let path = "users/user/\(site.both.id)/radius-group/"
            let own = try await site.call(.get, path, as: site.manager)
            #expect(own.status == 200 && own.keys == ["count", "next", "previous", "results"])
            #expect(own.body["count"] == 2)
            #expect(own.results.allSatisfy { GroupsSite.keys($0) == Self.keys })
            #expect(own.results.map { $0["priority"] } == [1, 2])
            let (power, users) = (try await site.group("cafe-power-users"), try await site.group("cafe-users"))
            #expect(own.results.map { $0["group"]?.string } == [power.id, users.id])
            // The ids stay, and each shows one row.
            #expect(try await site.call(.get, path, as: site.manager).body == own.body)
            let ids = own.results.compactMap { $0["id"]?.string }
            #expect(Set(ids).count == 2)
            #expect(try await site.call(.get, path + ids[1] + "/", as: site.manager).body == own.results[1])
            #expect(try await site.table("SELECT count(*) FROM radusergroup WHERE uuid IS NULL") == [["1"]])

            #expect(try await site.call(.get, path, as: site.superuser).body["count"] == 3)
            #expect(try await site.call(.get, path + ids[1] + "/", as: site.stranger).status == 404)
            for (query, count) in [
                ("group__organization=\(site.cafe.id)", 2), ("group__organization__slug=cafe", 2), ("group__organization=", 2),
                ("page_size=1", 2),
            ] {
                #expect(try await site.call(.get, path + "?" + query, as: site.manager).body["count"] == .integer(Int64(count)), "\(query)")
            }
            #expect(try await site.call(.get, path + "?group__organization__slug=hotel", as: site.superuser).body["count"] == 1)
            for (key, value) in [
                ("group__organization", site.hotel.id), ("group__organization", site.alice.id), ("group__organization", "cafe"),
                ("group__organization__slug", "hotel"), ("group__organization__slug", "none"),
            ] {
                let refused = try await site.call(.get, path + "?\(key)=\(value)", as: site.manager)
                #expect(refused.status == 400 && refused.keys == [key], "\(key) \(value)")
            }
        }
    }

    @Test("a member is put into a group of his organization", arguments: Engine.available)
    func add(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let group = try await site.group("cafe-power-users")
            let path = "users/user/\(site.alice.id)/radius-group/"
            let added = try await site.call(.post, path, ["group": .string(group.id)], as: site.manager)
            #expect(added.status == 201 && added.keys == Self.keys)
            #expect(added.text("group") == group.id && added.body["priority"] == 1)
            let id = try #require(added.text("id"))
            #expect(try await site.call(.get, path + id + "/", as: site.manager).body == added.body)
            #expect(
                try await site.table("SELECT username, groupname, priority, organization_id, uuid FROM radusergroup")
                    == [["alice", "cafe-power-users", "1", site.cafe.id, id]])
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "alice")])

            let again = try await site.call(.post, path, ["group": .string(group.id), "priority": 7], as: site.manager)
            #expect(again.status == 400 && again.errors("group") == ["The user is in this group already."])
        }
    }

    @Test("groups that are not for the user or not the caller's are refused", arguments: Engine.available)
    func addRefused(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            try await site.script(
                "INSERT INTO radiusgroup (name, created, id) VALUES ('everyone', 1, '00000000-0000-4000-8000-000000000001')")
            let (cafe, hotel) = (try await site.group("cafe-users"), try await site.group("hotel-users"))
            let users = (alice: "users/user/\(site.alice.id)/radius-group/", both: "users/user/\(site.both.id)/radius-group/")
            let cases: [(String, JSONValue, Principal, [String])] = [
                (users.both, ["group": .string(hotel.id)], site.manager, ["group"]),
                (users.alice, ["group": .string(hotel.id)], site.superuser, ["group"]),
                (users.alice, ["group": "00000000-0000-4000-8000-000000000001"], site.superuser, ["group"]),
                (users.alice, ["group": .string(site.cafe.id)], site.manager, ["group"]),
                (users.alice, ["group": "cafe-users"], site.manager, ["group"]), (users.alice, [:], site.manager, ["group"]),
                (users.alice, ["group": nil], site.manager, ["group"]),
                (users.alice, ["group": .string(cafe.id), "priority": "first"], site.manager, ["priority"]),
                (users.alice, ["group": .string(cafe.id), "priority": 3_000_000_000], site.manager, ["priority"]),
            ]
            for (path, fields, caller, keys) in cases {
                let refused = try await site.call(.post, path, fields, as: caller)
                #expect(refused.status == 400 && refused.keys == keys, "\(path) \(fields)")
            }
            #expect(try await site.table("SELECT * FROM radusergroup").isEmpty)
            #expect(try await site.takeChanges().isEmpty)
        }
    }

    @Test("another group for an assignment is told to running servers", arguments: Engine.available)
    func change(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let (users, power) = (try await site.group("cafe-users"), try await site.group("cafe-power-users"))
            let hotel = try await site.group("hotel-users")
            let path = "users/user/\(site.both.id)/radius-group/"
            let added = try await site.call(.post, path, ["group": .string(users.id), "priority": 5], as: site.manager)
            let id = try #require(added.text("id"))
            _ = try await site.takeChanges()

            let same = try await site.call(.put, path + id + "/", ["priority": 5], as: site.manager)
            #expect(same.status == 200 && same.body == added.body)
            #expect(try await site.takeChanges().isEmpty)

            let changed = try await site.call(.put, path + id + "/", ["group": .string(power.id)], as: site.manager)
            #expect(changed.status == 200 && changed.keys == Self.keys)
            #expect(changed.text("group") == power.id && changed.text("id") == id && changed.body["priority"] == 5)
            #expect(
                try await site.table("SELECT groupname, priority, organization_id FROM radusergroup")
                    == [["cafe-power-users", "5", site.cafe.id]])
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "both")])

            let weighed = try await site.call(.patch, path + id + "/", ["priority": 2], as: site.manager)
            #expect(weighed.body["priority"] == 2)
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "both")])

            let foreign = try await site.call(.patch, path + id + "/", ["group": .string(hotel.id)], as: site.manager)
            #expect(foreign.status == 400 && foreign.keys == ["group"])
            // Who manages both may move it.
            let moved = try await site.call(
                .patch, path + id + "/", ["group": .string(hotel.id)], as: site.principal(managing: [site.cafe, site.hotel]))
            #expect(moved.status == 200)
            #expect(try await site.table("SELECT groupname, organization_id FROM radusergroup") == [["hotel-users", site.hotel.id]])
            #expect(try await site.call(.get, path + id + "/", as: site.manager).status == 404)
        }
    }

    @Test("an assignment ends", arguments: Engine.available)
    func remove(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let group = try await site.group("cafe-users")
            let path = "users/user/\(site.alice.id)/radius-group/"
            let added = try await site.call(.post, path, ["group": .string(group.id)], as: site.manager)
            let id = try #require(added.text("id"))
            _ = try await site.takeChanges()
            let removed = try await site.call(.delete, path + id + "/", as: site.manager)
            #expect(removed.status == 204 && removed.body == .null)
            #expect(try await site.table("SELECT * FROM radusergroup").isEmpty)
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "alice")])
            #expect(try await site.call(.delete, path + id + "/", as: site.manager).status == 404)
        }
    }

    @Test("users of other organizations and superusers are nobody", arguments: Engine.available)
    func tenancy(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let group = try await site.group("cafe-users")
            try await site.script(
                "INSERT INTO radusergroup (username, groupname, priority) VALUES ('alice', 'cafe-users', 1), ('root', 'cafe-users', 1)")
            let aliceGroups = "users/user/\(site.alice.id)/radius-group/"
            let listed = try await site.call(.get, aliceGroups, as: site.manager)
            let id = try #require(listed.results.first?["id"]?.string)
            let before = try await site.table("SELECT * FROM radusergroup ORDER BY username")
            let fields: JSONValue = ["group": .string(group.id), "priority": 9]
            func expectNothing(_ path: String, _ caller: Principal) async throws {
                for (method, path) in [
                    (HTTPRequest.Method.get, path), (.post, path), (.get, path + id + "/"), (.put, path + id + "/"),
                    (.patch, path + id + "/"), (.delete, path + id + "/"),
                ] {
                    let answer = try await site.call(method, path, fields, as: caller)
                    #expect(answer.status == 404 && answer.keys == ["detail"], "\(method) \(path)")
                }
            }
            try await expectNothing(aliceGroups, site.stranger)
            try await expectNothing("users/user/\(site.root.id)/radius-group/", site.manager)
            try await expectNothing("users/user/\(site.cafe.id)/radius-group/", site.superuser)
            try await expectNothing("users/user/alice/radius-group/", site.superuser)
            // Another user's assignment is not found under this one.
            #expect(try await site.call(.delete, "users/user/\(site.both.id)/radius-group/\(id)/", as: site.manager).status == 404)
            #expect(try await site.table("SELECT * FROM radusergroup ORDER BY username") == before)
            #expect(try await site.takeChanges().isEmpty)
        }
    }

    @Test("each method needs its permission")
    func permissions() async throws {
        try await GroupsSite.with(.sqlite) { site in
            let path = "users/user/\(site.alice.id)/radius-group/"
            let one = path + site.cafe.id + "/"
            let cases: [(HTTPRequest.Method, String, Set<String>)] = [
                (.get, path, ["view_radiususergroup", "change_radiususergroup"]), (.post, path, ["add_radiususergroup"]),
                (.get, one, ["view_radiususergroup", "change_radiususergroup"]), (.put, one, ["change_radiususergroup"]),
                (.patch, one, ["change_radiususergroup"]), (.delete, one, ["delete_radiususergroup"]),
            ]
            for (method, path, enough) in cases {
                #expect(try await site.call(method, path, as: nil).status == 401)
                for permission in GroupsSite.permissions.sorted() {
                    let caller = site.principal(managing: [site.cafe], permissions: [permission])
                    let status = try await site.call(method, path, as: caller).status
                    #expect((status != 403) == enough.contains(permission), "\(method) \(path) with \(permission)")
                }
            }
        }
    }
}
