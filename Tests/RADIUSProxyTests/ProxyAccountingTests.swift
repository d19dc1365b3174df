import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSProxy
import RADIUSWire
import Testing

@testable import RADIUSTransport

@Suite struct ProxyAccountingTests {
    private static let start = ["Acct-Status-Type = Start", "Acct-Session-Id = 1", "NAS-Identifier = gate", "Proxy-State = 0x0102"]

    private func site(
        _ accounting: RealmAccounting, records: Bool = true, _ home: ScriptedHomeServer, _ adjust: (inout ProxySettings) -> Void = { _ in }
    ) throws -> ProxyInstallation {
        try ProxyInstallation(
            [home],
            realm: { realm in
                realm.authenticationPool = nil
                realm.accountingPool = "home"
                realm.accounting = accounting
                realm.recordsAccounting = records
            }, server: { $0.type = .accounting }, adjust)
    }

    private func account(_ site: ProxyInstallation, _ user: String = "bob@home.org") throws -> Decision {
        try site.decide(Self.start + ["User-Name = \(user)"], code: .accountingRequest)
    }

    @Test(arguments: [true, false]) func relayedAccountingIsAnsweredWithTheHomeServer(records: Bool) throws {
        let home = try ScriptedHomeServer("home", always: .accountingResponse)
        let site = try site(.relay, records: records, home)
        #expect(try account(site).code == .accountingResponse)
        #expect(site.stores.records.withLockedValue { $0.count } == (records ? 1 : 0))
        let request = try #require(home.requests.first)
        #expect(request.code == .accountingRequest && request.verifyRequestAuthenticator(homeSecret))
        #expect(request.text(1) == "bob")
        #expect(request.attributes.count { $0.type == 33 } == 2)
    }

    @Test(arguments: [true, false]) func withoutTheHomeServerThereIsNoAnswer(records: Bool) throws {
        let home = try ScriptedHomeServer.silent("home")
        let site = try site(.relay, records: records, home)
        #expect(try account(site).isSilent)
        #expect(site.stores.records.withLockedValue { $0.count } == (records ? 1 : 0))
    }

    @Test func storedAccountingIsQueuedAndAnsweredAtOnce() throws {
        let home = try ScriptedHomeServer.silent("home")
        let site = try site(.store, home)
        #expect(try account(site).code == .accountingResponse)
        #expect(home.requests.isEmpty)
        let entries = site.stores.queued.withLockedValue { $0 }
        #expect(entries.map(\.destination) == ["home"])
        #expect(entries.first?.receivedEpoch == 1_782_043_200)
        let types = RawAttributes(bytes: entries.first?.attributes ?? [], start: 0).map(\.type)
        #expect(types.contains(40) && types.contains(1) && !types.contains(33) && !types.contains(80))
        _ = try account(site)
        #expect(Set(site.stores.queued.withLockedValue { $0 }.map(\.session)).count == 1, "one session, one key")
    }

    @Test func withoutTheQueueThereIsNoAnswer() throws {
        let site = try site(.store, try ScriptedHomeServer.silent("home"))
        site.stores.isAway.withLockedValue { $0 = true }
        #expect(try account(site).isSilent)
    }

    @Test func copiesGoToEveryPoolWhateverTheRealm() throws {
        let site = try site(.local, try ScriptedHomeServer.silent("home")) { $0.accountingCopies = ["billing", "home"] }
        #expect(try account(site, "carol").code == .accountingResponse)
        #expect(site.stores.queued.withLockedValue { $0.map(\.destination) } == ["billing", "home"])
        let both = try self.site(.store, try ScriptedHomeServer.silent("home")) { $0.accountingCopies = ["billing", "home"] }
        _ = try account(both)
        #expect(both.stores.queued.withLockedValue { $0.map(\.destination) } == ["home", "billing"], "each once")
    }

    @Test func realmsMayBeAnsweredOrIgnored() throws {
        let home = try ScriptedHomeServer("home", always: .accountingResponse)
        let answered = try site(.answer, home)
        #expect(try account(answered).code == .accountingResponse)
        #expect(answered.stores.records.withLockedValue { $0.isEmpty })
        #expect(try account(try site(.silence, home)).isSilent)
        #expect(home.requests.isEmpty)
    }

    @Test func queuedPacketsSayHowLongTheyWaited() throws {
        let home = try ScriptedHomeServer("home", always: .accountingResponse)
        let site = try site(.store, home)
        _ = try account(site)
        let entry = try #require(site.stores.queued.withLockedValue { $0.first })
        let isTaken = Waiting<Bool>()
        site.router.relay(entry, epoch: entry.receivedEpoch + 90) { isTaken.fulfil($0) }
        #expect(isTaken.value() == true)
        let request = try #require(home.requests.first)
        #expect(request.integer(41) == 90)
        #expect(request.verifyRequestAuthenticator(homeSecret))
    }

    @Test func coaGoesByOperatorNameThenByNAS() throws {
        let (byRealm, byAddress) = (
            try ScriptedHomeServer("visited", always: .disconnectACK),
            try ScriptedHomeServer("gate", always: .disconnectNAK, attributes: [101, 6, 0, 0, 1, 247])
        )
        var realm = try #require(Realm(name: "visited.org"))
        realm.dynamicAuthorizationPool = "visited"
        var servers = [byRealm.configuration, byAddress.configuration]
        for index in servers.indices { servers[index].type = .dynamicAuthorization }
        let site = try ProxyInstallation(
            ProxyConfiguration(
                realms: [realm], homeServers: servers, pools: [HomeServerPool(name: "visited", servers: ["visited"])]))
        func disconnect(_ attributes: String...) throws -> Decision {
            try site.decide(["User-Name = bob"] + attributes, code: .disconnectRequest)
        }
        #expect(try disconnect("Operator-Name = 1visited.org").code == .disconnectACK)
        #expect(byRealm.requests.count == 1 && byRealm.requests[0].verifyRequestAuthenticator(homeSecret))
        let refused = try disconnect("NAS-Identifier = gate")
        #expect(refused.code == .disconnectNAK)
        #expect(refused.attributes.first?.value == .unsigned(503), "the NAS's own Error-Cause")
        let unroutable = try disconnect("NAS-Identifier = elsewhere")
        #expect(unroutable.code == .disconnectNAK)
        #expect(unroutable.attributes.first?.value == .unsigned(502))
        _ = site.router.setDown("visited", true)
        #expect(try disconnect("Operator-Name = 1visited.org").attributes.first?.value == .unsigned(502))
    }
}
