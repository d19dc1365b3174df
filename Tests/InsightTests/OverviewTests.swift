import Accounts
import Database
import Logging
import NASClients
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel
import Sessions
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Insight

/// The figures of the overview, against rows that the server's own writers wrote.
@Suite(.timeLimit(.minutes(5))) struct OverviewTests {
    private static let (cafe, museum) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
    /// A whole minute: 14 November 2023, 22:13:00 UTC.
    private static let now: Int64 = 1_699_999_980

    private struct Directory: NASDirectory {
        let table: NASTable
        func unknownSource(_ address: IPAddress) {}
        func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {}
    }

    private struct Scene {
        let connection: any DatabaseConnection
        let recorder: SessionRecorder
        let log: PostAuthenticationLog
        let client: TestClient

        func session(
            _ id: String, _ user: String, in organization: String?, began: Int64, reported: Int64, octets: Int64 = 0, ends: Bool = false
        )
            throws
        {
            var record = AccountingRecord(
                statusType: .start, uniqueID: id, eventEpoch: now + began, hasEventTimestamp: true, organizationID: organization,
                acctSessionID: id, nasIPAddress: "192.0.2.4")
            record.userName = user
            _ = try recorder.record([record])
            record.statusType = ends ? .stop : .interimUpdate
            record.eventEpoch = now + reported
            record.sessionTime = reported - began
            (record.inputOctets, record.outputOctets) = (octets, octets * 10)
            _ = try recorder.record([record])
        }

        func login(_ user: String, in organization: String?, at moment: Int64, _ reason: RejectReason? = nil, nas: String = "roof") {
            var entry = AuthenticationLogEntry(
                userName: user, replyName: reason == nil ? "Access-Accept" : "Access-Reject", reason: reason?.rawValue, nasName: nas,
                nasAddress: "192.0.2.3", epochMicroseconds: (now + moment) * 1_000_000)
            entry.organizationID = organization
            log.append(entry)
        }

        /// Everything that was logged is in the table.
        func settle() {
            log.start()
            log.stop()
        }

        func overview(_ who: String, _ query: String = "") async throws -> JSONValue {
            let answer = await client.bearing(who).get("/api/v1/radius/overview/" + query)
            try #require(answer.status == 200, "\(answer.text)")
            return try #require(answer.json)
        }
    }

    private static func with(_ engine: TestDatabase.Engine, _ body: (Scene) async throws -> Void) async throws {
        try await TestDatabase.with(engine) { (database) async throws in
            let connection = try database.engine.connect(.general)
            try Migrator([AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations]).migrate(connection)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let kernel = Kernel(engine: database.engine, connections: 2, refreshInterval: .seconds(60), logger: logger)
            defer { kernel.stop() }
            func device(_ id: Int64, _ name: String, _ address: String, _ organization: String?) throws -> NASClient {
                NASClient(
                    id: id, name: name, prefix: IPPrefix(try #require(IPAddress(address))), secret: SharedSecret([1]),
                    organizationID: organization)
            }
            let devices = try [
                device(1, "gate", "192.0.2.1", cafe), device(2, "door", "192.0.2.2", cafe), device(3, "roof", "192.0.2.3", cafe),
                device(4, "cellar", "192.0.2.4", cafe), device(5, "hall", "192.0.2.5", museum),
            ]
            // The first was heard a moment ago, the second long ago, the others never by this process.
            let heard: [NASClient.Key: Int64] = [.row(1): now - 10, .row(2): now - 3600]
            let route = OverviewRoute(
                kernel: kernel, directory: Directory(table: NASTable(devices)), lastHeard: { heard }, now: { now * 1_000_000 }
            ).route
            func manager(_ organization: String, _ permission: String = "view_radiusaccounting") -> Principal {
                Principal(id: "id", username: "eve", method: .apiToken, memberships: [organization: .manager], permissions: [permission])
            }
            let client = TestClient(
                [route],
                authenticator: FixedAuthenticator([
                    "root": Principal(id: "root", username: "root", method: .apiToken, isSuperuser: true), "cafe": manager(cafe),
                    "museum": manager(museum), "other": manager(cafe, "view_radiuspostauth"),
                ]))
            try await body(
                Scene(
                    connection: connection, recorder: SessionRecorder(KeptConnection(database.engine, .packets), events: kernel.events),
                    log: PostAuthenticationLog(engine: database.engine, logger: logger), client: client))
        }
    }

    private static func points(_ json: JSONValue?) -> [[Int64]] {
        guard case .array(let points)? = json else { return [] }
        return points.map { point in
            guard case .array(let values) = point else { return [] }
            return values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func figuresOfAnOrganizationAndOfAll(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            for (id, user, organization) in [("a", "bob", Self.cafe), ("b", "bob", Self.cafe), ("c", "carol", Self.museum)] {
                try scene.session(id, user, in: organization, began: -600, reported: -60)
            }
            try scene.session("ended", "dave", in: Self.cafe, began: -600, reported: -30, ends: true)
            for (slug, id) in [("cafe", Self.cafe), ("museum", Self.museum)] {
                try OrganizationStore(scene.connection).add(Organization(id: id, name: slug, slug: slug))
            }
            for (name, organizations) in [("bob", [Self.cafe]), ("carol", [Self.cafe, Self.museum]), ("dave", [])] {
                let user = User(username: name)
                try UserStore(scene.connection).add(user)
                for organization in organizations { try MembershipStore(scene.connection).join(user.id, organization) }
            }
            let cafe = try await scene.overview("cafe")
            guard case .object(let members) = cafe else { return }
            #expect(
                members.map(\.name).sorted() == [
                    "accepts_per_minute", "nas_count", "online", "online_users", "reject_reasons", "rejects_per_minute", "silent_nas",
                    "step",
                    "traffic", "user_count",
                ])
            #expect(cafe["online"] == 2 && cafe["online_users"] == 1 && cafe["user_count"] == 2)
            let all = try await scene.overview("root")
            #expect(all["online"] == 3 && all["online_users"] == 2 && all["user_count"] == 3)
            let museum = try await scene.overview("museum")
            #expect(museum["online"] == 1 && museum["user_count"] == 1)
            let narrowed = try await scene.overview("root", "?organization=\(Self.museum)")
            #expect(narrowed["online"] == 1 && narrowed["nas_count"] == 1)
            let foreign = try await scene.overview("cafe", "?organization=\(Self.museum)")
            #expect(foreign["online"] == 0 && foreign["user_count"] == 0 && foreign["nas_count"] == 0)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func loginsAreCountedByStepAndReason(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            scene.login("bob", in: Self.cafe, at: 5)
            scene.login("bob", in: Self.cafe, at: -1)
            scene.login("bob", in: Self.cafe, at: -59)
            scene.login("bob", in: Self.cafe, at: -3599)
            scene.login("carol", in: Self.cafe, at: -1, .passwordMismatch)
            scene.login("carol", in: Self.cafe, at: -2, .passwordMismatch)
            scene.login("dave", in: Self.cafe, at: -3, .quotaTime)
            scene.login("erin", in: Self.museum, at: -3, .userUnknown)
            scene.settle()
            let hour = try await scene.overview("cafe")
            #expect(hour["step"] == 60)
            let accepts = Self.points(hour["accepts_per_minute"])
            #expect(accepts.count == 60 && accepts.first?.first == Self.now - 59 * 60 && accepts.last?.first == Self.now)
            #expect(accepts.filter { $0[1] > 0 } == [[Self.now - 60, 2], [Self.now, 1]])
            #expect(Self.points(hour["rejects_per_minute"]).filter { $0[1] > 0 } == [[Self.now - 60, 3]])
            let reasons: JSONValue = [
                ["count": 2, "explanation": "The password is wrong.", "reason": "password.mismatch"],
                ["count": 1, "explanation": .string(RejectReason.quotaTime.explanation), "reason": "quota.time"],
            ]
            #expect(hour["reject_reasons"] == reasons)
            let day = try await scene.overview("cafe", "?minutes=1440")
            #expect(day["step"] == 1200 && Self.points(day["accepts_per_minute"]).map { $0[1] }.reduce(0, +) == 4)
            let museum = try await scene.overview("museum")
            #expect(museum["accepts_per_minute"] == [] && Self.points(museum["rejects_per_minute"]).map { $0[1] }.reduce(0, +) == 1)
            for query in ["?minutes=0", "?minutes=1441", "?minutes=x"] {
                let refused = await scene.client.bearing("cafe").get("/api/v1/radius/overview/" + query)
                #expect(refused.status == 400 && refused.keys == ["minutes"])
            }
            for (who, status) in [("other", 403), ("nobody", 401)] {
                let refused = await scene.client.bearing(who).get("/api/v1/radius/overview/")
                #expect(refused.status == status)
            }
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func trafficIsLaidOverTheTimeOfEachSession(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            // Ten minutes in the span.
            try scene.session("a", "bob", in: Self.cafe, began: -600, reported: 0, octets: 6000)
            // Half of it before the span.
            try scene.session("b", "bob", in: Self.cafe, began: -2 * 3540, reported: 0, octets: 8000)
            try scene.session("c", "bob", in: Self.cafe, began: -120, reported: -60, octets: 100, ends: true)
            // Over before the span began, and another organization's.
            try scene.session("d", "bob", in: Self.cafe, began: -7200, reported: -5000, octets: 999_999, ends: true)
            try scene.session("e", "bob", in: Self.museum, began: -600, reported: 0, octets: 999_999)
            let overview = try await scene.overview("cafe")
            let traffic = Self.points(overview["traffic"])
            #expect(traffic.count == 60)
            let (input, output) = (traffic.map { $0[1] }.reduce(0, +), traffic.map { $0[2] }.reduce(0, +))
            // Steps are rounded one by one.
            #expect(abs(input - 10_100) <= 60 && abs(output - 101_000) <= 60, "\(input) \(output)")
            let early = traffic.prefix(40).map { $0[1] }
            #expect(early.allSatisfy { (60...72).contains($0) }, "\(early)")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func devicesThatNobodyHeardAreSilent(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            // Another node heard the third by a login, the fourth by accounting.
            scene.login("bob", in: Self.cafe, at: -300, nas: "roof")
            scene.login("bob", in: Self.cafe, at: -3000, nas: "door")
            scene.settle()
            try scene.session("a", "bob", in: Self.cafe, began: -6000, reported: -100)
            let cafe = try await scene.overview("cafe")
            #expect(cafe["nas_count"] == 4)
            #expect(cafe["silent_nas"] == [["id": 2, "last_seen": "2023-11-14T21:13:00Z", "name": "door"]])
            let all = try await scene.overview("root")
            #expect(all["nas_count"] == 5)
            guard case .array(let silent)? = all["silent_nas"] else { return }
            #expect(silent.map { $0["name"]?.string } == ["door", "hall"])
            #expect(silent[1]["last_seen"] == .null)
        }
    }

    @Test func stepsBeginAtWholeMultiples() {
        let hour = OverviewSpan(minutes: 60, now: Self.now + 59)
        #expect(hour.count == 60 && hour.stepSeconds == 60 && hour.begin == Self.now - 59 * 60)
        #expect(hour.index(Self.now) == 59 && hour.index(hour.begin - 5) == 0 && hour.index(Self.now + 10_000) == 59)
        for minutes in [5, 61, 360, 361, 1440] as [Int64] {
            let span = OverviewSpan(minutes: minutes, now: Self.now)
            #expect(span.count <= 73 && span.begin % span.stepSeconds == 0)
            #expect(Int64(span.count) * span.stepSeconds >= minutes * 60)
        }
    }
}
