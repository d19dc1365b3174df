import Database
import HTTPTypes
import RADIUSPipeline
import TestSupport
import Testing
import WebRouting

@testable import FreeRADIUSAPI

@Suite struct AccountingTests {
    /// A record as rlm_rest sends it: every field is there, most are empty.
    private func record(_ type: String, _ more: [(String, JSONValue)] = []) -> [JSONValue.Member] {
        var fields: [(String, JSONValue)] = [
            ("status_type", .string(type)), ("session_id", "35000006"), ("unique_id", "75058e50"), ("username", "bob"), ("realm", ""),
            ("nas_ip_address", "172.16.64.91"), ("nas_port_id", "1"), ("nas_port_type", "Async"), ("session_time", ""),
            ("authentication", "RADIUS"), ("input_octets", ""), ("output_octets", ""), ("called_station_id", "00-27-22-F3-FA-F1:hostname"),
            ("calling_station_id", "5c:7d:c1:72:a7:3b"), ("terminate_cause", ""), ("service_type", "Login-User"),
            ("framed_protocol", "test"),
            ("framed_ip_address", ""),
        ]
        for (name, value) in more {
            if let index = fields.firstIndex(where: { $0.0 == name }) { fields[index].1 = value } else { fields.append((name, value)) }
        }
        return fields.map { .init($0.0, $0.1) }
    }

    private let row = """
        SELECT username, acctsessiontime, acctinputoctets, acctoutputoctets, acctterminatecause,
            CASE WHEN acctstoptime IS NULL THEN 'open' ELSE 'closed' END, organization_id FROM radacct ORDER BY radacctid
        """

