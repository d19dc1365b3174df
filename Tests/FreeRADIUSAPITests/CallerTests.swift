import Database
import HTTPTypes
import OrganizationSettings
import RADIUSPipeline
import TestSupport
import Testing
import WebRouting

@testable import FreeRADIUSAPI

@Suite struct CallerTests {
    private let bob: [JSONValue.Member] = [.init("username", "bob"), .init("password", "hello")]

    @Test("wrong credentials are 403 whatever is wrong, and an incomplete header 400")
    func wrongCredentials() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            for (authorization, status) in [
                ("Bearer \(APISite.bar) \(site.token)", 403), ("Bearer \(APISite.cafe) wrong", 403), ("Bearer cafe \(site.token)", 403),
                ("Bearer \(site.token)", 400), ("Bearer", 400),
            ] {
                let answer = try await site.call(.post, "authorize", bob, authorization: authorization)
                #expect(answer.status == status, "\(authorization)")
                #expect(answer.body?["detail"] != nil)
                #expect(answer.headers[.wwwAuthenticate] == nil)
            }
            let half = try await site.call(.post, "authorize", bob, authorization: "", query: [("uuid", APISite.cafe)])
            #expect(half.status == 403)
            #expect(site.decider.asked.isEmpty)
        }
    }

    @Test("the query may carry the credentials, and the header overrides it")
    func query() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let good = [("uuid", APISite.cafe), ("token", site.token)]
            #expect(try await site.call(.post, "authorize", bob, authorization: "", query: good).status == 200)
            #expect(try await site.call(.post, "authorize", bob, authorization: "Bearer a b", query: good).status == 403)
        }
    }

    @Test("a NAS never says whose it is")
    func organizationField() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let answer = try await site.call(.post, "authorize", bob + [.init("organization", .string(APISite.bar))])
            #expect(answer.status == 403)
        }
    }

    @Test("other addresses are refused by name")
    func addresses() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            let answer = try await site.call(.post, "authorize", bob, from: "198.51.100.7")
            #expect(answer.status == 403)
            #expect(answer.body?["detail"]?.string?.contains("198.51.100.7") == true)
        }
    }

    @Test("a user's token tells the organization", arguments: TestDatabase.Engine.available)
    func userToken(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            try site.connection.script(
                """
                INSERT INTO radian_user (id, username, email, created, modified) VALUES ('1', 'bob', 'bob@example.org', 0, 0), ('2', 'eve', NULL, 0, 0);
                INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, created) VALUES ('1', 'k', '\(APISite.bar)', 0, 0)
                """)
            for name in ["bob", "Bob@Example.org"] {
                let answer = try await site.call(
                    .post, "authorize", [.init("username", .string(name)), .init("password", "x")], authorization: "")
                #expect(answer.status == 200)
            }
            #expect(site.decider.asked.map(\.organizationID) == [APISite.bar, APISite.bar])
            for fields in [[JSONValue.Member("username", "eve"), .init("password", "x")], []] {
                #expect(try await site.call(.post, "authorize", fields, authorization: "").status == 403)
            }
        }
    }

    @Test("a device that moved is its session's user, where the organization allows it", arguments: TestDatabase.Engine.available)
    func roaming(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            try site.connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, callingstationid, organization_id)
                    VALUES ('a', 'a', 'bob', {{inet '10.0.0.1'}}, {{timestamp 100}}, '02-00-00-00-00-0A', '\(APISite.cafe)')
                """)
            let fields: [JSONValue.Member] = [.init("username", "02:00:00:00:00:0a"), .init("password", "02:00:00:00:00:0a")]
            let off = try await site.call(.post, "authorize", fields, authorization: "")
            #expect(off.status == 200)
            #expect(off.body == nil)
            #expect(site.decider.asked.isEmpty)

            let store = OrganizationSettingsStore(site.connection, defaults: OrganizationSettings())
            try store.set(["mac_addr_roaming_enabled": "yes"], of: APISite.cafe)
            try site.directory.refresh(over: site.connection)
            #expect(try await site.call(.post, "authorize", fields, authorization: "").body?["control:Auth-Type"] == "Accept")
            #expect(site.decider.asked.map(\.username) == ["bob"])
            #expect(site.decider.asked.map(\.isVouchedFor) == [true])
            // Strangers stay quiet in every route.
            let stranger: [JSONValue.Member] = [.init("username", "02:00:00:00:00:0b"), .init("password", "x")]
            for name in ["authorize", "postauth", "accounting"] {
                let answer = try await site.call(.post, name, stranger, authorization: "")
                #expect(answer.status == 200)
                #expect(answer.body == nil)
            }
        }
    }
}
