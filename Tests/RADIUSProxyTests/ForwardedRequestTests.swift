import Foundation
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

@testable import RADIUSProxy

/// What reaches the home server, octet by octet.
@Suite struct ForwardedRequestTests {
    private static let nasSecret = SharedSecret(Array("nas-secret".utf8))
    private static let server = SharedSecret(Array("server-secret".utf8))
    private let dictionary: AttributeDictionary

    init() throws { dictionary = try ProxyInstallation.dictionary.get() }

    private func attribute(_ text: String, tag: UInt8? = nil) throws -> Attribute {
        let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return try Attribute.parse(parts[1], for: #require(dictionary.attribute(named: parts[0])), tag: tag)
    }

    /// A request of a NAS.
    private func request(_ code: PacketCode = .accessRequest, _ build: (inout AttributeEncoder) throws -> Void) throws -> Packet {
        let authenticator = code == .accessRequest ? try #require(Authenticator(16..<32)) : .zero
        var encoder = AttributeEncoder(secret: Self.nasSecret, vector: authenticator, dictionary: dictionary)
        try build(&encoder)
        return try Packet(
            validating: Packet.request(
                code, identifier: 7, authenticator: authenticator, attributes: encoder.bytes, secret: Self.nasSecret,
                messageAuthenticator: true))
    }

    /// The same as the home server gets it.
    private func forward(
        _ packet: Packet, _ changes: ForwardedRequest.Changes = .init(proxyState: [9, 9]), delay: UInt32 = 0
    ) throws -> Packet {
        let vector = packet.code == .accessRequest ? try #require(Authenticator(100..<116)) : .zero
        let forwarded = ForwardedRequest(packet, secret: Self.nasSecret, changes: changes, dictionary: dictionary)
        let attributes = try forwarded.attributes(vector: vector, secret: Self.server, delaySeconds: delay)
        return try Packet(
            validating: Packet.request(
                packet.code, identifier: 1, authenticator: vector, attributes: attributes, secret: Self.server,
                messageAuthenticator: false))
    }

    private func lines(_ packet: Packet) -> [String] {
        packet.decode(dictionary, secret: Self.server).map { "\($0.definition.name) = \($0.printedValue)" }
    }

    @Test func everythingHiddenIsHiddenAnew() throws {
        let packet = try request { encoder in
            try encoder.append(attribute("User-Name = bob"))
            try encoder.append(attribute("User-Password = a password of more than sixteen octets"))
            try encoder.append(attribute("Tunnel-Password = tunnel secret", tag: 3))
            try encoder.append(attribute("MS-MPPE-Send-Key = 0x000102030405060708090a0b0c0d0e0f"))
            try encoder.append(attribute("Ascend-Send-Secret = ascend"))
        }
        let forwarded = try forward(packet)
        let (before, after) = (packet.decode(dictionary, secret: Self.nasSecret), forwarded.decode(dictionary, secret: Self.server))
        #expect(after.dropLast() == before.dropFirst(), "all but the two Message-Authenticator and Proxy-State")
        #expect(after.contains { $0.tag == 3 && $0.value == .text("tunnel secret") })
        for type in [2, 69] as [UInt8] { #expect(packet.value(type) != forwarded.value(type)) }
    }

    @Test func theRestKeepsItsOctetsAndItsOrder() throws {
        // A Vendor-Specific of two sub-attributes, one that no dictionary knows, a malformed one, EAP in pieces, an unknown type.
        let two: [UInt8] = [26, 14, 0, 0, 0, 9, 1, 4, 65, 66, 2, 4, 67, 68]
        let unknown: [UInt8] = [26, 9, 0, 0, 99, 99, 1, 3, 1]
        let malformed: [UInt8] = [26, 8, 0, 0, 0, 9, 1, 77]
        let odd: [UInt8] = [222, 5, 1, 2, 3]
        let eap = [UInt8](repeating: 7, count: 300)
        let packet = try request { encoder in
            for octets in [two, unknown] { encoder.append(octets: octets) }
            try encoder.append(type: 79, eap)
            for octets in [malformed, odd, [33, 4, 1, 1], [33, 4, 2, 2]] { encoder.append(octets: octets) }
        }
        let expected = Array(packet.bytes[38...]) + [33, 4, 9, 9]
        #expect(Array(try forward(packet).bytes.dropFirst(38)) == expected)
    }

    @Test func filterRulesInSeveralAttributesSurvive() throws {
        let packet = try request { encoder in
            for number in 0..<12 { try encoder.append(attribute("NAS-Filter-Rule = permit in ip from any to 192.0.2.\(number)/32")) }
        }
        let forwarded = try forward(packet)
        #expect(lines(forwarded).filter { $0.hasPrefix("NAS-Filter-Rule") }.count == 12)
    }

    @Test func theCHAPChallengeIsAddedWhereItWasTheAuthenticator() throws {
        let chap = try request { try $0.append(attribute("CHAP-Password = 0x01000102030405060708090a0b0c0d0e0f")) }
        #expect(try forward(chap).value(60).map(Array.init) == Array(16..<32))
        let own = try request { encoder in
            try encoder.append(attribute("CHAP-Password = 0x01000102030405060708090a0b0c0d0e0f"))
            try encoder.append(attribute("CHAP-Challenge = 0xabcdef"))
        }
        let forwarded = try forward(own)
        #expect(forwarded.attributes.count { $0.type == 60 } == 1)
        #expect(forwarded.value(60).map(Array.init) == [0xab, 0xcd, 0xef])
    }

    @Test func ourProxyStateIsTheLast() throws {
        let packet = try request { encoder in
            encoder.append(octets: [33, 4, 1, 1])
            try encoder.append(attribute("User-Name = bob"))
        }
        let states = try forward(packet).attributes.filter { $0.type == 33 }
        #expect(states.count == 2)
        #expect(try forward(packet).bytes.suffix(4) == [33, 4, 9, 9])
    }

    @Test(arguments: [(nil, 0, nil), (nil, 5, 5), (7, 0, 7), (7, 5, 12)] as [(UInt32?, UInt32, UInt32?)])
    func acctDelayTimeGrows(sent: UInt32?, delay: UInt32, expected: UInt32?) throws {
        let packet = try request(.accountingRequest) { encoder in
            try encoder.append(attribute("Acct-Status-Type = Start"))
            if let sent { try encoder.append(attribute("Acct-Delay-Time = \(sent)")) }
        }
        #expect(try forward(packet, delay: delay).integer(41) == expected)
    }

    @Test func namesAreChangedInTheirPlace() throws {
        let packet = try request { encoder in
            try encoder.append(attribute("NAS-Identifier = gate"))
            try encoder.append(attribute("User-Name = bob@home.org"))
            try encoder.append(attribute("NAS-Port = 3"))
        }
        var changes = ForwardedRequest.Changes(proxyState: [9, 9])
        changes.userName = "bob"
        changes.operatorName = "1visited.org"
        #expect(
            lines(try forward(packet, changes)) == [
                "NAS-Identifier = gate", "User-Name = bob", "NAS-Port = 3", "Operator-Name = 1visited.org", "Proxy-State = 0x0909",
            ])
        let named = try request { try $0.append(attribute("Operator-Name = 1other.org")) }
        #expect(lines(try forward(named, changes)).first == "Operator-Name = 1other.org")
    }

    @Test func aQueuedPacketLosesTheNASsProxyState() throws {
        let packet = try request(.accountingRequest) { encoder in
            try encoder.append(attribute("Acct-Status-Type = Start"))
            encoder.append(octets: [33, 4, 1, 1])
        }
        var changes = ForwardedRequest.Changes(proxyState: [])
        changes.keepsProxyState = false
        #expect(try forward(packet, changes).attributes.allSatisfy { $0.type != 33 })
    }

    @Test func repliesAreHiddenForTheNAS() throws {
        let asked = try request { try $0.append(attribute("User-Name = bob")) }
        let sent = try #require(Authenticator(100..<116))
        var encoder = AttributeEncoder(secret: Self.server, vector: sent, dictionary: dictionary)
        try encoder.append(attribute("Reply-Message = hi"))
        try encoder.append(attribute("MS-MPPE-Recv-Key = 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
        try encoder.append(attribute("Tunnel-Password = s3cret", tag: 1))
        encoder.append(octets: [26, 9, 0, 0, 99, 99, 1, 3, 1])
        encoder.append(octets: [33, 4, 9, 9])
        var bytes = try Packet.request(
            .accessRequest, identifier: 3, authenticator: sent, attributes: encoder.bytes, secret: Self.server, messageAuthenticator: false)
        bytes[0] = PacketCode.accessAccept.rawValue
        let reply = OutgoingReply(packet: try Packet(validating: bytes), requestAuthenticator: sent, secret: Self.server)
        let relayed = try RelayedReply(reply, to: asked, secret: Self.nasSecret, filter: AttributeFilter(), dictionary: dictionary)
        let final = try Packet(validating: Packet.reply(.accessAccept, to: asked, attributes: relayed.octets, secret: Self.nasSecret))
        let seen = final.decode(dictionary, secret: Self.nasSecret, requestAuthenticator: asked.authenticator).dropFirst()
        #expect(
            Array(seen) == [
                try attribute("Reply-Message = hi"),
                try attribute("MS-MPPE-Recv-Key = 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                try attribute("Tunnel-Password = s3cret", tag: 1),
                Attribute(.unknown(.vendor(25443), path: [1]), value: .bytes([1])),
            ])
    }
}
