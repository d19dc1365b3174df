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

@Suite struct ObjectAPITests {
    private static let nodes = Fixture.path + "node/"
    private static let links = Fixture.path + "link/"

    private func node(_ client: TestClient, _ topology: String, _ address: String, _ more: [JSONValue.Member] = []) async throws -> String {
        let answer = await client.post(
            Self.nodes, .object([.init("topology", .string(topology)), .init("addresses", [.string(address)])] + more))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json?["id"]?.string)
    }

    @Test("nodes and links are added, shown, changed and removed", arguments: TestDatabase.Engine.available)
    func life(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let manager = fixture.user("manager")
            let topology = try fixture.topology().id
            let one = try await node(manager, topology, "10.0.0.1", [.init("label", "one"), .init("user_properties", ["rack": 7])])
            let two = try await node(manager, topology, "10.0.0.2")
            let shown = await manager.get("\(Self.nodes)\(one)/")
            #expect(
                shown.keys == [
                    "addresses", "created", "id", "label", "modified", "organization", "properties", "topology", "user_properties",
                ])
            #expect(shown.json?["organization"]?.string == fixture.cafe.id && shown.json?["user_properties"] == ["rack": 7])
            let link: JSONValue = [
                "topology": .string(topology), "source": .string(one), "target": .string(two), "cost": 2,
                "properties": ["status": "down", "signal": -60],
            ]
            let added = await manager.post(Self.links, link)
            #expect(added.status == 201, "\(added.text)")
            #expect(
                added.keys == [
                    "cost", "cost_text", "created", "id", "modified", "organization", "properties", "source", "status", "target",
                    "topology",
                    "user_properties",
                ])
            // What is generated is never stored.
            #expect(added.json?["status"] == "up" && added.json?["properties"] == ["signal": -60])
            let id = try #require(added.json?["id"]?.string)
            let down = await manager.patch("\(Self.links)\(id)/", ["status": "down", "user_properties": ["signal": 1]])
            #expect(down.status == 200 && down.json?["status"] == "down")
            let graph = await manager.get("\(Fixture.path)topology/\(topology)/")
            guard case .array(let edges)? = graph.json?["links"], let edge = edges.first else {
                Issue.record("\(graph.text)")
                return
            }
            #expect(edge["source"] == "10.0.0.1" && edge["target"] == "10.0.0.2")
            #expect(edge["properties"]?["signal"] == 1 && edge["properties"]?["status"] == "down")
            // An input sees the collected property only.
            let list = await manager.get(Self.links + "?status=down")
            #expect(list.json?["count"] == 1)
            #expect(await manager.get(Self.links + "?status=up").json?["count"] == 0)
            #expect(await manager.get(Self.nodes + "?topology=\(topology)&page_size=1").json?["count"] == 2)
            #expect(await manager.delete("\(Self.nodes)\(one)/").status == 204)
            #expect(await manager.get("\(Self.links)\(id)/").status == 404)
        }
    }

    @Test("what is wrong is told under the field's name", arguments: TestDatabase.Engine.available)
    func refusals(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let root = fixture.user("root")
            let first = try fixture.topology().id
            let second = try fixture.topology("second").id
            let one = try await node(root, first, "10.0.0.1")
            let two = try await node(root, first, "10.0.0.2")
            let other = try await node(root, second, "10.0.0.3")
            func link(_ source: String, _ target: String) async -> TestAnswer {
                await root.post(
                    Self.links, ["topology": .string(first), "source": .string(source), "target": .string(target), "cost": 1])
            }
            #expect(await link(one, one).json == ["non_field_errors": ["source and target must not be the same"]])
            #expect(await link(other, one).json == ["source": ["Source node and link should have same topology."]])
            #expect(await link(one, other).json == ["target": ["Target node and link should have same topology."]])
            #expect(await link(one, two).status == 201)
            let foreign = await root.post(
                Self.nodes, ["topology": .string(first), "addresses": ["x"], "organization": .string(fixture.museum.id)])
            #expect(foreign.json == ["organization": ["node should have same organization as topology."]])
            for value: JSONValue in ["text", 1, ["x"]] {
                let answer = await root.patch("\(Self.nodes)\(one)/", ["properties": value])
                #expect(answer.json == ["properties": ["Value must be valid JSON or key, valued pair."]], "\(answer.text)")
            }
            #expect(await root.patch("\(Self.nodes)\(one)/", ["addresses": ["a", 1]]).keys == ["addresses"])
            #expect(await root.patch("\(Self.nodes)\(one)/", ["topology": .string(second)]).keys == ["topology"])
            #expect(
                await root.patch("\(Fixture.path)topology/\(first)/", ["organization": .string(fixture.museum.id)]).keys == ["organization"]
            )
        }
    }

    @Test("other organizations' nodes and links are not there", arguments: TestDatabase.Engine.available)
    func tenancy(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let manager = fixture.user("manager")
            let foreigner = fixture.user("foreigner")
            let topology = try fixture.topology().id
            let one = try await node(manager, topology, "10.0.0.1")
            let two = try await node(manager, topology, "10.0.0.2")
            let body: JSONValue = ["topology": .string(topology), "source": .string(one), "target": .string(two), "cost": 1]
            let link = try #require(await manager.post(Self.links, body).json?["id"]?.string)
            let before = try fixture.rows()
            for path in ["\(Self.nodes)\(one)/", "\(Self.links)\(link)/"] {
                #expect(await foreigner.get(path).status == 404)
                #expect(await foreigner.patch(path, ["user_properties": ["a": 1]]).status == 404)
                #expect(await foreigner.delete(path).status == 404)
            }
            #expect(await foreigner.get(Self.nodes).json?["count"] == 0)
            #expect(await foreigner.get(Self.links).json?["count"] == 0)
            #expect(await foreigner.post(Self.nodes, ["topology": .string(topology), "addresses": ["x"]]).keys == ["topology"])
            #expect(await foreigner.post(Self.links, body).keys == ["topology"])
            let after = try fixture.rows()
            #expect(after == before)
        }
    }
}
