import Database
import Foundation
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// What happened to a user, gathered over all features.
@Suite struct UserTimelineTests {
    private static let login = Statement(
        """
        INSERT INTO radpostauth (username, reply, callingstationid, authdate, nasname, reason, organization_id)
        VALUES ($1, $2, '02-00-00-00-00-0A', {{postgres: to_timestamp($3)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', $3, 'unixepoch')}}, 'lobby',
            $4, $5)
        """)
    private static let action = Statement(
        """
        INSERT INTO radian_session_action (session_id, username, nas, organization_id, action, reason, requested_by, requested, state, result)
        VALUES ('s', $1, '192.0.2.1', $2, 'disconnect', 'operator', 'alice', $3, 'done', 'acknowledged')
        """)
    private static let quota = Statement(
        "INSERT INTO radian_quota_action (acctuniqueid, quota, period_began, action, taken_at) VALUES ($1, 'Max-Daily-Session', 0, 'slow', $2)"
    )

    private static func kinds(_ answer: TestAnswer) -> [String] {
        guard case .array(let entries)? = answer.json else { return [] }
        return entries.compactMap { $0["kind"]?.string }
    }

    @Test("all kinds, the newest first", arguments: TestDatabase.Engine.available)
    func kinds(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let alpha = world.alpha
            let manager = api.client.bearing(alpha.manager.token)
            let user = alpha.member.user
            let path = "/api/v1/users/user/\(user.id)/"
            let now = Int64(Date().timeIntervalSince1970)
            let organization = DatabaseValue.text(alpha.organization.id)
            let connection = api.connection
            try connection.execute(Self.login, [.text(user.username), .text("Access-Accept"), .integer(now + 100), .null, organization])
            try connection.execute(
                Self.login,
                [
                    .text("\(user.username)@\(alpha.organization.slug)"), .text("Access-Reject"), .integer(now + 200),
                    .text("password.mismatch"), organization,
                ])
            try connection.execute(Self.quota, [.text(alpha.sessionID), .integer(now + 300)])
            try connection.execute(Self.action, [.text(user.username), organization, .integer((now + 400) * 1_000_000)])
            #expect(await manager.patch(path, ["company": "ACME"]).status == 200)
            let noted = await manager.post(path + "notes/", ["text": "Called about the roof"])
            #expect(noted.status == 201 && noted.keys == ["details", "kind", "link", "text", "time"])

            let timeline = await manager.get(path + "timeline/")
            #expect(timeline.status == 200, "\(timeline.text)")
            let kinds = Self.kinds(timeline)
            #expect(kinds.prefix(5) == ["coa", "quota", "reject", "login", "note"], "\(timeline.text)")
            #expect(Set(kinds).isSuperset(of: ["change", "session", "registered"]))
            guard case .array(let entries)? = timeline.json else { return }
            for entry in entries {
                guard case .object(let members) = entry else { continue }
                #expect(members.map(\.name).sorted() == ["details", "kind", "link", "text", "time"])
                #expect(entry["text"]?.string?.isEmpty == false, "\(entry.text)")
            }
            let times = entries.compactMap { $0["time"]?.string.flatMap(WebTime.microseconds) }
            #expect(times.count == entries.count && times.sorted(by: >) == times)
            let session = try #require(entries.first { $0["kind"] == "session" })
            #expect(session["link"]?.string == "/sessions/\(alpha.sessionID)")
            let reject = try #require(entries.first { $0["kind"] == "reject" })
            #expect(reject["text"]?.string?.isEmpty == false && reject["details"]?["reason"] == "password.mismatch")
            #expect(entries.contains { $0["kind"] == "note" && $0["details"]?["by"]?.string == alpha.manager.user.username })
            #expect(entries.contains { $0["kind"] == "change" && $0["details"]?["what"] == "company" })

            // Read on: nothing twice, nothing newer.
            let older = await manager.get(path + "timeline/?before=\(entries[4]["time"]?.string ?? "")")
            #expect(Self.kinds(older).count == kinds.count - 5, "\(older.text)")
            let wrong = await manager.get(path + "timeline/?before=x")
            #expect(wrong.status == 400 && wrong.keys == ["before"])
        }
    }

    @Test("another organization's part of a shared user stays its own", arguments: TestDatabase.Engine.available)
    func shared(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let (alpha, beta) = (world.alpha, world.beta)
            let path = "/api/v1/users/user/\(alpha.member.user.id)/"
            let owner = api.client.bearing(alpha.manager.token)
            let other = api.client.bearing(beta.manager.token)
            #expect(await owner.post(path + "notes/", ["text": "tenant-alpha knows"]).status == 201)
            #expect(await other.get(path + "timeline/").status == 404)
            #expect(await other.post(path + "notes/", ["text": "x"]).status == 404)
            try MembershipStore(api.connection).join(alpha.member.user.id, beta.organization.id)
            let seen = await other.get(path + "timeline/")
            #expect(seen.status == 200)
            #expect(!seen.text.contains("tenant-alpha knows") && !Self.kinds(seen).contains("session"), "\(seen.text)")
            let root = api.client.bearing(world.superuser.token)
            #expect(await root.post(path + "notes/", ["text": "for everybody"]).status == 201)
            for client in [owner, other, root] { #expect(await client.get(path + "timeline/").text.contains("for everybody")) }
            let foreign = await owner.post(path + "notes/", ["text": "x", "organization": .string(beta.organization.id)])
            #expect(foreign.keys == ["organization"])
            #expect(await api.client.bearing(alpha.member.token).post(path + "notes/", ["text": "x"]).status == 403)
            #expect(await owner.post(path + "notes/", ["text": " "]).keys == ["text"])
        }
    }

    @Test("limits and what is used of them", arguments: TestDatabase.Engine.available)
    func usage(engine: TestDatabase.Engine) async throws {
        try await WholeAPI.with(engine) { api in
            let world = try await TwoTenants(api)
            let manager = api.client.bearing(world.alpha.manager.token)
            let made = await manager.post(
                "/api/v1/users/user/",
                [
                    "username": "dora", "email": .null, "password": "lantern of brass 9",
                    "organization_users": [["organization": .string(world.alpha.organization.id), "is_admin": false]],
                ])
            let id = try #require(made.json?["id"]?.string, "\(made.text)")
            let answer = await manager.get("/api/v1/users/user/\(id)/usage/")
            #expect(answer.keys == ["checks"])
            guard case .array(let checks)? = answer.json?["checks"] else { return }
            #expect(checks.compactMap { $0["attribute"]?.string } == ["Max-Daily-Session", "Max-Daily-Session-Traffic"])
            #expect(checks.first?["result"] == 0 && checks.first?["value"] == "10800" && checks.first?["type"] == "seconds")
            #expect(checks.first?["organization"]?.string == world.alpha.organization.id)
            #expect(await api.client.bearing(world.beta.manager.token).get("/api/v1/users/user/\(id)/usage/").status == 404)
        }
    }
}
