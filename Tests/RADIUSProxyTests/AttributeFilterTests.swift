import Foundation
import RADIUSDictionary
import RADIUSWire
import Testing

@testable import RADIUSProxy

@Suite struct AttributeFilterTests {
    private let dictionary: AttributeDictionary

    init() throws { dictionary = try ProxyInstallation.dictionary.get() }

    /// Names of what passes out of attributes, with what is added.
    private func apply(_ rules: String, to attributes: String...) throws -> [String] {
        let filter = try AttributeFilter(rules, dictionary: dictionary)
        var encoder = AttributeEncoder(secret: SharedSecret([1]), vector: .zero, dictionary: dictionary)
        for text in attributes {
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            try encoder.append(Attribute.parse(parts[1], for: #require(dictionary.attribute(named: parts[0]))))
        }
        let packet = try Packet(
            validating: Packet.request(
                .accountingRequest, identifier: 0, authenticator: nil, attributes: encoder.bytes, secret: SharedSecret([1]),
                messageAuthenticator: false))
        let translation = AttributeTranslation(filter: filter, dictionary: dictionary)
        var out = AttributeEncoder(secret: SharedSecret([1]), vector: .zero, dictionary: dictionary)
        var passed: [Attribute] = []
        for group in packet.decodeGroups(dictionary, secret: SharedSecret([1])) where group.type != AttributeType.messageAuthenticator {
            passed += try translation.append(group, to: &out)
        }
        passed += try translation.appendAdditions(to: &out)
        let written = try Packet(
            validating: Packet.request(
                .accountingRequest, identifier: 0, authenticator: nil, attributes: out.bytes, secret: SharedSecret([1]),
                messageAuthenticator: false)
        ).decode(dictionary, secret: SharedSecret([1]))
        #expect(written.filter { $0.definition.path != [80] } == passed, "what is reported is what is written")
        return passed.map { "\($0.definition.name) = \($0.printedValue)" }
    }

    @Test func withoutRulesEverythingPasses() throws {
        #expect(try apply("", to: "Reply-Message = a", "Class = x").count == 2)
        #expect(try AttributeFilter(" ; \n # nothing", dictionary: dictionary).isEmpty)
    }

    @Test func allowTakesOutTheRest() throws {
        #expect(
            try apply("allow Session-Timeout, Tunnel-*", to: "Session-Timeout = 60", "Filter-Id = x", "Tunnel-Type = VLAN")
                == ["Session-Timeout = 60", "Tunnel-Type = VLAN"])
    }

    @Test func conditionsBoundValues() throws {
        let rules = "allow Session-Timeout <= 3600; allow Filter-Id =~ ^guest"
        #expect(try apply(rules, to: "Session-Timeout = 3600", "Filter-Id = guest-1") == ["Session-Timeout = 3600", "Filter-Id = guest-1"])
        #expect(try apply(rules, to: "Session-Timeout = 3601", "Filter-Id = staff guest") == [])
        #expect(try apply("allow Service-Type == Login", to: "Service-Type = Login", "Service-Type = Framed").count == 1)
        #expect(try apply("allow Session-Timeout > 5, Session-Timeout == 1", to: "Session-Timeout = 1") == ["Session-Timeout = 1"])
    }

    @Test func removeAddAndSet() throws {
        #expect(try apply("remove Reply-Message", to: "Reply-Message = a", "Class = 0x01") == ["Class = 0x01"])
        #expect(
            try apply("set Filter-Id = \"guest; x\"".replacingOccurrences(of: "; ", with: " "), to: "Filter-Id = staff") == [
                "Filter-Id = guest x"
            ])
        #expect(try apply("add Filter-Id = guest", to: "Filter-Id = staff") == ["Filter-Id = staff", "Filter-Id = guest"])
    }

    @Test func whatCarriesTheAuthenticationPasses() throws {
        #expect(try apply("allow Class", to: "State = 0x01", "EAP-Message = 0x0102", "MS-CHAP2-Success = 0x01", "Filter-Id = x").count == 3)
        #expect(try apply("remove State", to: "State = 0x01").count == 1)
    }

    @Test func aVendorSpecificIsFilteredInside() throws {
        let rules = "remove Cisco-NAS-Port"
        #expect(try apply(rules, to: "Cisco-AVPair = a=b", "Cisco-NAS-Port = x") == ["Cisco-AVPair = a=b"])
    }

    @Test(arguments: [
        "deny Class", "allow", "allow Nonsense", "set Class", "set Nonsense = 1", "add Session-Timeout = soon", "allow Filter-Id =~ (",
    ])
    func wrongRulesAreRefused(rule: String) {
        #expect(throws: AttributeFilterError.self) { try AttributeFilter(rule, dictionary: dictionary) }
    }
}
