import Accounts
import Database
import Foundation
import HTTPTypes
import ServerKernel
import Testing
import TestSupport
import WebRouting
import WebTestSupport

@testable import Topology

@Suite struct TopologyAPITests {
    private static let path = Fixture.path + "topology/"
    static let long = [
        "created", "expiration_time", "id", "key", "label", "links", "metric", "modified", "nodes", "organization", "parser", "protocol",
        "published", "receive_url", "strategy", "type", "url", "version",
    ]
    static let short = ["created", "id", "label", "links", "metric", "modified", "nodes", "parser", "protocol", "type", "version"]

    private func body(_ fixture: Fixture, _ more: [JSONValue.Member] = []) -> JSONValue {
        let usual: [JSONValue.Member] = [
            .init("label", "mesh"), .init("organization", .string(fixture.cafe.id)), .init("parser", "netdiff.NetJsonParser"),
            .init("strategy", "receive"), .init("key", "secret"),
        ]
        return .object(usual.filter { member in !more.contains { $0.name == member.name } } + more)
    }

    @Test("a topology is added, shown, changed and removed", arguments: TestDatabase.Engine.available)
    func life(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let manager = fixture.user("manager")
            let added = await manager.post(Self.path, body(fixture))
            #expect(added.status == 201, "\(added.text)")
            #expect(added.keys == Self.long)
            #expect(added.headers[.location] == nil)
            let id = try #require(added.json?["id"]?.string)
            #expect(
                added.json?["receive_url"]?.string == "http://radian.test/api/v1/network-topology/topology/\(id)/receive/?key=secret")
            #expect(added.json?["protocol"] == "" && added.json?["nodes"] == [] && added.json?["published"] == true)
            let shown = await manager.get("\(Self.path)\(id)/")
            #expect(shown.status == 200 && shown.json == added.json)
            let changed = await manager.patch("\(Self.path)\(id)/", ["label": "other", "published": false])
            #expect(changed.status == 200 && changed.json?["label"] == "other" && changed.keys == Self.long)
            #expect(await manager.get("\(Self.path)\(id)/").status == 404)
            #expect(await manager.get("\(Self.path)\(id)/?include_unpublished=1").status == 200)
            let put = await manager.put("\(Self.path)\(id)/", body(fixture, [.init("published", true)]))
            #expect(put.status == 200 && put.json?["label"] == "mesh" && put.json?["published"] == true)
            #expect(await manager.delete("\(Self.path)\(id)/").status == 204)
            #expect(await manager.get("\(Self.path)\(id)/").status == 404)
        }
    }

    @Test("what is wrong is told under the field's name", arguments: TestDatabase.Engine.available)
    func refusals(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let manager = fixture.user("manager")
            let cases: [([JSONValue.Member], String, String)] = [
                ([.init("strategy", "fetch")], "url", "an url must be specified when using FETCH strategy"),
                ([.init("key", "")], "key", "a key must be specified when using RECEIVE strategy"),
                ([.init("key", "a.b")], "key", "This value must not contain spaces, dots or slashes."),
                ([.init("organization", .null)], "organization", "This field may not be null."),
                (
                    [.init("organization", .string(fixture.museum.id))], "organization",
                    "Invalid pk \"\(fixture.museum.id)\" - object does not exist."
                ),
                ([.init("parser", "netdiff.Nothing")], "parser", "\"netdiff.Nothing\" is not a valid choice."),
                ([.init("strategy", "fetch"), .init("url", "file:///etc/passwd")], "url", "Enter a valid URL."),
            ]
            for (members, field, text) in cases {
                let answer = await manager.post(Self.path, body(fixture, members))
                #expect(answer.status == 400 && answer.json == .object([.init(field, [.string(text)])]), "\(answer.text)")
            }
            let id = try fixture.topology().id
            let path = "\(Self.path)\(id)/"
            let noKey = await manager.patch(path, ["strategy": "receive"])
            #expect(noKey.status == 400 && noKey.json == ["strategy": ["A key must be specified when using RECEIVE strategy"]])
            let noURL = await manager.patch(path, ["url": ""])
            #expect(noURL.status == 400 && noURL.json == ["url": ["An url must be specified when using FETCH strategy"]])
            // A key that is left out is made.
            let made = await manager.post(
                Self.path, ["label": "x", "organization": .string(fixture.cafe.id), "parser": "netdiff.Bmx6Parser", "strategy": "receive"])
            #expect(made.status == 201 && made.json?["key"]?.string?.count == 32 && made.json?["parser"] == "netdiff.BmxParser")
        }
    }

    @Test("who may do what", arguments: TestDatabase.Engine.available)
    func access(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let own = try fixture.topology().id
            let shared = try fixture.topology("shared", isShared: true).id
            let manager = "User is not a manager of the organization to which the requested resource belongs."
            let forbidden = "You do not have permission to perform this action."
            func expect(_ answer: TestAnswer, _ status: Int, _ detail: String? = nil, _ location: SourceLocation = #_sourceLocation) {
                #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
                if let detail { #expect(answer.json?["detail"]?.string == detail, sourceLocation: location) }
            }
            expect(await fixture.client.get(Self.path), 403, "Authentication credentials were not provided.")
            expect(await fixture.client.get("\(Self.path)\(own)/"), 403, "Authentication credentials were not provided.")
            expect(await fixture.user("nobody").get(Self.path), 403, manager)
            expect(await fixture.user("nobody").get("\(Self.path)\(own)/"), 403, manager)
            expect(await fixture.user("powerless").get(Self.path), 403, forbidden)
            expect(await fixture.user("viewer").get("\(Self.path)\(own)/"), 200)
            expect(await fixture.user("changer").get("\(Self.path)\(own)/"), 200)
            expect(await fixture.user("viewer").patch("\(Self.path)\(own)/", ["label": "x"]), 403, forbidden)
            expect(await fixture.user("foreigner").get("\(Self.path)\(own)/"), 404)
            expect(await fixture.user("foreigner").patch("\(Self.path)\(own)/", ["label": "x"]), 404)
            expect(await fixture.user("foreigner").delete("\(Self.path)\(own)/"), 404)
            expect(await fixture.user("foreigner").get("\(Self.path)\(own)/history/?date=2026-01-01"), 403, manager)
            // What is shared is read by every manager and changed by superusers.
            expect(await fixture.user("foreigner").get("\(Self.path)\(shared)/"), 200)
            expect(await fixture.user("foreigner").patch("\(Self.path)\(shared)/", ["label": "x"]), 403, forbidden)
            expect(await fixture.user("foreigner").delete("\(Self.path)\(shared)/"), 403, forbidden)
            expect(await fixture.user("root").patch("\(Self.path)\(shared)/", ["label": "x"]), 200)
            // Nodes ask for a bearer token.
            let anonymous = await fixture.client.get(Fixture.path + "node/")
            expect(anonymous, 401)
            #expect(anonymous.headers[.wwwAuthenticate] == "Bearer")
            expect(await fixture.user("viewer").get(Fixture.path + "node/"), 403, forbidden)
            expect(await fixture.user("nobody").get(Fixture.path + "link/"), 403, manager)
            #expect(try fixture.stored(own)?.label == "mesh")
        }
    }

    @Test("the list has what the caller sees, narrowed by its query", arguments: TestDatabase.Engine.available)
    func list(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let own = try fixture.topology()
            try fixture.take(Fixture.chain(3), own.id)
            _ = try fixture.topology("shared", isShared: true)
            _ = try fixture.topology("hidden", strategy: .receive, isPublished: false)
            func labels(_ name: String, _ query: String = "") async -> [String] {
                let answer = await fixture.user(name).get(Self.path + query)
                guard answer.json?["type"] == "NetworkCollection", case .array(let all)? = answer.json?["collection"] else {
                    return ["\(answer.status) \(answer.text)"]
                }
                return all.compactMap { $0["label"]?.string }
            }
            #expect(await labels("manager") == ["mesh", "shared"])
            #expect(await labels("manager", "?include_unpublished=1") == ["mesh", "shared", "hidden"])
            #expect(await labels("foreigner", "?include_unpublished=1") == ["shared"])
            #expect(await labels("root", "?strategy=receive&include_unpublished=x") == ["hidden"])
            #expect(await labels("root", "?organization=\(fixture.cafe.id)") == ["mesh"])
            #expect(await labels("root", "?organization_slug=museum") == [])
            #expect(await labels("root", "?parser=netdiff.OlsrParser") == [])
            let wrong = await fixture.user("root").get(Self.path + "?strategy=x")
            #expect(wrong.status == 400 && wrong.keys == ["strategy"])
            let collection = await fixture.user("manager").get(Self.path)
            guard case .array(let graphs)? = collection.json?["collection"], case .object(let members)? = graphs.first else {
                Issue.record("\(collection.text)")
                return
            }
            #expect(members.map(\.name).sorted() == Self.short)
            guard case .array(let nodes)? = graphs.first?["nodes"] else { return }
            #expect(nodes.count == 3)
        }
    }

    @Test("inputs are received by whoever has the key, and by nobody else", arguments: TestDatabase.Engine.available)
    func receive(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology(strategy: .receive).id
            let path = "\(Self.path)\(id)/receive/"
            func send(_ query: String, _ type: String? = "text/plain", _ text: String = Fixture.netJSON, to path: String) async
                -> TestAnswer
            {
                await fixture.client.send(.post, path + query, type: type, body: Array(text.utf8))
            }
            let cases: [(String, String?, String, Int, String)] = [
                ("?key=secret", "application/json", Fixture.netJSON, 415, "expected content type \"text/plain\""),
                ("?key=secret", "application/x-www-form-urlencoded", Fixture.netJSON, 415, "expected content type \"text/plain\""),
                ("?key=secret", nil, Fixture.netJSON, 415, "expected content type \"text/plain\""),
                ("", "text/plain", Fixture.netJSON, 400, "missing required \"key\" parameter"),
                ("?key=", "text/plain", Fixture.netJSON, 400, "missing required \"key\" parameter"),
                ("?key=wrong", "text/plain", Fixture.netJSON, 403, "wrong key"),
            ]
            for (query, type, text, status, detail) in cases {
                let answer = await send(query, type, text, to: path)
                #expect(answer.status == status && answer.json?["detail"]?.string == detail, "\(answer.text)")
            }
            let bad = await send("?key=secret", "text/plain", "not a graph", to: path)
            #expect(bad.status == 400)
            let told = bad.json?["detail"]?.string ?? ""
            #expect(
                told.hasPrefix(
                    #"Supplied data not recognized as NetJSON NetworkGraph, got exception of type "ConversionException" with message ""#),
                "\(told)")
            let none = try fixture.rows()
            #expect(none.isEmpty)
            let good = await send("?key=secret", "text/plain; charset=utf-8", to: path)
            #expect(good.status == 200 && good.json == ["detail": "data received successfully"], "\(good.text)")
            let fetched = try fixture.topology("fetched").id
            let hidden = try fixture.topology("hidden", strategy: .receive, isPublished: false).id
            for other in [fetched, hidden, "5f1c8a52-6f0e-4c3b-9d57-0f7f3a2f9a10", "x"] {
                let answer = await send("?key=secret", to: "\(Self.path)\(other)/receive/")
                #expect(answer.status == 404)
            }
            let graph = await fixture.user("manager").get("\(Self.path)\(id)/")
            #expect(graph.json?["protocol"] == "OLSR" && graph.json?["version"] == "0.8" && graph.json?["metric"] == "ETX")
            guard case .array(let nodes)? = graph.json?["nodes"], case .array(let links)? = graph.json?["links"] else {
                Issue.record("\(graph.text)")
                return
            }
            #expect(nodes.compactMap { $0["label"]?.string }.sorted() == ["10.0.0.2", "one"])
            #expect(links.first?["properties"]?["status"] == "up" && links.first?["cost_text"] == "")
            guard case .object(let properties)? = links.first?["properties"] else { return }
            #expect(properties.map(\.name).sorted() == ["created", "modified", "status", "status_changed"])
        }
    }

    @Test("history by date", arguments: TestDatabase.Engine.available)
    func history(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            try fixture.take(Fixture.chain(2), id)
            _ = try TopologyUpkeep(
                fixture.module.engine,
                settings: {
                    var s = TopologySettings(); s.timeZone = .gmt; return s
                }()
            )
            .saveSnapshots(now: 0, over: fixture.connection)
            let path = "\(Self.path)\(id)/history/"
            let viewer = fixture.user("viewer")
            let graph = await viewer.get(path + "?date=1970-01-01")
            #expect(graph.status == 200 && graph.keys == Self.short)
            let cases = [
                ("", 400, "missing required \"date\" parameter"), ("?date=1970-13-01", 403, "invalid date supplied"),
                ("?date=1970-01-02", 404, "no snapshot found for this date"),
            ]
            for (query, status, detail) in cases {
                let answer = await viewer.get(path + query)
                #expect(answer.status == status && answer.json?["detail"]?.string == detail, "\(answer.text)")
            }
            let days = await viewer.get("\(Self.path)\(id)/snapshots/")
            #expect(days.json == ["1970-01-01"])
        }
    }

    @Test(
        "without a login, where that is allowed, what is published can be read and nothing else", arguments: TestDatabase.Engine.available)
    func open(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine, { $0.readingNeedsLogin = false }) { fixture in
            let id = try fixture.topology().id
            let hidden = try fixture.topology("hidden", isPublished: false).id
            let shown = await fixture.client.get("\(Self.path)\(id)/")
            #expect(shown.status == 200 && shown.keys == Self.short)
            #expect(await fixture.user("manager").get("\(Self.path)\(id)/").keys == Self.long)
            #expect(await fixture.user("foreigner").get("\(Self.path)\(id)/").keys == Self.short)
            #expect(await fixture.client.get("\(Self.path)\(hidden)/?include_unpublished=1").status == 404)
            #expect(await fixture.user("foreigner").get("\(Self.path)\(hidden)/?include_unpublished=1").status == 404)
            let list = await fixture.client.get(Self.path + "?include_unpublished=1")
            #expect(list.status == 200 && !list.text.contains("hidden"))
            #expect(await fixture.client.patch("\(Self.path)\(id)/", ["label": "x"]).status == 403)
            #expect(await fixture.client.get(Fixture.path + "node/").status == 401)
            #expect(await fixture.client.get("/topology/topology/\(id)/").text == "page topology.html")
        }
    }

    @Test func `pages ask for a login in plain text`() async throws {
        try await Fixture.with(.sqlite) { fixture in
            let id = try fixture.topology().id
            let anonymous = await fixture.client.get("/topology/topology/\(id)/")
            #expect(anonymous.status == 403 && anonymous.text == "Authentication credentials were not provided.")
            #expect(anonymous.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(await fixture.user("viewer").get("/topology/topology/\(id)/").text == "page topology.html")
            #expect(await fixture.user("viewer").get("/topology/").status == 200)
            #expect(await fixture.user("foreigner").get("/topology/topology/\(id)/").status == 403)
            #expect(await fixture.user("viewer").get("/topology/topology/x/").status == 404)
        }
    }
}
