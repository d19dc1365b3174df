import Accounts
@testable import Batches
import Database
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import ServerKernel
import ServiceLifecycle
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// The batch routes as clients see them.
@Suite struct BatchRoutesTests {
    private static let base = "/api/v1/radius/batch/"
    private static let keys = [
        "id", "strategy", "organization", "status", "name", "csvfile", "prefix", "group", "users", "expiration_date", "notes",
        "user_credentials", "pdf_link", "created", "modified", "error",
    ]
    private static let userKeys = [
        "id", "username", "email", "first_name", "last_name", "phone_number", "is_active", "expiration_date", "groups",
    ]

    private struct Scene {
        let fixture: Fixture
        let client: TestClient
        let module: BatchesModule

        /// A client of somebody: `boss` runs cafe, `curator` runs museum, `reader` may only look at cafe's, `manager` is no staff,
        /// `member` runs nothing, `root` may do everything.
        func `as`(_ name: String) -> TestClient { client.bearing(name) }

        func create(_ fields: [(String, String)], csv: String? = nil, by name: String = "boss") async -> TestAnswer {
            await self.as(name).post(base, fields: fields, files: csv.map { [("csvfile", "users.csv", Array($0.utf8))] } ?? [])
        }
    }

    private static func with(
        _ engine: TestDatabase.Engine, threshold: Int = 15, isolation: isolated (any Actor)? = #isolation,
        _ body: (Scene) async throws -> Void
    ) async throws {
        try await Fixture.with(engine, threshold: threshold) { fixture in
            let all = Set(["view", "add", "change", "delete"].map { "\($0)_radiusbatch" })
            func principal(
                _ name: String, in organization: Organization, _ permissions: Set<String>, role: Principal.Role = .manager,
                isStaff: Bool = true, isSuperuser: Bool = false
            ) -> Principal {
                Principal(
                    id: "00000000-0000-4000-8000-000000000001", username: name, method: .apiToken, isSuperuser: isSuperuser,
                    isStaff: isStaff, memberships: [organization.id: role], permissions: permissions)
            }
            let authenticator = FixedAuthenticator([
                "boss": principal("boss", in: fixture.cafe, all), "curator": principal("curator", in: fixture.museum, all),
                "reader": principal("reader", in: fixture.cafe, ["view_radiusbatch"]),
                "manager": principal("manager", in: fixture.cafe, all, isStaff: false),
                "member": principal("member", in: fixture.cafe, all, role: .member),
                "root": principal("root", in: fixture.museum, [], role: .member, isSuperuser: true),
            ])
            // Batches name who made them.
            try UserStore(fixture.connection).add(User(id: "00000000-0000-4000-8000-000000000001", username: "operator"))
            let module = BatchesModule(fixture.kernel, runner: fixture.runner)
            try await body(
                Scene(fixture: fixture, client: TestClient(module.routes, authenticator: authenticator), module: module))
        }
    }

    private static func names(_ value: JSONValue?) -> [String] {
        guard case .object(let members)? = value else { return [] }
        return members.map(\.name).sorted()
    }

