import RADIUSDictionary
import RADIUSWire
import Testing

@testable import RADIUSClient

@Suite struct ReplyExpectationTests {
    private let dictionary: AttributeDictionary

    init() throws {
        dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE Reply-Message 18 string
                ATTRIBUTE Class 25 octets
                ATTRIBUTE Session-Timeout 27 integer
                ATTRIBUTE Tunnel-Type 64 integer has_tag
                VALUE Tunnel-Type VLAN 13
                """)
    }

    private func failures(_ code: PacketCode?, _ items: [(String, ReplyExpectation.Item.Comparison, String)], tag: UInt8? = nil) throws
        -> [String]
    {
        func attribute(_ name: String, _ value: String, _ tag: UInt8? = nil) throws -> Attribute {
            try Attribute.parse(value, for: #require(dictionary.attribute(named: name)), tag: tag)
        }
        let reply = ClientReply(
            verdict: .accepted, code: .accessAccept,
            attributes: try [
                attribute("Reply-Message", "hello"), attribute("Reply-Message", "world"), attribute("Session-Timeout", "600"),
                attribute("Tunnel-Type", "VLAN", 1),
            ], hasMessageAuthenticator: true, roundTrip: .zero, attempts: 1)
        let conditions = try items.map { name, comparison, value in
            ReplyExpectation.Item(
                definition: try #require(dictionary.attribute(named: name)), tag: tag, comparison: comparison, value: value)
        }
        return ReplyExpectation(code: code, items: conditions).failures(reply)
    }

    @Test func codes() throws {
        #expect(try failures(.accessAccept, []) == [])
        #expect(try failures(nil, []) == [])
        #expect(try failures(.accessReject, []) == ["Access-Reject was expected, Access-Accept came"])
    }

    @Test(
        arguments: [
            ("Reply-Message", .equal, "world"), ("Reply-Message", .notEqual, "moon"), ("Reply-Message", .matches, "^h.l+o$"),
            ("Reply-Message", .doesNotMatch, "moon"), ("Session-Timeout", .equal, "0x258"), ("Session-Timeout", .less, "700"),
            ("Session-Timeout", .lessOrEqual, "600"), ("Session-Timeout", .greater, "70"), ("Session-Timeout", .greaterOrEqual, "600"),
            ("Tunnel-Type", .equal, "13"), ("Tunnel-Type", .equal, "VLAN"), ("Class", .absent, "ANY"), ("Session-Timeout", .present, "ANY"),
        ] as [(String, ReplyExpectation.Item.Comparison, String)])
    func conditionsThatHold(_ name: String, _ comparison: ReplyExpectation.Item.Comparison, _ value: String) throws {
        #expect(try failures(.accessAccept, [(name, comparison, value)]) == [])
    }

    @Test(
        arguments: [
            ("Reply-Message", .equal, "moon"), ("Reply-Message", .notEqual, "hello"), ("Reply-Message", .matches, "moon"),
            ("Reply-Message", .doesNotMatch, "hell"), ("Reply-Message", .matches, "("), ("Session-Timeout", .less, "600"),
            ("Session-Timeout", .greater, "600"), ("Class", .equal, "0x00"), ("Class", .notEqual, "0x00"), ("Class", .present, "ANY"),
            ("Session-Timeout", .absent, "ANY"),
        ] as [(String, ReplyExpectation.Item.Comparison, String)])
    func conditionsThatDoNot(_ name: String, _ comparison: ReplyExpectation.Item.Comparison, _ value: String) throws {
        #expect(try failures(.accessAccept, [(name, comparison, value)]).count == 1)
    }

    @Test func tagsTellInstancesApart() throws {
        #expect(try failures(nil, [("Tunnel-Type", .equal, "VLAN")], tag: 1) == [])
        #expect(try failures(nil, [("Tunnel-Type", .equal, "VLAN")], tag: 2) == ["Tunnel-Type == VLAN was expected, there is none"])
    }
}
