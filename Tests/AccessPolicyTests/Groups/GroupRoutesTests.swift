import AccessPolicy
import Accounts
import Database
import HTTPTypes
import TestSupport
import Testing
import WebRouting

@Suite struct GroupRoutesTests {
    typealias Engine = TestDatabase.Engine

    private static let keys = ["created", "default", "description", "id", "modified", "name", "organization"]

    @Test("a list shows the groups of managed organizations by name, with filters", arguments: Engine.available)
    func list(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let own = try await site.call(.get, "radius/group/", as: site.manager)
            #expect(own.status == 200)
            #expect(own.keys == ["count", "next", "previous", "results"])
            #expect(own.results.map { $0["name"]?.string } == ["cafe-power-users", "cafe-users"])
            #expect(own.results.allSatisfy { GroupsSite.keys($0) == Self.keys })
            #expect(own.results.map { $0["organization"] } == [.string(site.cafe.id), .string(site.cafe.id)])
            #expect(own.results.map { $0["default"] } == [false, true])

            try await site.script(
                "INSERT INTO radiusgroup (name, created, id) VALUES ('everyone', 1, '00000000-0000-4000-8000-000000000001')")
            let everything = try await site.call(.get, "radius/group/", as: site.superuser)
            #expect(everything.body["count"] == 5)
            #expect(everything.results[2]["name"] == "everyone" && everything.results[2]["organization"] == .null)

            for (query, count) in [
                ("search=POWER", 1), ("search=cafe-", 2), ("search=%25", 0), ("search=hotel", 0),
                ("organization=\(site.cafe.id.uppercased())", 2),
                ("organization=\(site.hotel.id)", 0), ("organization_slug=cafe", 2), ("organization_slug=hotel", 0), ("search=", 2),
            ] {
                let found = try await site.call(.get, "radius/group/?\(query)", as: site.manager)
                #expect(found.status == 200 && found.body["count"] == .integer(Int64(count)), "\(query)")
            }
            for (query, field) in [("organization=cafe", "organization"), ("search=a%00", "search")] {
                let wrong = try await site.call(.get, "radius/group/?\(query)", as: site.manager)
                #expect(wrong.status == 400 && wrong.keys == [field], "\(query)")
            }
        }
    }

    @Test("a page has twenty groups, and at most a hundred")
    func pages() async throws {
        try await GroupsSite.with(.sqlite, defaultGroups: false) { site in
            let rows = (100..<225).map {
                "('cafe-\($0)', 1, '00000000-0000-4000-8000-000000000\($0)', '\(site.cafe.id)')"
            }
            try await site.script("INSERT INTO radiusgroup (name, created, id, organization_id) VALUES \(rows.joined(separator: ", "))")
            let first = try await site.call(.get, "radius/group/", as: site.manager)
            #expect(first.results.count == 20 && first.body["count"] == 125)
            #expect(first.text("next") == "http://radian.test/api/v1/radius/group/?page=2" && first.body["previous"] == .null)
            #expect(try await site.call(.get, "radius/group/?page_size=1000", as: site.manager).results.count == 100)
            #expect(try await site.call(.get, "radius/group/?page=8", as: site.manager).status == 404)
        }
    }

    @Test("a new group gets its organization's slug before its name", arguments: Engine.available)
    func add(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let added = try await site.call(
                .post, "radius/group/", ["name": "staff", "organization": .string(site.cafe.id), "description": "People"], as: site.manager)
            #expect(added.status == 201 && added.keys == Self.keys)
            #expect(added.text("name") == "cafe-staff" && added.text("description") == "People" && added.body["default"] == false)
            #expect(added.body["created"] == added.body["modified"])
            let id = try #require(added.text("id"))
            #expect(try await site.call(.get, "radius/group/\(id)/", as: site.manager).body == added.body)

            let prefixed = try await site.call(
                .post, "radius/group/", ["name": "cafe-x", "organization": .string(site.cafe.id), "description": nil], as: site.superuser)
            #expect(prefixed.text("name") == "cafe-x" && prefixed.text("description") == "")

            let preferred = try await site.call(
                .post, "radius/group/", ["name": "new", "organization": .string(site.cafe.id), "default": true], as: site.manager)
            #expect(preferred.body["default"] == true)
            #expect(
                try await site.table("SELECT name FROM radiusgroup WHERE is_default = 1 ORDER BY name") == [["cafe-new"], ["hotel-users"]])
        }
    }

    @Test("what cannot be a group is refused by field", arguments: Engine.available)
    func addRefused(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            try await site.script(
                "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('cafe-old', 'Session-Timeout', '=', '1')")
            let before = try await site.table("SELECT name, is_default FROM radiusgroup ORDER BY name")
            let cafe = JSONValue.string(site.cafe.id)
            let cases: [(JSONValue, [String])] = [
                ([:], ["name", "organization"]), (["name": "", "organization": cafe], ["name"]),
                (["name": "x", "organization": .string(site.hotel.id)], ["organization"]),
                (["name": "x", "organization": .string(site.alice.id)], ["organization"]),
                (["name": "x", "organization": "cafe"], ["organization"]), (["name": "x", "organization": nil], ["organization"]),
                (["name": "users", "organization": cafe], ["name"]), (["name": "cafe-users", "organization": cafe], ["name"]),
                // FreeRADIUS's tables know a group of this name.
                (["name": "old", "organization": cafe], ["name"]),
                (["name": "a\u{1}b", "organization": cafe], ["name"]), (["name": "a\u{0}b", "organization": cafe], ["name"]),
                (["name": .string(String(repeating: "é", count: 130)), "organization": cafe], ["name"]),
                (["name": "x", "organization": cafe, "default": "perhaps"], ["default"]),
            ]
            for (fields, keys) in cases {
                let refused = try await site.call(.post, "radius/group/", fields, as: site.manager)
                #expect(refused.status == 400 && refused.keys == keys, "\(fields)")
                #expect(keys.allSatisfy { refused.errors($0).count == 1 })
            }
            #expect(try await site.table("SELECT name, is_default FROM radiusgroup ORDER BY name") == before)
        }
    }

    @Test("a new name goes wherever the old one stood", arguments: Engine.available)
    func rename(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let group = try await site.group("cafe-users")
            let alice = site.alice.id
            let cafe = site.cafe.id
            try await site.change { try DefaultGroups.assign(userID: alice, organizationID: cafe, over: $0) }
            try await site.script(
                """
                INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('cafe-users', 'Idle-Timeout', '=', '60'),
                    ('hotel-users', 'Idle-Timeout', '=', '70');
                INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created)
                    VALUES ('group', 'cafe-users', 'octets', 'total', 1, 'refuse', 0), ('user', 'cafe-users', 'octets', 'total', 1, 'refuse', 0);
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, groupname)
                    VALUES ('s', 'u', 'alice', {{inet '192.0.2.1'}}, 'cafe-users'), ('t', 'v', 'henry', {{inet '192.0.2.1'}}, 'hotel-users');
                """)
            let changed = try await site.call(.patch, "radius/group/\(group.id)/", ["name": "guests"], as: site.manager)
            #expect(changed.status == 200 && changed.keys == Self.keys)
            #expect(changed.text("name") == "cafe-guests" && changed.body["default"] == true && changed.text("id") == group.id)
            #expect(changed.body["modified"] != changed.body["created"])
            #expect(try await site.table("SELECT DISTINCT groupname FROM radgroupcheck ORDER BY 1") == [["cafe-guests"], ["hotel-users"]])
            #expect(try await site.table("SELECT groupname FROM radgroupreply ORDER BY value") == [["cafe-guests"], ["hotel-users"]])
            #expect(try await site.table("SELECT username, groupname FROM radusergroup") == [["alice", "cafe-guests"]])
            #expect(try await site.table("SELECT groupname FROM radacct ORDER BY acctsessionid") == [["cafe-guests"], ["hotel-users"]])
            #expect(try await site.table("SELECT subject FROM radian_quota ORDER BY scope") == [["cafe-guests"], ["cafe-users"]])

            let taken = try await site.call(.patch, "radius/group/\(group.id)/", ["name": "power-users"], as: site.manager)
            #expect(taken.status == 400 && taken.errors("name") == ["A group with this name exists already."])
        }
    }

    @Test("a change leaves the organization, and always one default group", arguments: Engine.available)
    func change(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let (users, power) = (try await site.group("cafe-users"), try await site.group("cafe-power-users"))
            let whole: JSONValue = ["name": "cafe-users", "organization": .string(site.cafe.id), "description": "All"]
            let put = try await site.call(.put, "radius/group/\(users.id)/", whole, as: site.manager)
            #expect(put.status == 200 && put.text("description") == "All" && put.body["default"] == true)
            #expect(try await site.call(.put, "radius/group/\(users.id)/", ["name": "x"], as: site.manager).keys == ["organization"])

            let undone = try await site.call(.patch, "radius/group/\(users.id)/", ["default": false], as: site.manager)
            #expect(undone.status == 400 && undone.keys == ["default"])
            let moved = try await site.call(
                .patch, "radius/group/\(power.id)/", ["organization": .string(site.hotel.id)], as: site.superuser)
            #expect(moved.errors("organization") == ["The organization of a group cannot be changed."])
            let foreign = try await site.call(
                .patch, "radius/group/\(power.id)/", ["organization": .string(site.hotel.id)], as: site.manager)
            #expect(foreign.errors("organization") == ["Invalid pk \"\(site.hotel.id)\" - object does not exist."])

            let preferred = try await site.call(.patch, "radius/group/\(power.id)/", ["default": true], as: site.manager)
            #expect(preferred.status == 200 && preferred.body["default"] == true)
            #expect(
                try await site.table("SELECT name FROM radiusgroup WHERE is_default = 1 ORDER BY name")
                    == [["cafe-power-users"], ["hotel-users"]])
        }
    }

    @Test("a group of all organizations is the superusers'", arguments: Engine.available)
    func shared(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let id = "00000000-0000-4000-8000-000000000001"
            try await site.script("INSERT INTO radiusgroup (name, created, id) VALUES ('everyone', 1, '\(id)')")
            #expect(try await site.call(.get, "radius/group/\(id)/", as: site.manager).status == 404)
            let renamed = try await site.call(.put, "radius/group/\(id)/", ["name": "all", "organization": nil], as: site.superuser)
            #expect(renamed.status == 200 && renamed.text("name") == "all")
            #expect(try await site.call(.patch, "radius/group/\(id)/", ["default": true], as: site.superuser).keys == ["default"])
        }
    }

    @Test("a removed group leaves nothing behind, the default group stays", arguments: Engine.available)
    func remove(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let (users, power) = (try await site.group("cafe-users"), try await site.group("cafe-power-users"))
            try await site.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('alice', 'cafe-power-users', 1);
                INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('cafe-power-users', 'Idle-Timeout', '=', '60');
                INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created)
                    VALUES ('group', 'cafe-power-users', 'octets', 'total', 1, 'refuse', 0);
                """)
            let refused = try await site.call(.delete, "radius/group/\(users.id)/", as: site.manager)
            #expect(refused.status == 400 && refused.keys == ["detail"])
            let removed = try await site.call(.delete, "radius/group/\(power.id)/", as: site.manager)
            #expect(removed.status == 204 && removed.body == .null)
            #expect(try await site.table("SELECT name FROM radiusgroup WHERE organization_id = '\(site.cafe.id)'") == [["cafe-users"]])
            for table in ["radusergroup", "radgroupreply", "radian_quota"] {
                #expect(try await site.table("SELECT * FROM \(table)").isEmpty, "\(table)")
            }
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "alice")])
            #expect(try await site.call(.delete, "radius/group/\(power.id)/", as: site.manager).status == 404)
        }
    }

    @Test("who manages another organization sees and changes nothing", arguments: Engine.available)
    func tenancy(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let group = try await site.group("cafe-power-users")
            let before = try await site.table("SELECT * FROM radiusgroup ORDER BY name")
            let whole: JSONValue = ["name": "x", "organization": .string(site.hotel.id), "default": true]
            for path in ["radius/group/\(group.id)/", "radius/group/\(site.alice.id)/", "radius/group/cafe-users/", "radius/group/1%00/"] {
                for (method, fields) in [(HTTPRequest.Method.get, JSONValue.null), (.put, whole), (.patch, whole), (.delete, .null)] {
                    let answer = try await site.call(method, path, fields, as: site.stranger)
                    #expect(answer.status == 404 && answer.keys == ["detail"], "\(method) \(path)")
                }
            }
            #expect(try await site.call(.get, "radius/group/?search=cafe", as: site.stranger).body["count"] == 0)
            #expect(try await site.table("SELECT * FROM radiusgroup ORDER BY name") == before)
        }
    }

    @Test("each method needs its permission, and an organization to manage")
    func permissions() async throws {
        try await GroupsSite.with(.sqlite) { site in
            let group = try await site.group("cafe-power-users")
            let path = "radius/group/\(group.id)/"
            let cases: [(HTTPRequest.Method, String, Set<String>)] = [
                (.get, "radius/group/", ["view_radiusgroup", "change_radiusgroup"]), (.post, "radius/group/", ["add_radiusgroup"]),
                (.get, path, ["view_radiusgroup", "change_radiusgroup"]), (.put, path, ["change_radiusgroup"]),
                (.patch, path, ["change_radiusgroup"]), (.delete, path, ["delete_radiusgroup"]),
            ]
            for (method, path, enough) in cases {
                #expect(try await site.call(method, path, as: nil).status == 401)
                for permission in GroupsSite.permissions.sorted() {
                    let caller = site.principal(managing: [site.hotel], permissions: [permission])
                    let status = try await site.call(method, path, as: caller).status
                    #expect((status != 403) == enough.contains(permission), "\(method) \(path) with \(permission)")
                }
                let member = Principal(
                    id: site.alice.id, username: "alice", method: .apiToken, memberships: [site.cafe.id: .member],
                    permissions: GroupsSite.permissions)
                #expect(try await site.call(method, path, as: member).status == 403)
            }
            #expect(site.routes.allSatisfy { $0.throttle == nil && $0.credentials == [.bearer, .session] })
        }
    }
}
