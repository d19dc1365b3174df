import Accounts
import Database
import HTTPTypes
import Logging
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Sessions

/// The log of authentications by the API.
@Suite(.timeLimit(.minutes(5))) struct AuthenticationRoutesTests {
    private static let path = "/api/v1/radius/authentications/"
    /// 14 November 2023, 22:13:20 UTC.
    private static let start: Int64 = 1_700_000_000
    private static let keys = [
        "called_station_id", "calling_station_id", "explanation", "id", "method", "nas", "next_step", "organization", "reason", "reply",
        "time", "user", "username",
    ]
    private static let (cafe, museum) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")

    private static func with(_ engine: Engine, _ body: (TestClient, Recording) async throws -> Void) async throws {
        try await TestDatabase.with(engine, schema: Recording.schema) { (database) async throws in
            let recording = try Recording(database)
            let kernel = Kernel(
                engine: database.engine, connections: 2, refreshInterval: .seconds(60),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            defer { kernel.stop() }
            func manager(_ organization: String, _ permission: String = "view_radiuspostauth") -> Principal {
                Principal(
                    id: organization, username: "eve", method: .apiToken, memberships: [organization: .manager], permissions: [permission])
            }
            let client = TestClient(
                AuthenticationRoutes(kernel: kernel).all,
                authenticator: FixedAuthenticator([
                    "root": Principal(id: "root", username: "root", method: .apiToken, isSuperuser: true), "cafe": manager(cafe),
                    "museum": manager(museum), "other": manager(cafe, "view_radiusaccounting"),
                ]))
            try await body(client, recording)
        }
    }

    /// Logins a second apart, written as the server writes them.
    private static func log(_ recording: Recording, _ entries: [(inout AuthenticationLogEntry) -> Void]) {
        let log = PostAuthenticationLog(engine: recording.engine, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for (number, change) in entries.enumerated() {
            var entry = AuthenticationLogEntry(
                userName: "bob", replyName: "Access-Accept", reason: nil, nasName: "gate", nasAddress: "192.0.2.1",
                epochMicroseconds: (start + Int64(number)) * 1_000_000 + 250_000)
            entry.organizationID = cafe
            change(&entry)
            log.append(entry)
        }
        log.start()
        log.stop()
    }

    private static func names(_ answer: TestAnswer) -> [String] {
        guard case .array(let rows)? = answer.json else { return [answer.text] }
        return rows.map { $0["username"]?.string ?? "" }
    }

    private static func rejected(_ name: String, _ reason: RejectReason) -> (inout AuthenticationLogEntry) -> Void {
        { entry in
            (entry.userName, entry.replyName, entry.reason) = (name, "Access-Reject", reason.rawValue)
        }
    }

    @Test(arguments: Engine.available) func anEntryTellsCauseAndNextStepInWords(engine: Engine) async throws {
        try await Self.with(engine) { client, recording in
            Self.log(
                recording,
                [
                    { entry in
                        Self.rejected("bob", .passwordMismatch)(&entry)
                        (entry.callingStationID, entry.calledStationID, entry.method) = ("02-00-00-00-00-01", "ap:it's", "CHAP")
                    }
                ])
            try recording.connection.execute(
                Statement(
                    "INSERT INTO nas (nasname, shortname, type, secret, organization_id) VALUES ('192.0.2.1', 'gate', 'other', 'x', $1)"),
                [.text(Self.cafe)])
            let user = User(username: "bob")
            try UserStore(recording.connection).add(user)
            let list = await client.bearing("cafe").get(Self.path)
            guard case .array(let rows)? = list.json, rows.count == 1, case .object(let members) = rows[0] else {
                Issue.record("\(list.status) \(list.text)")
                return
            }
            #expect(members.map(\.name).sorted() == Self.keys)
            let row = rows[0]
            #expect(row["time"] == "2023-11-14T22:13:20.250000Z" && row["username"] == "bob" && row["reply"] == "Access-Reject")
            #expect(row["reason"] == "password.mismatch" && row["explanation"] == "The password is wrong.")
            #expect(row["next_step"]?.string == RejectReason.passwordMismatch.nextStep && row["method"] == "CHAP")
            #expect(row["nas"]?["name"] == "gate" && row["nas"]?["id"] != .null)
            #expect(row["organization"] == .string(Self.cafe))
            // The user is a member of no organization that the manager has.
            #expect(row["user"] == .null)
            let root = await client.bearing("root").get(Self.path)
            guard case .array(let all)? = root.json else { return }
            #expect(all[0]["user"] == .string(user.id))

            guard case .integer(let id)? = row["id"] else { return }
            let detail = await client.bearing("cafe").get("\(Self.path)\(id)/")
            #expect(detail.keys == (Self.keys + ["radclient"]).sorted())
            #expect(
                detail.json?["radclient"]?.string
                    == #"echo 'User-Name = "bob", CHAP-Password = "PASSWORD", Calling-Station-Id = "02-00-00-00-00-01", "#
                    + #"Called-Station-Id = "ap:it'\''s", Message-Authenticator = 0x00' | radclient -x SERVER:1812 auth SECRET"#)
        }
    }

    @Test(arguments: Engine.available) func filtersAreAppliedByTheDatabase(engine: Engine) async throws {
        try await Self.with(engine) { client, recording in
            Self.log(
                recording,
                [
                    { $0.callingStationID = "02-00-00-00-00-01" },
                    { $0.callingStationID = "0200.0000.0002" },
                    Self.rejected("carol", .passwordMismatch), Self.rejected("dave", .quotaTime),
                    { entry in (entry.userName, entry.nasName) = ("erin%", "Roof") },
                ])
            let cafe = client.bearing("cafe")
            for (query, names) in [
                ("", ["erin%", "dave", "carol", "bob", "bob"]), ("username=bob", ["bob", "bob"]), ("username=BOB", []),
                ("calling_station_id=02:00:00:00:00:01", ["bob"]), ("calling_station_id=020000000002", ["bob"]),
                ("reply=reject", ["dave", "carol"]), ("reply=accept", ["erin%", "bob", "bob"]), ("reason=quota.time", ["dave"]),
                ("nas=roof", ["erin%"]), ("q=RO", ["erin%", "carol"]), ("q=%25", ["erin%"]), ("q=_", []),
                ("since=2023-11-14T22:13:22Z", ["erin%", "dave", "carol"]), ("until=2023-11-14T22:13:21Z", ["bob"]),
                ("since=2023-11-14T22:13:22Z&until=2023-11-14T22:13:23Z", ["carol"]), ("username=carol&reply=accept", []),
                ("organization=\(Self.museum)", []), ("organization=\(Self.cafe)&username=dave", ["dave"]),
                ("page_size=2", ["erin%", "dave"]), ("page_size=2&page=3", ["bob"]),
            ] as [(String, [String])] {
                let answer = await cafe.get(Self.path + "?" + query)
                #expect(Self.names(answer) == names, "\(query): \(answer.text.prefix(300))")
            }
            let linked = await cafe.get(Self.path + "?page_size=2")
            #expect(linked.headers[.link]?.contains("rel=\"next\"") == true)
            for (query, key) in [("reply=maybe", "reply"), ("since=yesterday", "since"), ("organization=cafe", "organization")] {
                let answer = await cafe.get(Self.path + "?" + query)
                #expect(answer.status == 400 && answer.keys == [key], "\(query): \(answer.text)")
            }
            let late = await cafe.get(Self.path + "?page=9")
            #expect(late.status == 404)
        }
    }

    @Test(arguments: Engine.available) func organizationsAreClosedToEachOther(engine: Engine) async throws {
        try await Self.with(engine) { client, recording in
            Self.log(recording, [{ _ in }, { entry in (entry.userName, entry.organizationID) = ("nobody", nil) }])
            let museum = await client.bearing("museum").get(Self.path)
            #expect(museum.status == 200 && museum.text == "[]")
            let narrowed = await client.bearing("museum").get(Self.path + "?organization=\(Self.cafe)")
            #expect(narrowed.text == "[]")
            let own = await client.bearing("cafe").get(Self.path)
            #expect(Self.names(own) == ["bob"])
            let all = await client.bearing("root").get(Self.path)
            #expect(Self.names(all) == ["nobody", "bob"])
            let ids = try recording.connection.table("SELECT id FROM radpostauth ORDER BY id").flatMap(\.self)
            for (who, id, status) in [
                ("museum", ids[0], 404), ("cafe", ids[0], 200), ("cafe", ids[1], 404), ("root", ids[1], 200), ("root", "999999", 404),
                ("root", "x", 404), ("other", ids[0], 403), ("nobody", ids[0], 401),
            ] {
                let answer = await client.bearing(who).get("\(Self.path)\(id)/")
                #expect(answer.status == status, "\(who) \(id): \(answer.status)")
            }
        }
    }

    @Test func radclientSpeaksNoEAPAndTakesNoSecret() {
        #expect(RadclientLine(userName: "bob", method: "EAP").text == nil)
        let line = RadclientLine(userName: "a\"b\\", method: nil).text ?? ""
        #expect(line.hasPrefix(#"echo 'User-Name = "a\"b\\", User-Password = "PASSWORD", "#))
        #expect(line.hasSuffix("auth SECRET"))
    }
}
