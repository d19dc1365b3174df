import Accounts
import Database
import HTTPTypes
import Registration
import Testing
import TestSupport
import WebRouting
import WebTestSupport

@Suite struct OwnDataTests {
    private func session(_ cafe: Cafe, _ id: String, _ user: String, _ organization: Organization, start: Int64, stop: Int64? = nil)
        async throws
    {
        try await cafe.run(
            """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, acctsessiontime,
                acctinputoctets, acctoutputoctets, callingstationid, organization_id)
            VALUES ('\(id)', '\(id)', '\(user)', {{inet '10.0.0.1'}}, {{timestamp \(start)}},
                \(stop.map { "{{timestamp \($0)}}" } ?? "NULL"), 60, 1000, 2000, 'AA-BB-CC-DD-EE-FF', '\(organization.id)')
            """)
    }

    @Test("one's own sessions of the organization, newest first", arguments: Engine.available)
    func sessions(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"), to: [cafe.cafe, cafe.bar])
            let client = try await cafe.client(bob)
            #expect(await cafe.client.get(cafe.path("session/")).status == 401)
            try await session(cafe, "a", "bob", cafe.cafe, start: 100, stop: 160)
            try await session(cafe, "b", "bob", cafe.cafe, start: 200)
            try await session(cafe, "c", "bob", cafe.bar, start: 300)
            try await session(cafe, "d", "eva", cafe.cafe, start: 400)
            func ids(_ query: String) async -> [String] {
                guard case .array(let sessions)? = await client.get(cafe.path("session/") + query).json else { return ["?"] }
                return sessions.compactMap { $0["session_id"]?.string }
            }
            #expect(await ids("") == ["b", "a"])
            #expect(await ids("?is_open=true") == ["b"])
            #expect(await ids("?is_open=false") == ["a"])
            #expect(await ids("?username=eva") == ["b", "a"])
            #expect(await ids("?calling_station_id=AA-BB-CC-DD-EE-FF&is_open=true") == ["b"])
            let page = await client.get(cafe.path("session/") + "?page_size=1&is_open=")
            #expect(page.headers[.link]?.contains("rel=\"next\"") == true)
            #expect(await client.get(cafe.path("session/") + "?page=9").status == 404)
            #expect(await client.get(cafe.path("session/") + "?start_time=x").keys == ["start_time"])
        }
    }

    @Test("limits of the group and what is used of them", arguments: Engine.available)
    func usage(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"))
            let client = try await cafe.client(bob)
            #expect(await client.get(cafe.path("usage/")).status == 404)
            try await cafe.run(
                """
                INSERT INTO radusergroup (username, groupname, priority, organization_id) VALUES ('bob', 'cafe-users', 1, '\(cafe.cafe.id)');
                INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES
                    ('cafe-users', 'Max-Daily-Session', ':=', '10800'), ('cafe-users', 'Simultaneous-Use', ':=', '2'),
                    ('cafe-users', 'Max-Daily-Session-Traffic', ':=', '2500')
                """)
            try await session(cafe, "a", "bob", cafe.cafe, start: cafe.now / 1_000_000 - 600, stop: cafe.now / 1_000_000 - 540)
            let answer = await client.get(cafe.path("usage/"))
            #expect(answer.status == 200)
            #expect(
                answer.json == [
                    "checks": [
                        ["attribute": "Max-Daily-Session", "op": ":=", "result": 60, "type": "seconds", "value": "10800"],
                        ["attribute": "Max-Daily-Session-Traffic", "op": ":=", "result": 2500, "type": "bytes", "value": "2500"],
                    ]
                ])
            #expect(await cafe.client.get(cafe.path("usage/")).status == 401)
            #expect(await client.get(cafe.path("usage/", of: cafe.bar)).status == 404)
        }
    }
}
