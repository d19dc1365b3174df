import AccessPolicy
import Accounts
import Database
import HTTPTypes
import Localization
import NASClients
import ServerKernel
import Sessions
import TestSupport
import Testing
import WebRouting

@Suite struct DefaultGroupsTests {
    typealias Engine = TestDatabase.Engine

    @Test("an organization gets two groups, once", arguments: Engine.available)
    func create(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let cafe = site.cafe
            let everything = "SELECT groupname, attribute, op, value FROM radgroupcheck ORDER BY id"
            let items = try await site.table(everything)
            #expect(
                items.filter { $0[0].hasPrefix("cafe") } == [
                    ["cafe-users", "Max-Daily-Session", ":=", "10800"], ["cafe-users", "Max-Daily-Session-Traffic", ":=", "3000000000"],
                ])
            // What an operator changed meanwhile stays.
            let power = try await site.group("cafe-power-users")
            #expect(try await site.call(.patch, "radius/group/\(power.id)/", ["default": true], as: site.manager).status == 200)
            try await site.script("DELETE FROM radgroupcheck WHERE groupname = 'cafe-users'")
            try await site.change { try DefaultGroups.create(cafe, over: $0) }
            #expect(try await site.table(everything) == items.filter { $0[0].hasPrefix("hotel") })
            #expect(
                try await site.table("SELECT name, is_default FROM radiusgroup WHERE organization_id = '\(cafe.id)' ORDER BY name")
                    == [["cafe-power-users", "1"], ["cafe-users", "0"]])
        }
    }

    @Test("a name that somebody else has undoes the organization", arguments: Engine.available)
    func taken(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let added = try await site.call(
                .post, "radius/group/", ["name": "cafe-b-users", "organization": .string(site.cafe.id)], as: site.manager)
            #expect(added.status == 201)
            var hooks = AccountHooks()
            hooks.addAccessPolicy()
            let other = Organization(name: "Other", slug: "cafe-b")
            let problem = await #expect(throws: Problem.self) {
                try await site.change { [hooks] connection in
                    try OrganizationStore(connection).add(other)
                    try hooks.organizationCreated(other, connection)
                }
            }
            #expect(problem?.body(in: .english) == ["slug": ["A group named cafe-b-users exists already."]])
            #expect(try await site.table("SELECT slug FROM radian_organization ORDER BY slug") == [["cafe"], ["hotel"]])
        }
    }

    @Test("a member without a group gets the default one", arguments: Engine.available)
    func assign(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            let (cafe, alice, both) = (site.cafe.id, site.alice.id, site.both.id)
            try await site.script(
                """
                INSERT INTO radusergroup (username, groupname, priority) VALUES ('both', 'cafe-power-users', 4), ('alice', 'hotel-users', 1),
                    ('alice', 'another', 1)
                """)
            for _ in 0..<2 {
                try await site.change {
                    try DefaultGroups.assign(userIDs: [alice, both], organizationID: cafe, over: $0)
                    try DefaultGroups.assign(userID: alice, organizationID: "none", over: $0)
                }
            }
            #expect(
                try await site.table("SELECT username, groupname, priority, organization_id FROM radusergroup WHERE uuid IS NOT NULL")
                    == [["alice", "cafe-users", "1", cafe]])
            #expect(try await site.table("SELECT count(*) FROM radusergroup") == [["4"]])
            // A random UUID of version 4.
            let id = try #require(try await site.table("SELECT uuid FROM radusergroup WHERE uuid IS NOT NULL").first?.first)
            #expect(id.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
        }
    }

    @Test("without a default group nothing is given", arguments: Engine.available)
    func none(engine: Engine) async throws {
        try await GroupsSite.with(engine, defaultGroups: false) { site in
            let (cafe, alice) = (site.cafe.id, site.alice.id)
            try await site.change { try DefaultGroups.assign(userID: alice, organizationID: cafe, over: $0) }
            #expect(try await site.table("SELECT * FROM radusergroup").isEmpty)
        }
    }

    @Test("groups and items follow accounts", arguments: Engine.available)
    func hooks(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            var made = AccountHooks()
            made.addAccessPolicy()
            let hooks = made
            let (cafe, both, alice) = (site.cafe, site.both, site.alice)
            try await site.change { connection in
                for id in [alice.id, both.id] { try hooks.memberJoined(id, cafe.id, connection) }
                try DefaultGroups.assign(userID: both.id, organizationID: site.hotel.id, over: connection)
            }
            var bar = cafe
            bar.slug = "bar"
            try await site.change { [bar] connection in
                try OrganizationStore(connection).update(bar)
                try hooks.organizationChanged(cafe, bar, connection)
            }
            #expect(
                try await site.table("SELECT name FROM radiusgroup ORDER BY name")
                    == [["bar-power-users"], ["bar-users"], ["hotel-power-users"], ["hotel-users"]])
            #expect(try await site.table("SELECT DISTINCT groupname FROM radgroupcheck ORDER BY 1") == [["bar-users"], ["hotel-users"]])

            _ = try await site.takeChanges()
            try await site.change { connection in
                try MembershipStore(connection).leave(both.id, cafe.id)
                try hooks.memberLeft(both.id, cafe.id, connection)
                try hooks.memberLeft(site.henry.id, site.hotel.id, connection)
            }
            let rest = "SELECT username, groupname FROM radusergroup ORDER BY username"
            #expect(try await site.table(rest) == [["alice", "bar-users"], ["both", "hotel-users"]])
            #expect(try await site.takeChanges() == [AccountChange(.userGroupsChanged, "both")])

            try await site.script("INSERT INTO radreply (username, attribute, op, value) VALUES ('alice', 'Idle-Timeout', '=', '60')")
            try await site.change { try hooks.userRenamed("alice", "alicia", $0) }
            #expect(try await site.table(rest) == [["alicia", "bar-users"], ["both", "hotel-users"]])
            #expect(try await site.table("SELECT username FROM radreply") == [["alicia"]])
            await #expect(throws: AccountsError.userExists(username: "both")) {
                try await site.change { try hooks.userRenamed("alicia", "both", $0) }
            }

            try await site.change { try hooks.userRemoved(User(username: "alicia"), $0) }
            #expect(try await site.table(rest) == [["both", "hotel-users"]])
            #expect(try await site.table("SELECT * FROM radreply").isEmpty)
        }
    }

    @Test("memberships that are there already get ids", arguments: Engine.available)
    func migration(engine: Engine) async throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            let others = [AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations]
            _ = try Migrator(others + [Array(AccessPolicyModule.migrations.prefix(5))]).migrate(connection)
            try connection.script(
                "INSERT INTO radusergroup (username, groupname, priority) VALUES ('a', 'x', 1), ('a', 'y', 2), ('b', 'x', 1)")
            _ = try Migrator(others + [AccessPolicyModule.migrations]).migrate(connection)
            #expect(
                try connection.table("SELECT count(DISTINCT uuid), count(created), count(modified) FROM radusergroup") == [["3", "3", "3"]])
        }
    }
}
