import Accounts
import AccessPolicy
import Database
import DynamicAuthorization
import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSWire
import ServicePlans
import TestSupport
import Testing

@testable import SessionActions

@Suite struct SessionActionsTests {
    private static var rates: PlanTerms {
        var terms = PlanTerms()
        terms.downRate = 1_000_000
        return terms
    }

    @Test(arguments: Engine.available) func aDisconnectedSessionWithoutStopIsClosedAfterTheGrace(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .ack })
            try await site.order(actions, "a", .disconnect)
            try await site.work(actions)
            let record = try #require(try site.history().first)
            #expect(record.result == "acknowledged" && record.action == "disconnect" && record.errorCause == nil)
            #expect(record.detail == "Disconnect-Request to 192.0.2.1:3799")
            site.now.withLockedValue { $0 += 59 }
            try await actions.closeOverdue()
            #expect(try site.closing("a")[0] == "NULL")
            site.now.withLockedValue { $0 += 1 }
            try await actions.closeOverdue()
            #expect(try site.closing("a") == ["\(Site.start + 1060)", "Admin-Reset", "1060"])
            #expect(site.ended.withLockedValue { $0 } == ["a"])
            try await actions.closeOverdue()
            #expect(site.ended.withLockedValue { $0 } == ["a"])
        }
    }

    @Test(arguments: Engine.available) func aStopThatCameIsLeftAlone(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .ack })
            try await site.order(actions, "a", .disconnect)
            try await site.work(actions)
            try site.stop("a")
            site.now.withLockedValue { $0 += 600 }
            try await actions.closeOverdue()
            #expect(try site.closing("a") == ["\(Site.start + 500)", engine == .postgres ? "NULL" : "", "500"])
        }
    }

    @Test(arguments: Engine.available) func aSessionTheNASDoesNotKnowIsClosedAtItsLastWord(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .nak(.sessionContextNotFound) })
            try await site.order(actions, "a", .change(Self.rates, orDisconnect: true))
            try await site.work(actions)
            #expect(try site.history().map { [$0.action, $0.result ?? "", "\($0.errorCause ?? 0)"] } == [["change", "refused", "503"]])
            #expect(try site.closing("a") == ["\(Site.start)", "Lost-Service", "0"])
            #expect(site.ended.withLockedValue { $0 } == ["a"])
        }
    }

    @Test(arguments: Engine.available) func otherRefusalsLeaveTheSessionOpen(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin("a")
            let actions = try site.actions(ScriptedLinks { _ in .nak(.administrativelyProhibited) })
            try await site.order(actions, "a", .disconnect)
            try await site.work(actions)
            #expect(try site.closing("a")[0] == "NULL")
            #expect(try site.history().first?.errorCause == 501)
        }
    }

    @Test(arguments: Engine.available) func aRefusedChangeEndsInADisconnectWhereWanted(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            for (id, orDisconnect) in [("a", true), ("b", false)] {
                try site.begin(id)
                let links = ScriptedLinks { $0 == .coaRequest ? .nak(.unsupportedExtension) : .ack }
                let actions = try site.actions(links)
                try await site.order(actions, id, .change(Self.rates, orDisconnect: orDisconnect))
                try await site.work(actions)
                #expect(links.sent.withLockedValue { $0 } == (orDisconnect ? [.coaRequest, .disconnectRequest] : [.coaRequest]))
                let record = try #require(try site.history().first)
                #expect(record.action == (orDisconnect ? "disconnect" : "change"))
                #expect(record.result == (orDisconnect ? "acknowledged" : "refused"))
            }
        }
    }

    @Test func reauthorizingTriesThePlanThenTheVendorThenDisconnects() async throws {
        for (type, plan, codes) in [
            ("mikrotik", Self.rates, [PacketCode.coaRequest, .disconnectRequest]), ("cisco", nil, [.coaRequest, .disconnectRequest]),
            ("mikrotik", nil, [.disconnectRequest]), ("pfsense", Self.rates, [.disconnectRequest]),
        ] as [(String, PlanTerms?, [PacketCode])] {
            try await Site.with(.sqlite) { (site) async throws in
                try site.begin("a")
                let links = ScriptedLinks { $0 == .coaRequest ? .nak(.invalidRequest) : .ack }
                let actions = try site.actions(links, nas: [.test(type: type)], plan: { _, _ in plan })
                try await site.order(actions, "a", .reauthorize)
                try await site.work(actions)
                #expect(links.sent.withLockedValue { $0 } == codes, "\(type)")
                #expect(try site.history().first?.action == "disconnect")
            }
        }
    }

    @Test func whereARequestGoes() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            let targets = NASTargetStore(site.connection)
            func endpoint(_ type: String) async throws -> String? {
                try site.begin("a")
                let links = ScriptedLinks { _ in .nak(.invalidRequest) }
                let actions = try site.actions(links, nas: [.test(type: type)])
                try await site.order(actions, "a", .disconnect)
                try await site.work(actions)
                return links.endpoints.withLockedValue { $0.first?.description }
            }
            #expect(try await endpoint("other") == "192.0.2.1:3799")
            #expect(try await endpoint("cisco") == "192.0.2.1:1700")
            try targets.set(NASTarget(nas: "gate", address: "198.51.100.7", port: 4000))
            #expect(try await endpoint("cisco") == "198.51.100.7:4000")
            try targets.set(NASTarget(nas: "gate", isDisabled: true))
            #expect(try await endpoint("cisco") == nil)
            #expect(try site.history().first?.result == "unsupported")
        }
    }

    @Test func whatCannotBeSentIsSaid() async throws {
        try await Site.with(.sqlite) { (site) async throws in
            try site.begin("a")
            try site.begin("b", nas: "198.51.100.1")
            try site.begin("c")
            let actions = try site.actions(ScriptedLinks { _ in .ack })
            try await site.order(actions, "a", .command(.bouncePort))
            try await site.order(actions, "b", .disconnect)
            try await site.order(actions, "c", .disconnect)
            try await site.order(actions, "never heard of", .disconnect)
            try site.stop("c")
            try await site.work(actions)
            #expect(
                try site.history().map { "\($0.sessionID) \($0.result ?? "") \($0.detail ?? "")" } == [
                    "c ended ", "b unreachable no NAS is known at 198.51.100.1",
                    "a unsupported a NAS of type 'other' has no command bounce-port",
                ])
        }
    }

    @Test(arguments: Engine.available) func changesOfUsersAndGroupsBecomeOrders(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            let provisioning = UserProvisioning(site.connection)
            let groups = try GroupService(site.connection, dictionary: testDictionary.get())
            for group in ["slow", "fast", "idle"] { try groups.add(group) }
            for name in ["alice", "bob", "carol", "dave"] {
                try provisioning.add(User(username: name), credential: UserProvisioning.cleartext("x"))
                try site.begin("of-\(name)", user: name)
            }
            try provisioning.join("dave", group: "idle")
            var settings = DynamicAuthorizationSettings()
            func taken() async throws -> [String] {
                let actions = try site.actions(ScriptedLinks { _ in .ack }, settings: settings)
                while try await actions.takeChanges() {}
                let claims = try await actions.claim(limit: 100)
                let store = SessionActionStore(site.connection)
                for claim in claims { try store.finish(claim.id, SessionActionOutcome(result: .ended, action: ""), at: site.micros) }
                return claims.map { "\($0.order?.sessionID ?? "") \($0.order?.wish.name ?? "") \($0.order?.reason ?? "")" }.sorted()
            }
            #expect(try await taken() == [])

            try provisioning.setActive(false, "alice")
            try provisioning.remove("bob")
            try provisioning.join("carol", group: "slow")
            #expect(try await taken() == ["of-alice disconnect user.disabled", "of-bob disconnect user.disabled"])
            #expect(try await taken() == [])
            #expect(try UserStore(site.connection).user(named: "alice")?.isActive == false)

            settings.onUserDisabled = .none
            settings.onGroupChanged = .change
            try provisioning.setActive(true, "alice")
            try provisioning.setActive(false, "alice")
            try provisioning.leave("carol", group: "slow")
            #expect(try await taken() == ["of-carol reauthorize user.groups-changed"])

            settings.onGroupChanged = .disconnect
            try groups.set(PolicyItem(attribute: "Session-Timeout", op: ":=", value: "60"), in: .reply, of: "idle")
            #expect(try await taken() == ["of-dave disconnect group.changed"])
            #expect(try groups.unset("Session-Timeout", in: .reply, of: "idle") == 1)
            #expect(try groups.unset("Session-Timeout", in: .reply, of: "idle") == 0)
            #expect(try await taken() == ["of-dave disconnect group.changed"])
            try groups.remove("idle")
            #expect(try await taken() == ["of-dave disconnect user.groups-changed"])

            settings.onGroupChanged = .none
            try provisioning.join("dave", group: "fast")
            #expect(try await taken() == [])
        }
    }

    @Test(arguments: Engine.available) func aRefusedChangeLeavesNoTrace(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            let provisioning = UserProvisioning(site.connection)
            try provisioning.add(User(username: "alice"), credential: UserProvisioning.cleartext("x"))
            try site.connection.script("INSERT INTO radcheck (username, attribute, op, value) VALUES ('old', 'NT-Password', ':=', '00')")
            #expect(throws: AccountsError.userUnknown(username: "nobody")) { try provisioning.remove("nobody") }
            #expect(throws: AccountsError.userUnknown(username: "nobody")) { try provisioning.setActive(false, "nobody") }
            #expect(throws: ProvisioningError.noAccount("old")) { try provisioning.setActive(false, "old") }
            #expect(throws: ProvisioningError.groupUnknown("none")) { try provisioning.join("alice", group: "none") }
            #expect(throws: ProvisioningError.notMember(user: "alice", group: "none")) { try provisioning.leave("alice", group: "none") }
            #expect(try ChangeOutbox(site.connection).take(limit: 10).isEmpty)
        }
    }
}