    private static func elements(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let elements)? = value else { return [] }
        return elements
    }

    /// Names of an object's members as they stand in the text.
    private static func order(_ text: String) -> [String] {
        keys.compactMap { key in text.range(of: "\"\(key)\":").map { (key, $0.lowerBound) } }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private static let prefix = [
        ("name", "vouchers"), ("strategy", "prefix"), ("organization_slug", "cafe"), ("prefix", "guest"), ("number_of_users", "3"),
    ]
    private static let csv = [("name", "guests"), ("strategy", "csv"), ("organization_slug", "cafe")]

    @Test(arguments: TestDatabase.Engine.available) func aSmallPrefixIsMadeWhileTheClientWaits(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let answer = await scene.create(Self.prefix + [("notes", "for the desk"), ("expiration_date", "2099-01-31")])
            #expect(answer.status == 201)
            #expect(answer.keys == Self.keys.sorted())
            let document = try #require(answer.json)
            #expect(document["status"] == "completed")
            #expect(document["strategy"] == "prefix")
            #expect(document["organization"]?.string == scene.fixture.cafe.id)
            #expect(document["csvfile"] == .null)
            #expect(document["prefix"] == "guest")
            #expect(document["group"] == .null)
            #expect(document["notes"] == "for the desk")
            #expect(document["expiration_date"] == "2099-01-31")
            #expect(document["error"] == .null)
            let id = try #require(document["id"]?.string)
            #expect(
                document["pdf_link"]?.string == "http://radian.test/api/v1/radius/organization/cafe/batch/\(id)/pdf/")
            let users = Self.elements(document["users"])
            #expect(users.map { $0["username"]?.string } == ["guest1", "guest2", "guest3"])
            #expect(users.allSatisfy { Self.names($0) == Self.userKeys.sorted() })
            let pairs = Self.elements(document["user_credentials"]).map { Self.elements($0).compactMap(\.string) }
            #expect(pairs.map(\.first) == ["guest1", "guest2", "guest3"])
            // Nothing of what the database stores, whatever its form.
            for word in ["Cleartext-Password", "is_superuser", "is_staff", "permissions", "\"password\""] {
                #expect(!answer.text.contains(word))
            }
            // The order of the contract, which a parser forgets.
            #expect(
                Self.order(
                    answer.text.replacing(
                        try Regex("\"users\":\\[[^\\]]*\\](,\"expiration_date\")"), with: { "\"users\":[]\($0.output[1].substring ?? "")" })
                ) == Self.keys)

            let shown = await scene.as("reader").get(Self.base + id + "/")
            #expect(shown.status == 200)
            #expect(shown.json == document)
            let list = await scene.as("boss").get(Self.base)
            #expect(list.keys == ["count", "next", "previous", "results"])
            let results = Self.elements(list.json?["results"])
            let listed = try #require(results.first)
            #expect(listed["id"]?.string == id)
            #expect(listed["users"] == [])
            #expect(listed["user_credentials"] == .null)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aSmallFileIsImportedAndKept(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let text = "bob,cleartext$pw,bob@example.org,Bob,Jones\n,,carol@example.org,,\n"
            let answer = await scene.create(Self.csv + [("group", Fixture.groupID)], csv: text)
            #expect(answer.status == 201)
            let document = try #require(answer.json)
            let id = try #require(document["id"]?.string)
            #expect(document["status"] == "completed")
            #expect(document["prefix"] == .null)
            #expect(document["user_credentials"] == .null)
            #expect(document["pdf_link"] == .null)
            #expect(document["group"]?.string == Fixture.groupID)
            #expect(Self.elements(document["users"]).first { $0["username"] == "bob" }?["groups"] == ["cafe-guests"])
            let link = "/api/v1/radius/organization/cafe/batch/\(id)/csv/"
            #expect(document["csvfile"]?.string == "http://radian.test" + link)
            let file = await scene.as("boss").get(link)
            #expect(file.status == 200)
            #expect(file.text == text)
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"guests.csv\"")
            #expect(file.headers[.cacheControl] == "no-store")
            let byPath = "/api/v1/radius/organization/cafe/batch/\(scene.fixture.cafe.id)/csv/\(id).csv"
            #expect(await scene.as("boss").get(byPath).text == text)
            #expect(await scene.as("boss").get(link.replacing("/csv/", with: "/pdf/")).status == 404)
            #expect(scene.fixture.mails.withLockedValue { $0.map(\.recipient) } == ["carol@example.org"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func largeBatchesAreWorkedOffInTheBackground(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine, threshold: 3) { scene in
            let answer = await scene.create(Self.prefix)
            #expect(answer.status == 202)
            #expect(answer.keys == Self.keys.sorted())
            #expect(answer.json?["status"] == "pending")
            #expect(answer.json?["users"] == [])
            #expect(answer.json?["pdf_link"] == .null)
            let id = try #require(answer.json?["id"]?.string)
            let progress = await scene.as("reader").get(Self.base + id + "/progress/")
            #expect(
                progress.json
                    == JSONValue.object([
                        .init("created", 0), .init("error", .null), .init("linked", 0), .init("processed", 0), .init("refused", 0),
                        .init("status", "pending"), .init("total", 3),
                    ]))
            let service = scene.module.services[0]
            let worker = Task { try await service.run() }
            let isDone = await eventually { await scene.as("boss").get(Self.base + id + "/").json?["status"] == "completed" }
            worker.cancel()
            try await worker.value
            #expect(isDone)
            #expect(try scene.fixture.usernames() == ["guest1", "guest2", "guest3"])
            #expect(await scene.create(Self.prefix.map { $0.0 == "number_of_users" ? ($0.0, "2") : $0 } + [("notes", "x")]).status == 400)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func everyRuleHasItsField(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            _ = await scene.create(Self.prefix)
            func changed(_ fields: [(String, String)], _ changes: [(String, String?)]) -> [(String, String)] {
                var all = fields.filter { field in !changes.contains { $0.0 == field.0 } }
                for case (let name, let value?) in changes { all.append((name, value)) }
                return all
            }
            let other = [("name", Optional("other"))]
            let file = "bob,cleartext$pw,bob@example.org,,\n"
            let cases: [(fields: [(String, String)], csv: String?, wrong: [String])] = [
                ([], nil, ["name", "organization_slug", "strategy"]),
                (Self.prefix, nil, ["name"]),
                (changed(Self.prefix, [("name", String(repeating: "x", count: 129))]), nil, ["name"]),
                (changed(Self.prefix, other + [("organization_slug", "museum")]), nil, ["organization_slug"]),
                (changed(Self.prefix, other + [("organization_slug", "absent")]), nil, ["organization_slug"]),
                (changed(Self.prefix, other + [("strategy", "magic")]), nil, ["strategy"]),
                (changed(Self.prefix, other + [("prefix", nil), ("number_of_users", nil)]), nil, ["number_of_users", "prefix"]),
                (changed(Self.prefix, other + [("prefix", "a b")]), nil, ["prefix"]),
                (changed(Self.prefix, other + [("prefix", String(repeating: "x", count: 21))]), nil, ["prefix"]),
                (changed(Self.prefix, other + [("number_of_users", "0")]), nil, ["number_of_users"]),
                (changed(Self.prefix, other + [("number_of_users", "100001")]), nil, ["number_of_users"]),
                (changed(Self.prefix, other), file, ["csvfile"]),
                (changed(Self.prefix, other + [("expiration_date", "2020-01-01")]), nil, ["expiration_date"]),
                (changed(Self.prefix, other + [("expiration_date", "tomorrow")]), nil, ["expiration_date"]),
                (changed(Self.prefix, other + [("group", "99999999-9999-4999-8999-999999999999")]), nil, ["group"]),
                (Self.csv, nil, ["csvfile"]),
                (Self.csv + [("prefix", "guest")], file, ["prefix"]),
                (Self.csv, "", ["csvfile"]),
                (Self.csv, "a,b,c\n", ["csvfile"]),
                (Self.csv, "username,nonsense\n", ["csvfile"]),
                (Self.csv, String(repeating: "x", count: (5 << 20) + 1), ["csvfile"]),
            ]
            for item in cases {
                let answer = await scene.create(item.fields, csv: item.csv)
                #expect(answer.status == 400)
                #expect(answer.keys == item.wrong, "\(item.fields): \(answer.text)")
            }
            let batches = try scene.fixture.connection.table("SELECT count(*) FROM radian_batch")
            #expect(batches == [["1"]])
            let usernames = try scene.fixture.usernames()
            #expect(usernames.count == 3)
            let italian = await scene.client.bearing("boss").send(
                .post, Self.base, type: "application/json",
                body: Array(#"{"name":"vouchers","strategy":"prefix","organization_slug":"cafe","prefix":"g","number_of_users":1}"#.utf8),
                headers: [.acceptLanguage: "it"])
            #expect(italian.text.contains("organizzazione"))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aDryRunTellsEachLineAndWritesNothing(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let text =
                "username,email,password\nbob,bob@example.org,cleartext$pw\nx,nonsense,cleartext$pw\nbob,eve@example.org,cleartext$pw\n"
            let answer = await scene.create(Self.csv + [("dry_run", "true")], csv: text)
            #expect(answer.status == 200)
            #expect(answer.keys == ["created", "lines", "linked", "refused", "rows"])
            #expect(answer.json?["rows"] == 3)
            #expect(answer.json?["refused"] == 2)
            let lines = Self.elements(answer.json?["lines"])
            #expect(lines.map { $0["line"] } == [2, 3, 4])
            #expect(lines.map { $0["action"] } == ["create", "refuse", "refuse"])
            #expect(lines.map { $0["column"] } == [.null, "email", "username"])
            #expect(try scene.fixture.usernames().isEmpty)
            #expect(try scene.fixture.connection.table("SELECT count(*) FROM radian_batch") == [["0"]])

            #expect(await scene.create(Self.csv, csv: text).keys == ["csvfile"])
            let partial = await scene.create(Self.csv + [("skip_errors", "true")], csv: text)
            #expect(partial.status == 201)
            #expect(partial.json?["error"] == "2 of 3 rows were refused")
            let id = try #require(partial.json?["id"]?.string)
            let report = await scene.as("reader").get("/api/v1/radius/organization/cafe/batch/\(id)/errors/")
            #expect(report.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(report.text.split(separator: "\r\n").count == 3)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func thePDFIsForThoseWhoManageTheOrganization(engine: TestDatabase.Engine) async throws
    {
        try await Self.with(engine) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            let path = "/api/v1/radius/organization/cafe/batch/\(id)/pdf/"
            for (name, status) in [("curator", 403), ("manager", 403), ("member", 403)] {
                #expect(await scene.as(name).get(path).status == status)
            }
            #expect(await scene.client.get(path).status == 401)
            #expect(await scene.as("boss").get(path.replacing("cafe", with: "museum")).status == 404)
            #expect(await scene.as("boss").get(path.replacing(id, with: "99999999-9999-4999-8999-999999999999")).status == 404)
            #expect(await scene.as("boss").get(path + "?layout=poster").status == 400)
            let pdf = await scene.as("reader").get(path + "?layout=list")
            #expect(pdf.status == 200)
            #expect(pdf.headers[.contentType] == "application/pdf")
            #expect(pdf.headers[.contentDisposition] == "attachment; filename=\"vouchers.pdf\"")
            #expect(pdf.body.starts(with: Array("%PDF-".utf8)))
            // No copy of the passwords is left in the store.
            let left = try FileManager.default.contentsOfDirectory(atPath: scene.fixture.runner.settings.directory.path)
            #expect(left.filter { $0.hasPrefix(".sheet") }.isEmpty)
            try scene.fixture.connection.script("UPDATE radian_batch SET credentials_until = 1")
            for job in scene.module.jobs where job.name == "batches.credentials" { try await job.run() }
            #expect(await scene.as("boss").get(path).status == 410)
            let shown = await scene.as("boss").get(Self.base + id + "/")
            #expect(shown.json?["pdf_link"] == .null)
            #expect(shown.json?["user_credentials"] == .null)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func changesReachTheUsers(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            let answer = await scene.as("boss").patch(
                Self.base + id + "/",
                ["name": "renamed", "notes": "n", "expiration_date": "2099-01-31", "group": .string(Fixture.groupID)])
            #expect(answer.status == 200)
            #expect(answer.json?["name"] == "renamed")
            #expect(answer.json?["notes"] == "n")
            #expect(answer.json?["group"]?.string == Fixture.groupID)
            let end = try #require(scene.fixture.runner.settings.end(of: "2099-01-31"))
            #expect(
                try scene.fixture.connection.table("SELECT DISTINCT expires_at FROM radian_user WHERE username <> 'operator'") == [
                    ["\(end)"]
                ])
            #expect(try scene.fixture.connection.table("SELECT DISTINCT groupname FROM radusergroup") == [["cafe-guests"]])
            let reset = await scene.as("boss").patch(Self.base + id + "/", ["expiration_date": .null])
            #expect(reset.json?["expiration_date"] == .null)
            #expect(reset.json?["name"] == "renamed")
            #expect(
                try scene.fixture.connection.table("SELECT DISTINCT expires_at FROM radian_user WHERE username <> 'operator'") == [["NULL"]]
            )
            #expect(await scene.as("boss").patch(Self.base + id + "/", ["expiration_date": "2020-01-01"]).keys == ["expiration_date"])
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func deletingUndoes(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            #expect(await scene.as("boss").post(Self.base + id + "/cancel/").status == 409)
            let answer = await scene.as("boss").delete(Self.base + id + "/")
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(try scene.fixture.usernames().isEmpty)
            #expect(await scene.as("boss").get(Self.base + id + "/").status == 404)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func aPendingBatchCanBeCancelled(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine, threshold: 1) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            let answer = await scene.as("boss").post(Self.base + id + "/cancel/")
            #expect(answer.status == 200)
            #expect(answer.json?["status"] == "failed")
            #expect(answer.json?["error"] == "cancelled by boss")
        }
    }

    /// Another organization's people see and change nothing; plain members and managers without staff status are refused.
    @Test(arguments: TestDatabase.Engine.available) func foreignBatchesDoNotExist(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            let item = Self.base + id + "/"
            let before = try scene.fixture.connection.table("SELECT * FROM radian_batch")
            for (name, status) in [("curator", 404), ("member", 404), ("manager", 403)] {
                let client = scene.as(name)
                #expect(await client.get(item).status == status)
                #expect(await client.patch(item, ["name": "stolen"]).status == status)
                #expect(await client.delete(item).status == status)
                #expect(await client.get(item + "progress/").status == status)
                #expect(await client.get(item + "users/").status == status)
                #expect(await client.post(item + "cancel/").status == status)
            }
            #expect(await scene.as("curator").get(Self.base).json?["count"] == 0)
            #expect(await scene.as("root").get(Self.base).json?["count"] == 1)
            #expect(await scene.create(Self.prefix, by: "curator").keys == ["organization_slug"])
            #expect(await scene.create(Self.prefix, by: "manager").status == 403)
            for file in ["pdf", "csv", "errors"] {
                #expect(await scene.as("curator").get("/api/v1/radius/organization/cafe/batch/\(id)/\(file)/").status == 403)
            }
            #expect(await scene.client.get(item).status == 401)
            #expect(await scene.client.get(item).headers[.wwwAuthenticate] == "Bearer")
            #expect(await scene.as("reader").delete(item).status == 403)
            #expect(await scene.as("reader").patch(item, ["name": "x"]).status == 403)
            #expect(await scene.create(Self.prefix, by: "reader").status == 403)
            #expect(try scene.fixture.connection.table("SELECT * FROM radian_batch") == before)
            #expect(try scene.fixture.usernames().count == 3)
            #expect(await scene.as("root").delete(item).status == 204)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func theSocketTellsEachChangeAndTheEnd(engine: TestDatabase.Engine) async throws {
        try await Self.with(engine, threshold: 1) { scene in
            let id = try #require(await scene.create(Self.prefix).json?["id"]?.string)
            let route = BatchSocket(kernel: scene.fixture.kernel).route
            #expect(route.path == "/ws/radius/batch/:id/")
            var request = WebRequest(
                head: HTTPRequest(method: .get, scheme: "http", authority: "radian.test", path: "/ws/radius/batch/\(id)/"),
                parameters: ["id": id],
                principal: Principal(
                    id: "c", username: "curator", method: .session, isStaff: true, memberships: [scene.fixture.museum.id: .manager]))
            await #expect(throws: Problem.self) { try await route.accept(&request) }
            request.principal = Principal(
                id: "b", username: "boss", method: .session, isStaff: true, memberships: [scene.fixture.cafe.id: .manager])
            try await route.accept(&request)
            let socket = RecordingSocket()
            let listening = Task { [request] in try await route.serve(socket, request) }
            #expect(await eventually { !socket.sent.withLockedValue { $0.isEmpty } })
            _ = try scene.fixture.runner.runNext(over: scene.fixture.connection) { _, _ in }
            try await listening.value
            let texts = socket.sent.withLockedValue { $0 }
            #expect(texts.first == #"{"status":"pending","processed":0,"total":3,"created":0,"linked":0,"refused":0,"error":null}"#)
            #expect(
                texts.dropLast().last == #"{"status":"completed","processed":3,"total":3,"created":3,"linked":0,"refused":0,"error":null}"#)
            #expect(texts.last == #"{"status":"completed"}"#)
            #expect(socket.closed.withLockedValue { $0 } == 1000)
        }
    }
}

/// Remembers what it is told to send.
private struct RecordingSocket: WebSocketConnection {
    let sent = NIOLockedValueBox<[String]>([])
    let closed = NIOLockedValueBox<UInt16?>(nil)

    func send(_ text: String) async throws { sent.withLockedValue { $0.append(text) } }
    var messages: AsyncStream<String> { AsyncStream { $0.finish() } }
    func close(_ code: UInt16) async { closed.withLockedValue { $0 = code } }
}
