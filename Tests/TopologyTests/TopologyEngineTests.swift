import Accounts
import Database
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import ServerKernel
import Testing
import TestSupport
import TopologyFormats
import WebRouting
import WebTestSupport

@testable import Topology

@Suite struct TopologyEngineTests {
    @Test("the same input three times: after the first nothing is written and nobody is told", arguments: TestDatabase.Engine.available)
    func nothingTwice(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            let first = try fixture.take(Fixture.chain(50), id, now: 1_000_000)
            #expect(first == TopologyEngine.Outcome(newNodes: 50, newLinks: 49, isChanged: true))
            let rows = try fixture.rows()
            let before = try fixture.stored(id)
            for now: Int64 in [2_000_000, 3_000_000, 4_000_000] {
                let again = try fixture.take(Fixture.chain(50), id, now: now)
                #expect(again == TopologyEngine.Outcome())
            }
            let after = try fixture.stored(id)
            #expect(after?.changes == before?.changes && after?.writes == before?.writes && after?.modified == before?.modified)
            #expect(after?.updated == 4_000_000)
            let same = try fixture.rows()
            #expect(same == rows)
        }
    }

    @Test("only what differs is written, by whichever process", arguments: TestDatabase.Engine.available)
    func differences(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            try fixture.take(Fixture.chain(10), id, now: 1)
            // Another process has nothing in memory.
            let other = try Fixture(fixture.engine, fixture.connection, { _ in })
            defer { other.kernel.stop() }
            var graph = Fixture.chain(10)
            graph.nodes[3].label = "three"
            graph.links[5].cost = 9
            graph.links.removeLast()
            let outcome = try other.take(graph, id, now: 2)
            #expect(outcome == TopologyEngine.Outcome(changedNodes: 1, changedLinks: 1, linksDown: 1, isChanged: true))
            let changed = try fixture.connection.table(
                "SELECT label, modified FROM radian_topology_node WHERE modified <> 1 ORDER BY label")
            #expect(changed == [["three", "2"]])
            let links = try fixture.connection.table(
                "SELECT is_up, status_changed, modified FROM radian_topology_link WHERE modified <> 1 ORDER BY is_up")
            #expect(links == [["0", "2", "2"], ["1", "1", "2"]])
            // What the first process has in memory is no longer what the tables have, and it notices.
            let same = try fixture.take(graph, id, now: 3)
            #expect(same == TopologyEngine.Outcome())
        }
    }

    @Test("links go down and come back, and each flip is told once", arguments: TestDatabase.Engine.available)
    func flips(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology(strategy: .receive).id
            let told = NIOLockedValueBox<[Bool]>([])
            fixture.kernel.events.subscribe(to: TopologyLinkStatusChanged.self) { event in told.withLockedValue { $0.append(event.isUp) } }
            var empty = Fixture.chain(2)
            empty.links = []
            try fixture.take(Fixture.chain(2), id, now: 1)
            try fixture.take(empty, id, now: 2)
            try fixture.take(empty, id, now: 3)
            try fixture.take(Fixture.chain(2), id, now: 4)
            #expect(told.withLockedValue { $0 } == [false, true])
            let link = try fixture.connection.table("SELECT is_up, status_changed, created FROM radian_topology_link")
            #expect(link == [["1", "4", "1"]])
        }
    }

    @Test("with an expiration a link goes down once it is overdue, with an input and without", arguments: TestDatabase.Engine.available)
    func expiration(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let second: Int64 = 1_000_000
            let id = try fixture.topology(strategy: .receive, expiration: 50).id
            var empty = Fixture.chain(2)
            empty.links = []
            try fixture.take(Fixture.chain(2), id, now: 0)
            try fixture.take(empty, id, now: 10 * second)
            func isUp() throws -> Bool { try fixture.connection.table("SELECT is_up FROM radian_topology_link") == [["1"]] }
            #expect(try isUp())
            try fixture.take(empty, id, now: 60 * second)
            #expect(try !isUp())
            try fixture.take(Fixture.chain(2), id, now: 100 * second)
            #expect(try isUp())
            let upkeep = TopologyUpkeep(fixture.module.engine, settings: TopologySettings())
            try upkeep.takeOverdueLinksDown(now: 149 * second, over: fixture.connection)
            #expect(try isUp())
            try upkeep.takeOverdueLinksDown(now: 151 * second, over: fixture.connection)
            #expect(try !isUp())
        }
    }

    @Test("a label that is too long is left out alone", arguments: TestDatabase.Engine.available)
    func refusals(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            var graph = Fixture.chain(3)
            graph.nodes[1].label = String(repeating: "x", count: 65)
            let outcome = try fixture.take(graph, id)
            #expect(outcome?.newNodes == 2 && outcome?.newLinks == 0 && outcome?.refused == 1)
        }
    }

    @Test("what is long gone is deleted as the settings say", arguments: TestDatabase.Engine.available)
    func expired(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let day: Int64 = 86_400_000_000
            let id = try fixture.topology().id
            var empty = Fixture.chain(3)
            try fixture.take(empty, id, now: 0)
            empty.links.removeFirst()
            try fixture.take(empty, id, now: day)
            var settings = TopologySettings()
            func counts() throws -> [[String]] {
                try fixture.connection.table(
                    "SELECT (SELECT count(*) FROM radian_topology_node), (SELECT count(*) FROM radian_topology_link)")
            }
            func run(_ now: Int64) throws {
                try TopologyUpkeep(fixture.module.engine, settings: settings).deleteExpired(now: now, over: fixture.connection)
            }
            settings.linkExpirationDays = nil
            settings.nodeExpirationDays = 10
            try run(200 * day)
            #expect(try counts() == [["3", "2"]])
            settings.linkExpirationDays = 60
            settings.nodeExpirationDays = nil
            try run(60 * day)
            #expect(try counts() == [["3", "2"]])
            try run(62 * day)
            #expect(try counts() == [["3", "1"]])
            settings.nodeExpirationDays = 100
            try run(101 * day)
            #expect(try counts() == [["2", "1"]])
        }
    }

    @Test(
        "a day has one snapshot, its last state; one that is stored already is not stored again", arguments: TestDatabase.Engine.available)
    func snapshots(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            let upkeep = TopologyUpkeep(
                fixture.module.engine,
                settings: {
                    var s = TopologySettings(); s.timeZone = .gmt; return s
                }())
            try fixture.take(Fixture.chain(2), id)
            #expect(try upkeep.saveSnapshots(now: 0, over: fixture.connection) == 1)
            #expect(try upkeep.saveSnapshots(now: 1_000_000, over: fixture.connection) == 0)
            try fixture.take(Fixture.chain(3), id)
            #expect(try upkeep.saveSnapshots(now: 2_000_000, label: "MES", over: fixture.connection) == 1)
            #expect(try upkeep.saveSnapshots(now: 86_400_000_000, label: "other", over: fixture.connection) == 0)
            #expect(try upkeep.saveSnapshots(now: 86_400_000_000, over: fixture.connection) == 1)
            let days = try SnapshotStore(fixture.connection).days(of: id)
            #expect(days == ["1970-01-02", "1970-01-01"])
            let graph = try #require(try SnapshotStore(fixture.connection).graph(of: id, day: "1970-01-01"))
            #expect(String(decoding: graph, as: UTF8.self).contains("10.0.0.2"))
        }
    }

    @Test("ten thousand nodes", arguments: TestDatabase.Engine.available)
    func large(engine: TestDatabase.Engine) async throws {
        try await Fixture.with(engine) { fixture in
            let id = try fixture.topology().id
            try fixture.take(Fixture.chain(10_000), id)
            let outcome = try fixture.take(Fixture.chain(10_000, cost: 2), id)
            #expect(outcome?.changedLinks == 9_999)
            let stored = try #require(try fixture.stored(id))
            let read = try GraphStore(fixture.connection).graph(of: stored)
            #expect(read.nodes.count == 10_000 && read.links.count == 9_999)
        }
    }

    @Test("a database that goes away in the middle leaves all or nothing, and the next input is taken")
    func outage() async throws {
        try await Fixture.with(.sqlite, switchable: true) { fixture in
            let engine = try #require(fixture.engine as? SwitchableEngine)
            let id = try fixture.topology(strategy: .receive).id
            let path = "\(Fixture.path)topology/\(id)/receive/?key=secret"
            let body = Array(Fixture.netJSON.utf8)
            engine.takeAway()
            let lost = await fixture.client.send(.post, path, type: "text/plain", body: body)
            #expect(lost.status >= 500)
            engine.bringBack()
            let taken = await fixture.client.send(.post, path, type: "text/plain", body: body)
            #expect(taken.status == 200, "\(taken.text)")
            let rows = try fixture.rows()
            #expect(rows.count == 3)
        }
    }
}
