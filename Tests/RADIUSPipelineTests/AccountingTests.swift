import Digests
import NIOConcurrencyHelpers
import RADIUSDictionary
@testable import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

struct AccountingTests {
    private func record(_ items: [(String, String)], at epoch: Double = Installation.noon) throws -> AccountingRecord {
        let installation = try Installation()
        let decision = try installation.decide(items.map { try installation.attribute($0.0, $0.1) }, code: .accountingRequest, at: epoch)
        #expect(decision.code == .accountingResponse)
        let records = installation.stores.state.withLockedValue { $0.records }
        #expect(records.count == 1)
        return try records.first.orThrow()
    }

    private let start = [("User-Name", "bob"), ("Acct-Status-Type", "Start"), ("Acct-Session-Id", "0001")]

    // Acct-Unique-Session-Id; digests computed independently.

    @Test func uniqueIDsAsFreeRADIUSComputesThem() throws {
        let nas = [("NAS-IP-Address", "192.0.2.1")]
        #expect(try record(start + nas + [("NAS-Identifier", "nas1"), ("NAS-Port", "1")]).uniqueID == "3d2de00c3461c61d55af63486506a512")
        #expect(try record(start + nas).uniqueID == "0d381104adeea6ba501551259cd45d32")
        // The source stands in for an absent NAS-IP-Address.
        #expect(try record(start).uniqueID == "0d381104adeea6ba501551259cd45d32")
        let marked = "ai:0123456789abcdef0123456789abcdef"
        #expect(
            try record(start + nas + [("Class", "0x" + Hexadecimal.encode(marked.utf8))]).uniqueID == "eb3feb9de205c2b3793038278a24656b")
        #expect(
            try record(start + nas + [("Class", "0x61693a0123456789abcdef0123456789abcdef")]).uniqueID == "eb3feb9de205c2b3793038278a24656b"
        )
        // Any other Class changes nothing.
        #expect(try record(start + nas + [("Class", "0x61693a01")]).uniqueID == "0d381104adeea6ba501551259cd45d32")
    }

    @Test func fields() throws {
        let record = try record([
            ("User-Name", "bob"), ("Acct-Status-Type", "Interim-Update"), ("Acct-Session-Id", "0001"), ("NAS-IP-Address", "192.0.2.7"),
            ("NAS-Port", "9"), ("NAS-Port-Type", "Wireless-802.11"), ("Acct-Session-Time", "61"), ("Acct-Authentic", "RADIUS"),
            ("Connect-Info", "CONNECT 54Mbps"), ("Acct-Input-Octets", "5"), ("Acct-Input-Gigawords", "2"), ("Acct-Output-Octets", "7"),
            ("Called-Station-Id", "00-11-22-33-44-55:guest"), ("Calling-Station-Id", "02-00-00-00-00-09"),
            ("Acct-Terminate-Cause", "User-Request"),
            ("Service-Type", "Call-Check"), ("Framed-Protocol", "PPP"), ("Framed-IP-Address", "10.0.0.5"),
            ("Framed-IPv6-Address", "2001:db8::5"), ("Framed-IPv6-Prefix", "2001:db8:1::/64"), ("Framed-Interface-Id", "1:2:3:4"),
            ("Delegated-IPv6-Prefix", "2001:db8:2::/56"), ("Class", "0xabcd"),
        ])
        #expect(record.statusType == .interimUpdate)
        #expect(record.acctSessionID == "0001")
        #expect(record.userName == "bob")
        #expect(record.nasIPAddress == "192.0.2.7")
        #expect(record.nasPortID == "9")
        #expect(record.nasPortType == "Wireless-802.11")
        #expect(record.sessionTime == 61)
        #expect(record.acctAuthentic == "RADIUS")
        #expect(record.connectInfo == "CONNECT 54Mbps")
        #expect(record.inputOctets == 8_589_934_597)
        #expect(record.outputOctets == 7)
        #expect(record.calledStationID == "00-11-22-33-44-55:guest")
        #expect(record.callingStationID == "02-00-00-00-00-09")
        #expect(record.terminateCause == "User-Request")
        #expect(record.serviceType == "Call-Check")
        #expect(record.framedProtocol == "PPP")
        #expect(record.framedIPAddress == "10.0.0.5")
        #expect(record.framedIPv6Address == "2001:db8::5")
        #expect(record.framedIPv6Prefix == "2001:db8:1::/64")
        #expect(record.framedInterfaceID == "1:2:3:4")
        #expect(record.delegatedIPv6Prefix == "2001:db8:2::/56")
        #expect(record.classText == "0xabcd")
    }

    @Test func absentAttributesAreNil() throws {
        let record = try record(start)
        #expect(record.inputOctets == nil)
        #expect(record.outputOctets == nil)
        #expect(record.sessionTime == nil)
        #expect(record.nasPortID == nil)
        #expect(record.framedIPAddress == nil)
        #expect(record.classText == nil)
        #expect(record.realm == nil)
    }

    @Test func portIDWinsOverPortNumber() throws {
        #expect(try record(start + [("NAS-Port", "9"), ("NAS-Port-Id", "ge-0/0/1")]).nasPortID == "ge-0/0/1")
    }

    @Test func realmOfAnOrganizationGoesToItsColumn() throws {
        let installation = try Installation { $0.organizationID = { $0 == "red" ? "id-red" : nil } }
        _ = try installation.decide(
            [("User-Name", "bob@red"), ("Acct-Status-Type", "Start"), ("Acct-Session-Id", "1")].map {
                try installation.attribute($0.0, $0.1)
            },
            code: .accountingRequest)
        let record = try installation.stores.state.withLockedValue { $0.records.first }.orThrow()
        #expect(record.userName == "bob")
        #expect(record.realm == "red")
        #expect(record.organizationID == "id-red")
    }

    @Test func ciscosSessionIDIsFoundAmongItsPairs() throws {
        let pairs = [("Cisco-AVPair", "connect-progress=Call Up"), ("Cisco-AVPair", "audit-session-id=0A00000100000FE1")]
        #expect(try record(start + pairs).vendorSessionID == "0A00000100000FE1")
        #expect(try record(start + [("Cisco-NAS-Port", "audit-session-id=1"), ("Cisco-AVPair", "session-id=1")]).vendorSessionID == nil)
    }

    // Event time.

    @Test func eventTimestampCountsWhileItIsSane() throws {
        let now = Int64(Installation.noon)
        let sane = try record(start + [("Event-Timestamp", "\(now - 100)"), ("Acct-Delay-Time", "7")])
        #expect(sane.eventEpoch == now - 100)
        #expect(sane.hasEventTimestamp)
        for stamp in [0, now - 86_401, now + 86_401] {
            let record = try record(start + [("Event-Timestamp", "\(stamp)"), ("Acct-Delay-Time", "7")])
            #expect(record.eventEpoch == now - 7)
            #expect(!record.hasEventTimestamp)
        }
        #expect(try record(start).eventEpoch == now)
        #expect(try record(start + [("Acct-Delay-Time", "4000000000")]).eventEpoch == now)
    }

    // Status types and failures.

    @Test(arguments: TunnelEvent.allCases) func tunnelsAreRecorded(_ event: TunnelEvent) throws {
        let record = try record([
            ("User-Name", "bob"), ("Acct-Status-Type", event.name), ("Acct-Session-Id", "0001"), ("Tunnel-Type:1", "L2TP"),
            ("Tunnel-Medium-Type:1", "IPv4"), ("Tunnel-Client-Endpoint:1", "192.0.2.1"), ("Tunnel-Server-Endpoint:1", "lns.example.org"),
            ("Tunnel-Client-Auth-Id:1", "lac"), ("Tunnel-Server-Auth-Id:1", "lns"), ("Tunnel-Assignment-Id:1", "7"),
            ("Acct-Tunnel-Connection", "17"), ("Acct-Tunnel-Packets-Lost", "3"), ("Acct-Terminate-Cause", "NAS-Error"),
        ])
        #expect(record.statusType == .tunnel(event))
        #expect(record.terminateCause == "NAS-Error")
        let tunnel = try record.tunnel.orThrow()
        #expect(tunnel.type == "L2TP" && tunnel.mediumType == "IPv4")
        #expect(tunnel.clientEndpoint == "192.0.2.1" && tunnel.serverEndpoint == "lns.example.org")
        #expect(tunnel.clientAuthID == "lac" && tunnel.serverAuthID == "lns" && tunnel.assignmentID == "7")
        #expect(tunnel.connection == "17" && tunnel.packetsLost == 3)
    }

    @Test func aSessionInATunnelIsASession() throws {
        #expect(try record(start + [("Tunnel-Type:1", "L2TP"), ("Acct-Tunnel-Connection", "17")]).tunnel == nil)
    }

    @Test(arguments: ["Supplicant-Restart", "Reauthentication-Failure", "Port-Reinit", "Port-Disabled"])
    func causesOf8021X(_ cause: String) throws {
        #expect(try record(start + [("Acct-Terminate-Cause", cause)]).terminateCause == cause)
    }

    @Test(arguments: ["16", "77"])
    func otherStatusTypesAreAcknowledgedWithoutARow(_ type: String) throws {
        let installation = try Installation()
        let decision = try installation.decide(
            [installation.attribute("Acct-Status-Type", type), installation.attribute("Acct-Session-Id", "1")], code: .accountingRequest)
        #expect(decision.code == .accountingResponse)
        #expect(installation.stores.state.withLockedValue { $0.records.isEmpty })
    }

    @Test(arguments: [("Accounting-On", AcctStatusType.accountingOn), ("Accounting-Off", .accountingOff)])
    func rebootsAreRecorded(_ type: String, _ expected: AcctStatusType) throws {
        #expect(try record([("Acct-Status-Type", type)]).statusType == expected)
    }

    @Test func nothingIsAcknowledgedUnlessStored() throws {
        let installation = try Installation()
        let attributes = try start.map { try installation.attribute($0.0, $0.1) }
        func silence() throws -> DropReason? {
            guard case .silence(let reason) = try installation.decide(attributes, code: .accountingRequest).disposition else { return nil }
            return reason
        }
        installation.stores.state.withLockedValue { $0.failure = .unavailable("gone") }
        #expect(try silence() == .databaseUnavailable)
        installation.stores.state.withLockedValue { $0.failure = .failed("no table") }
        #expect(try silence() == .databaseUnavailable)
        installation.stores.state.withLockedValue { state in
            state.failure = nil
            state.refusesRecords = true
        }
        #expect(try silence() == .unusableRecord)
    }
}
