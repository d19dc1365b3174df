import Accounts
import Database
import HTTPTypes
import TestSupport
import Testing
import WebRouting

@Suite struct SessionListRouteTests {
    typealias Engine = TestDatabase.Engine

    private func fill(_ site: GroupsSite) async throws {
        let noon = GroupsSite.noon
        let (cafe, hotel) = ("'\(site.cafe.id)'", "'\(site.hotel.id)'")
        let rows = [
            ("a", "alice", noon, "NULL", "AA-BB-CC-00-00-01", "AP-1:cafe", cafe),
            ("b", "bob", noon + 60, "{{timestamp \(noon + 600)}}", "aa:bb:cc:00:00:02", "ap:1:cafe", cafe),
            ("c", "carol", noon + 120, "NULL", "AA-BB-CC-00-00-01", "x", hotel), ("d", "dave", noon + 180, "NULL", "y", "z", "NULL"),
        ].map { id, user, start, stop, station, access, organization in
            "('\(id)', '\(id)', '\(user)', {{inet '192.0.2.1'}}, {{timestamp \(start)}}, \(stop), '\(station)', '\(access)', \(organization))"
        }
        try await site.script(
            """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, callingstationid,
                calledstationid, organization_id) VALUES \(rows.joined(separator: ", "))
            """)
    }

    private func ids(_ answer: GroupsSite.Answer) -> [String] {
        GroupsSite.elements(answer.body).compactMap { $0["unique_id"]?.string }
    }

    @Test("sessions of managed organizations, the newest first, stations in any spelling", arguments: Engine.available)
    func list(engine: Engine) async throws {
        try await GroupsSite.with(engine) { site in
            try await fill(site)
            let own = try await site.call(.get, "radius/sessions/", as: site.manager)
            #expect(own.status == 200 && ids(own) == ["b", "a"])
            #expect(own.headers[.link] == nil)
            #expect(ids(try await site.call(.get, "radius/sessions/", as: site.superuser)) == ["d", "c", "b", "a"])
            #expect(ids(try await site.call(.get, "radius/sessions/", as: site.stranger)) == ["c"])
            for (query, expected) in [
                ("username=bob", ["b"]), ("username=carol", []), ("calling_station_id=aa:bb:cc:00:00:01", ["a"]),
                ("calling_station_id=AA-BB-CC-00-00-02", ["b"]), ("called_station_id=AP-1-CAFE", ["b", "a"]), ("is_open=true", ["a"]),
                ("is_open=false", ["b"]), ("start_time=2026-03-03T12:00:30Z", ["b"]), ("stop_time=2026-03-03T12:10:00%2B00:00", ["b"]),
                ("stop_time=2026-03-03T12:09:59Z", []), ("username=%25", []),
            ] {
                #expect(ids(try await site.call(.get, "radius/sessions/?\(query)", as: site.manager)) == expected, "\(query)")
            }
            let page = try await site.call(.get, "radius/sessions/?page_size=1", as: site.manager)
            #expect(ids(page) == ["b"])
            let sessions = "<http://radian.test/api/v1/radius/sessions/?page_size=1&page=2>"
            #expect(page.headers[.link] == "\(sessions); rel=\"next\", \(sessions); rel=\"last\"")
            let beyond = try await site.call(.get, "radius/sessions/?page=2", as: site.manager)
            #expect(beyond.status == 404 && beyond.keys == ["detail"])
            #expect(try await site.call(.get, "radius/sessions/?start_time=soon&is_open=perhaps", as: site.manager).status == 400)
        }
    }

    @Test("seeing sessions needs the permission")
    func permissions() async throws {
        try await GroupsSite.with(.sqlite) { site in
            let anonymous = try await site.call(.get, "radius/sessions/", as: nil)
            #expect(anonymous.status == 401)
            for permission in GroupsSite.permissions.sorted() {
                let caller = site.principal(managing: [site.cafe], permissions: [permission])
                let isEnough = ["view_radiusaccounting", "change_radiusaccounting"].contains(permission)
                let answer = try await site.call(.get, "radius/sessions/", as: caller)
                #expect(answer.status == (isEnough ? 200 : 403), "\(permission)")
            }
        }
    }
}
