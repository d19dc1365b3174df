import Accounts
import Database
import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@testable import SessionActions

/// What login pages have NAS devices told.
@Suite struct StationChangeTests {
    private static let organization = "6f1d3a52-0000-4000-8000-000000000001"
    private static let other = "6f1d3a52-0000-4000-8000-000000000002"

    private func change(types: [String] = ["cisco-wlc"]) throws -> StationChange {
        StationChange(
            station: try #require(MACAddress("02-00-00-00-00-01")), organizationID: Self.organization, vendorSessionID: "0A000001",
            attributes: [("Cisco-AVPair", "subscriber:command=reauthenticate")], nasTypes: types, reason: "login page",
            requestedBy: "bob")
    }

    private func nas(_ prefix: String, _ name: String, type: String = "cisco-wlc", organization: String? = nil) -> NASClient {
        var nas = NASClient.test(prefix, type: type, name: name)
        nas.organizationID = organization
        return nas
    }

    private func addresses(_ links: ScriptedLinks) -> [String] { links.endpoints.withLockedValue { $0.map(\.description) } }

    @Test(arguments: Engine.available) func theSessionThatAccountingKnows(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", nas: "192.0.2.2", organization: Self.organization)
            try site.begin("b", nas: "192.0.2.1", organization: Self.other)
            let links = ScriptedLinks { _ in .ack }
            let actions = try site.actions(links, nas: [nas("192.0.2.1", "one"), nas("192.0.2.2", "two")])
            let outcome = try await actions.change(try change())
            #expect(outcome.result == .acknowledged)
            #expect(links.sent.withLockedValue { $0 } == [.coaRequest])
            #expect(addresses(links) == ["192.0.2.2:1700"])
            let line = try #require(try site.history().first)
            #expect(line.sessionID == "a")
            #expect(line.reason == "login page")
            #expect(line.requestedBy == "bob")
            #expect(line.result == "acknowledged")
            #expect(try site.session("a")?.isOpen == true)
        }
    }

    @Test(arguments: Engine.available) func theEndOfTheSession(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a", nas: "192.0.2.2", organization: Self.organization)
            let links = ScriptedLinks { _ in .ack }
            let actions = try site.actions(links, nas: [nas("192.0.2.2", "two")])
            var wanted = try change()
            wanted.isDisconnect = true
            let outcome = try await actions.change(wanted)
            #expect(outcome.result == .acknowledged)
            #expect(links.sent.withLockedValue { $0 } == [.disconnectRequest])
            let line = try #require(try site.history().first)
            #expect(line.action == "disconnect")
            // Accounting tells of the end.
            #expect(try site.session("a")?.isOpen == true)
        }
    }

    @Test("without accounting the NAS counts that asked about the device last", arguments: Engine.available)
    func lastNAS(engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            for (name, organization) in [("two", Self.organization), ("one", Self.other)] {
                try site.connection.script(
                    """
                    INSERT INTO radpostauth (username, pass, reply, authdate, nasname, organization_id) VALUES ('020000000001', '',
                        'Access-Accept', {{timestamp 1700000000}}, '\(name)', '\(organization)')
                    """)
            }
            let links = ScriptedLinks { _ in .ack }
            let actions = try site.actions(links, nas: [nas("192.0.2.1", "one"), nas("192.0.2.2", "two")])
            let outcome = try await actions.change(try change())
            #expect(outcome.result == .acknowledged)
            #expect(addresses(links) == ["192.0.2.2:1700"])
            #expect(try site.history().first?.sessionID == "station 02-00-00-00-00-01")
        }
    }

    @Test("else the only NAS of the kind that the organization has, and none of another organization")
    func onlyNAS() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            let links = ScriptedLinks { _ in .nak(.sessionContextNotFound) }
            let own = nas("192.0.2.1", "own", organization: Self.organization)
            let foreign = nas("192.0.2.9", "foreign", organization: Self.other)
            let actions = try site.actions(links, nas: [own, foreign, nas("192.0.2.3", "router", type: "mikrotik")])
            let outcome = try await actions.change(try change())
            #expect(outcome.result == .refused)
            #expect(addresses(links) == ["192.0.2.1:1700"])
            let nowhere = try await site.actions(links, nas: [foreign]).change(try change())
            #expect(nowhere.result == .unreachable)
            let between = try await site.actions(links, nas: [own, nas("192.0.2.2", "shared")]).change(try change())
            #expect(between.result == .unreachable)
            #expect(links.sent.withLockedValue { $0.count } == 1)
        }
    }
}