    @Test("a session's life: new, updated, stopped, and back when it is heard of again", arguments: TestDatabase.Engine.available)
    func life(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            func send(_ type: String, _ more: [(String, JSONValue)] = []) async throws -> Int {
                let answer = try await site.call(.post, "accounting", record(type, more))
                #expect(answer.body == nil)
                return answer.status
            }
            #expect(try await send("Start") == 201)
            #expect(try await send("Start") == 200)
            #expect(
                try await send("Interim-Update", [("session_time", "261"), ("input_octets", "1111909"), ("output_octets", "1511074")])
                    == 200)
            #expect(try await send("Interim-Update") == 200)
            #expect(try site.rows(row).first?.prefix(4) == ["bob", "261", "1111909", "1511074"])
            let stop: [(String, JSONValue)] = [
                ("session_time", "300"), ("output_gigawords", "1"), ("output_octets", "5"), ("terminate_cause", "User-Request"),
            ]
            #expect(try await send("Stop", stop) == 200)
            #expect(try site.rows(row) == [["bob", "300", "1111909", "4294967301", "User-Request", "closed", APISite.cafe]])
            #expect(try await send("Interim-Update", [("session_time", "400")]) == 200)
            #expect(try site.rows(row).map { $0[5] } == ["open"])
        }
    }

    @Test("a session that is another organization's is left alone", arguments: TestDatabase.Engine.available)
    func foreign(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            try site.connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, organization_id)
                    VALUES ('a', '75058e50', 'eve', {{inet '10.0.0.1'}}, {{timestamp 100}}, {{timestamp 200}}, '\(APISite.bar)')
                """)
            #expect(try await site.call(.post, "accounting", record("Interim-Update")).status == 200)
            #expect(try site.rows(row).map { $0[0] } == ["eve"])
        }
    }

    @Test("a new session ends the older ones of the same device, and gets the user's group", arguments: TestDatabase.Engine.available)
    func newSession(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            try site.connection.script(
                """
                INSERT INTO radusergroup (username, groupname, priority, organization_id)
                    VALUES ('bob', 'cafe-users', 1, '\(APISite.cafe)'), ('bob', 'bar-users', 0, '\(APISite.bar)')
                """)
            #expect(try await site.call(.post, "accounting", record("Start", [("unique_id", "old")])).status == 201)
            #expect(try await site.call(.post, "accounting", record("Start")).status == 201)
            let rows = try site.rows(
                """
                SELECT groupname, acctterminatecause, CASE WHEN acctstoptime IS NULL THEN 'open' ELSE 'closed' END
                    FROM radacct ORDER BY radacctid
                """)
            #expect(rows.map { $0[0] } == ["cafe-users", "cafe-users"])
            #expect(rows[0][1] == "Session-Timeout")
            #expect(rows.map { $0[2] } == ["closed", "open"])
        }
    }

    @Test("an access point that restarts ends its sessions", arguments: TestDatabase.Engine.available)
    func restart(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            #expect(try await site.call(.post, "accounting", record("Start")).status == 201)
            #expect(try await site.call(.post, "accounting", [.init("status_type", "Accounting-On")]).status == 200)
            #expect(try site.rows(row).first?[5] == "open")
            let on: [JSONValue.Member] = [
                .init("status_type", "Accounting-On"), .init("called_station_id", "00-27-22-F3-FA-F1:hostname"), .init("session_id", ""),
            ]
            let answer = try await site.call(.post, "accounting", on)
            #expect(answer.status == 200)
            #expect(answer.body == nil)
            #expect(try site.rows(row).first?[4...5] == ["NAS-Reboot", "closed"])
        }
    }

    @Test("what a NAS leaves out is made up for, what is wrong is named")
    func tolerance() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            #expect(try await site.call(.post, "accounting", record("Start", [("unique_id", "")])).status == 201)
            #expect(try await site.call(.post, "accounting", record("Interim-Update", [("unique_id", "")])).status == 200)
            let missing = try await site.call(.post, "accounting", [.init("status_type", "Start")])
            #expect(missing.status == 400)
            #expect(missing.body == ["nas_ip_address": ["This field is required."], "session_id": ["This field is required."]])
            let wrong: [(String, JSONValue)] = [
                ("status_type", "start"), ("nas_ip_address", "10.0.0"), ("input_octets", "many"), ("framed_ipv6_prefix", "10.0.0.0/8"),
            ]
            for (name, value) in wrong {
                let answer = try await site.call(.post, "accounting", record("Start", [(name, value)]))
                #expect(answer.status == 400)
                #expect(answer.body?[name] != nil, "\(name)")
            }
        }
    }

    @Test("more octets than a counter holds are as many as it does", arguments: TestDatabase.Engine.available)
    func tooManyOctets(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            let octets: [(String, JSONValue)] = [("input_octets", "9223372036854775807"), ("input_gigawords", "4294967295")]
            #expect(try await site.call(.post, "accounting", record("Start")).status == 201)
            #expect(try await site.call(.post, "accounting", record("Interim-Update", octets)).status == 200)
            #expect(try site.rows("SELECT acctinputoctets FROM radacct") == [["9223372036854775807"]])
        }
    }

    @Test("the list shows the organization's sessions only, newest first, in pages", arguments: TestDatabase.Engine.available)
    func list(engine: TestDatabase.Engine) async throws {
        try await APISite.with(engine) { (site) async throws in
            for index in 1...3 {
                let more: [(String, JSONValue)] = [
                    ("unique_id", .string("s\(index)")), ("calling_station_id", .string("dev\(index)")),
                    ("start_time", .string("2026-01-0\(index)T00:00:00Z")),
                ]
                #expect(try await site.call(.post, "accounting", record("Start", more)).status == 201)
            }
            try site.connection.script("UPDATE radacct SET organization_id = '\(APISite.bar)' WHERE acctuniqueid = 's2'")
            let first = try await site.call(.get, "accounting", query: [("page_size", "1")])
            guard case .array(let sessions)? = first.body else {
                Issue.record("no array")
                return
            }
            #expect(sessions.map { $0["unique_id"] } == ["s3"])
            #expect(sessions[0]["organization"] == .string(APISite.cafe))
            #expect(sessions[0]["start_time"] == "2026-01-03T00:00:00Z")
            #expect(sessions[0]["status_type"] == nil)
            #expect(first.headers[.link]?.contains("rel=\"next\"") == true)
            #expect(try await site.call(.get, "accounting", query: [("page", "3"), ("page_size", "1")]).status == 404)
            #expect(try await site.call(.get, "accounting", query: [("is_open", "perhaps")]).body?["is_open"] != nil)
            let filtered = try await site.call(.get, "accounting", query: [("stop_time", "2026-01-01T00:00:00Z"), ("is_open", "true")])
            #expect(filtered.body == [])
        }
    }

    @Test("the log gets the reason of a refusal, and never a password")
    func postAuth() async throws {
        try await APISite.with(.sqlite) { (site) async throws in
            site.decider.answer(LoginDecision(reason: .passwordMismatch, replies: []))
            _ = try await site.call(.post, "authorize", [.init("username", "bob"), .init("password", "secret")])
            for reply in ["Access-Reject", "Access-Accept"] {
                let answer = try await site.call(
                    .post, "postauth", [.init("username", "bob"), .init("password", "secret"), .init("reply", .string(reply))])
                #expect(answer.status == 201)
                #expect(answer.body == nil)
            }
            #expect(site.log.entries.map(\.reason) == ["password.mismatch", nil])
            #expect(site.log.entries.allSatisfy { $0.organizationID == APISite.cafe && $0.userName == "bob" })
            #expect(try await site.call(.post, "postauth", [.init("username", "bob")]).body == ["reply": ["This field is required."]])
        }
    }
}
