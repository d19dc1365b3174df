import Foundation
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import ServicePlans
import Testing

@testable import DynamicAuthorization

let testDictionary = Result { () throws(DictionaryError) in
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
}

extension SessionIdentity {
    static var test: SessionIdentity {
        var identity = SessionIdentity()
        identity.userName = "bob"
        identity.acctSessionID = "0001"
        identity.callingStationID = "02-00-00-00-00-01"
        identity.framedIPAddress = "10.0.0.9"
        identity.nasAddress = "192.0.2.1"
        identity.vendorSessionID = "C0A80101"
        return identity
    }
}

@Suite struct ComposerTests {
    private func lines(
        _ action: SessionAction, _ type: String, identity: SessionIdentity = .test, additional: [Attribute] = []
    ) throws -> [String] {
        let request = try DynamicAuthorizationComposer(testDictionary.get()).compose(
            action, for: identity, nasType: type, additional: additional, epoch: 1_700_000_000)
        return [request.code.name]
            + request.attributes.filter { $0.definition.name != "Event-Timestamp" }
            .map { "\($0.printedName)=\($0.printedValue)" }
    }

    @Test(arguments: [
        ("other", ["Acct-Session-Id=0001", "Calling-Station-Id=02-00-00-00-00-01", "User-Name=bob", "NAS-IP-Address=192.0.2.1"]),
        ("never heard of", ["Acct-Session-Id=0001", "Calling-Station-Id=02-00-00-00-00-01", "User-Name=bob", "NAS-IP-Address=192.0.2.1"]),
        ("routeros", ["User-Name=bob", "Framed-IP-Address=10.0.0.9", "Acct-Session-Id=0001"]),
        ("chillispot", ["User-Name=bob", "Acct-Session-Id=0001"]),
        ("unifi", ["Acct-Session-Id=0001", "Calling-Station-Id=02-00-00-00-00-01"]),
        (
            "cisco",
            [
                "Cisco-AVPair=audit-session-id=C0A80101", "Acct-Session-Id=0001", "Calling-Station-Id=02-00-00-00-00-01",
                "NAS-IP-Address=192.0.2.1",
            ]
        ),
        ("pfsense", ["User-Name=bob", "Acct-Session-Id=0001", "Calling-Station-Id=02-00-00-00-00-01"]),
    ])
    func eachNASIsToldWhatItUnderstands(_ type: String, _ expected: [String]) throws {
        #expect(try lines(.disconnect, type) == ["Disconnect-Request"] + expected)
    }

