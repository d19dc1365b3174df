import NIOConcurrencyHelpers
import RADIUSPipeline
import RADIUSWire
import Testing

@Suite struct LeaseAddressesTests {
    private func installation(_ adjust: (inout PipelineSettings) -> Void = { _ in }) throws -> Installation {
        let installation = try Installation(
            isTraced: true, authentication: Installation.authentication + [.batch(LeaseAddresses())], adjust)
        installation.stores.state.withLockedValue { $0.pools = ["net": ["10.0.0.7"], "home": ["2001:db8:7::/56"]] }
        return installation
    }

    private func policy(pools: String..., replies: [PolicyRow] = []) -> UserPolicy {
        let items = pools.enumerated().map { PolicyRow(table: .radcheck, id: Int64($0 + 2), attribute: "Pool-Name", op: "+=", value: $1) }
        return UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")) + items, replies: replies)
    }

    private static let station = ("Calling-Station-Id", "02-00-00-00-00-01")

    @Test func `the pools' addresses stand in the reply`() throws {
        let installation = try installation()
        installation.stores["bob"] = policy(pools: "net", "home", "net")
        #expect(
            try installation.logIn("bob", "hello", [Self.station]).lines
                == ["Framed-IP-Address = 10.0.0.7", "Delegated-IPv6-Prefix = 2001:db8:7::/56"])
        let queries = installation.stores.state.withLockedValue { $0.leaseQueries }
        let holder = LeaseHolder(nasAddress: "192.0.2.1", key: Self.station.1, userName: "bob", stationID: Self.station.1)
        #expect(queries == [LeaseQuery(pools: ["net", "home"], holder: holder)])
    }

    @Test func `an exhausted pool refuses`() throws {
        let installation = try installation()
        installation.stores["bob"] = policy(pools: "net")
        #expect(try installation.logIn("bob", "hello").reason == nil)
        #expect(try installation.logIn("bob", "hello").reason == .poolExhausted)
    }

    @Test func `nobody without a pool, and no wrong password, asks`() throws {
        let installation = try installation()
        installation.stores["free"] = policy()
        _ = try installation.logIn("free", "hello")
        installation.stores["bob"] = policy(pools: "net")
        _ = try installation.logIn("bob", "wrong")
        #expect(installation.stores.state.withLockedValue { $0.leaseQueries.isEmpty })
    }

    @Test func `what the reply has already is told, a rehearsal leases nothing`() throws {
        let installation = try installation()
        installation.stores["bob"] = policy(pools: "net", replies: rows(.radreply, ("Framed-IP-Address", "=", "192.0.2.77")))
        let attributes = try [installation.attribute("User-Name", "bob"), installation.attribute("User-Password", "hello")]
        _ = try installation.decide(attributes, isRehearsal: true)
        #expect(installation.stores.state.withLockedValue { $0.leaseQueries.isEmpty })
        _ = try installation.decide(attributes)
        #expect(installation.stores.state.withLockedValue { $0.leaseQueries.map(\.present) } == [[.ipv4]])
    }

    @Test func `the key is the operator's, and a lease may limit the session`() throws {
        let installation = try installation {
            $0.leaseKey = "%{NAS-Port}/%{User-Name}"
            $0.endsSessionsWithLeases = true
        }
        installation.stores["bob"] = policy(pools: "net")
        #expect(
            try installation.logIn("bob", "hello", [("NAS-Port", "7")]).lines == ["Framed-IP-Address = 10.0.0.7", "Session-Timeout = 600"])
        #expect(installation.stores.state.withLockedValue { $0.leaseQueries.map(\.holder.key) } == ["7/bob"])
    }

    @Test func `accounting tells what became of the session`() throws {
        let installation = try installation()
        let now = Int64(Installation.noon)
        for (status, event) in [
            ("Start", LeaseUpdate.Event.extend), ("Interim-Update", .extend), ("Stop", .release), ("Accounting-On", .releaseAll),
            ("Accounting-Off", .releaseAll),
        ] {
            let attributes = try [
                installation.attribute("User-Name", "bob"), installation.attribute("Acct-Status-Type", status),
                installation.attribute("Acct-Session-Id", "1"), installation.attribute(Self.station.0, Self.station.1),
                installation.attribute("NAS-IP-Address", "192.0.2.9"), installation.attribute("Framed-IP-Address", "10.0.0.7"),
                installation.attribute("Acct-Delay-Time", "30"),
            ]
            installation.stores.state.withLockedValue { $0.leaseUpdates = [] }
            #expect(try installation.decide(attributes, code: .accountingRequest).code == .accountingResponse)
            let holder = LeaseHolder(nasAddress: "192.0.2.9", key: Self.station.1, userName: "bob", stationID: Self.station.1)
            #expect(
                installation.stores.state.withLockedValue { $0.leaseUpdates }
                    == [LeaseUpdate(event: event, holder: holder, ipv4: "10.0.0.7", epoch: now - 30)])
        }
    }
}