    @Test func whatIsUnknownIsLeftOut() throws {
        var identity = SessionIdentity()
        identity.acctSessionID = "0001"
        identity.userName = ""
        identity.nasAddress = "2001:db8::1"
        #expect(
            try lines(.disconnect, "other", identity: identity) == [
                "Disconnect-Request", "Acct-Session-Id=0001", "NAS-IPv6-Address=2001:db8::1",
            ])
        identity.acctSessionID = nil
        #expect(throws: CompositionError.unidentifiable) { try lines(.disconnect, "other", identity: identity) }
    }

    @Test(arguments: [
        ("cisco", PortCommand.reauthenticate, "Cisco-AVPair=subscriber:command=reauthenticate"),
        ("cisco", .bouncePort, "Cisco-AVPair=subscriber:command=bounce-host-port"),
        ("cisco", .disablePort, "Cisco-AVPair=subscriber:command=disable-host-port"),
        ("cisco-9800", .reauthenticate, "Cisco-AVPair=subscriber:command=reauthenticate"),
        ("procurve", .bouncePort, "HP-Port-Bounce-Host=12"), ("aruba", .bouncePort, "Aruba-Port-Bounce-Host=12"),
    ])
    func vendorsCommands(_ type: String, _ command: PortCommand, _ line: String) throws {
        let lines = try lines(.command(command), type)
        #expect(lines.first == "CoA-Request")
        #expect(lines.last == line)
    }

    @Test func everyDialectsAttributesAreInTheDictionary() throws {
        let dictionary = try testDictionary.get()
        for type in NASType.all.map({ $0[0] }) {
            let dialect = NASDialect.of(type)
            for (name, value) in dialect.commands.values {
                let definition = try #require(dictionary.attribute(named: name))
                _ = try Attribute.parse(value, for: definition)
            }
            let request = try DynamicAuthorizationComposer(dictionary).compose(
                .disconnect, for: .test, nasType: type, epoch: 1_700_000_000)
            #expect(request.notes.isEmpty)
            #expect(request.attributes.last?.value == .unsigned(1_700_000_000))
        }
    }

    @Test func unknownCommandsAndChangesAreRefused() throws {
        #expect(throws: CompositionError.self) { try lines(.command(.bouncePort), "mikrotik") }
        var terms = PlanTerms()
        terms.downRate = 1_000_000
        #expect(throws: CompositionError.self) { try lines(.change(terms), "pfsense") }
        #expect(throws: CompositionError.unsupported("there is nothing to change")) { try lines(.change(PlanTerms()), "mikrotik") }
    }

    @Test func changesCarryTheTermsInTheNASsAttributes() throws {
        var terms = PlanTerms()
        terms.upRate = 1_000_000
        terms.downRate = 2_000_000
        let filter = Attribute(try #require(testDictionary.get().attribute(named: "Filter-Id")), value: .text("x"))
        #expect(
            try lines(.change(terms), "mikrotik", additional: [filter]) == [
                "CoA-Request", "User-Name=bob", "Framed-IP-Address=10.0.0.9", "Acct-Session-Id=0001", "Mikrotik-Rate-Limit=1M/2M",
                "Filter-Id=x",
            ])
        var role = PlanTerms()
        role.role = "employee"
        #expect(try lines(.change(role), "aruba").last == "Aruba-User-Role=employee")
    }

    /// RFC 5176 §3.2: nothing but the session's identity, Service-Type and State.
    @Test func authorizeOnlyCarriesItsState() throws {
        let action = SessionAction.authorizeOnly(state: Array("0123".utf8))
        #expect(
            try lines(action, "mikrotik") == [
                "CoA-Request", "User-Name=bob", "Framed-IP-Address=10.0.0.9", "Acct-Session-Id=0001", "Service-Type=Authorize-Only",
                "State=0x30313233",
            ])
        let request = try DynamicAuthorizationComposer(testDictionary.get()).compose(
            action, for: .test, nasType: "cisco", epoch: 1_700_000_000)
        #expect(request.isAuthorizeOnly)
    }

    @Test func portsFollowTheVendor() {
        #expect(DynamicAuthorizationComposer.port(of: "cisco") == 1700)
        #expect(DynamicAuthorizationComposer.port(of: "meraki") == 1700)
        #expect(DynamicAuthorizationComposer.port(of: "mikrotik") == 3799)
        #expect(DynamicAuthorizationComposer.port(of: "") == 3799)
    }

    /// Known bytes of a CoA- and a Disconnect-Request, made by another implementation.
    @Test func knownPackets() throws {
        let dictionary = try testDictionary.get()
        let secret = SharedSecret(Array("testing123".utf8))
        func packet(_ code: PacketCode, _ identifier: UInt8, _ lines: [(String, String)], signed: Bool) throws -> String {
            let attributes = try lines.map { try Attribute.parse($0.1, for: #require(dictionary.attribute(named: $0.0))) }
            let request = DynamicAuthorizationRequest(code: code, attributes: attributes).outgoing(dictionary)
            let bytes = try Packet.request(
                code, identifier: identifier, authenticator: nil, attributes: try request.attributes(.zero, secret), secret: secret,
                messageAuthenticator: signed)
            return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(
            try packet(.disconnectRequest, 10, [("User-Name", "bob"), ("Acct-Session-Id", "0001")], signed: true)
                == "280a0031ee8be5bb3a6ab6bec8591e11dbb0187a5012701af349f9125384c0ba0bf92de8450d0105626f622c0630303031")
        #expect(
            try packet(.coaRequest, 11, [("User-Name", "bob"), ("Mikrotik-Rate-Limit", "1M/2M")], signed: false)
                == "2b0b0026d6a21ff1a5d2d9ce338c81d493cf5e9a0105626f621a0d00003a8c0807314d2f324d")
    }
}
