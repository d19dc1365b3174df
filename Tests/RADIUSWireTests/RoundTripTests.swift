import RADIUSDictionary
import Testing

@testable import RADIUSWire

/// Random values of every data type, in every space, come back from the wire as they went.
struct RoundTripTests {
    private static let types = [
        "string", "octets", "octets[7]", "ipaddr", "ipv6addr", "ipv4prefix", "ipv6prefix", "combo-ip", "ifid", "ether", "byte", "short",
        "integer", "uint64", "int8", "int16", "signed", "int64", "bool", "date", "time_delta", "float32", "float64", "abinary",
    ]

    /// Each type as a standard attribute, in vendors of each format, extended, long, vendor-specific extended and inside TLVs.
    private static let source: String = {
        var lines = [
            "VENDOR Plain 1000", "VENDOR Wide 1001 format=2,1", "VENDOR Wider 1002 format=2,2", "VENDOR Bare 1003 format=4,0",
            "VENDOR Continued 1004 format=1,1,c", "ATTRIBUTE Short 241 extended", "ATTRIBUTE Long 245 long-extended",
            "ATTRIBUTE Short-Vendor 241.26 evs", "ATTRIBUTE Long-Vendor 245.26 evs",
        ]
        lines += types.enumerated().map { "ATTRIBUTE Standard-\($0) \(200 + $0) \($1)" }
        for (prefix, root) in [("Extended", "241"), ("Long", "245")] {
            lines += types.enumerated().map { "ATTRIBUTE \(prefix)-\($0) \(root).\($0 + 1) \($1)" }
        }
        for vendor in ["Plain", "Wide", "Wider", "Bare", "Continued"] {
            lines += ["BEGIN-VENDOR \(vendor)", "ATTRIBUTE \(vendor)-Group 100 tlv"]
            lines += types.enumerated().map { "ATTRIBUTE \(vendor)-\($0) \($0 + 1) \($1)" }
            lines += types.enumerated().map { "ATTRIBUTE \(vendor)-Group-\($0) 100.\($0 + 1) \($1)" }
            for (index, encryption) in ["encrypt=1", "encrypt=2", "encrypt=3", "has_tag", "has_tag,encrypt=2", "has_tag,encrypt=1"]
                .enumerated()
            {
                lines.append("ATTRIBUTE \(vendor)-Flag-\(index) \(110 + index) string \(encryption)")
            }
            lines += ["ATTRIBUTE \(vendor)-Flag-6 116 integer has_tag", "ATTRIBUTE \(vendor)-Flag-7 117 integer encrypt=2"]
            lines.append("END-VENDOR \(vendor)")
        }
        for (prefix, parent) in [("ExtendedVendor", "Short-Vendor"), ("LongVendor", "Long-Vendor")] {
            lines.append("BEGIN-VENDOR Plain parent=\(parent)")
            lines += types.enumerated().map { "ATTRIBUTE \(prefix)-\($0) \($0 + 1) \($1)" }
            lines.append("END-VENDOR Plain")
        }
        return lines.joined(separator: "\n")
    }()

    private let dictionary: AttributeDictionary
    private let secret = SharedSecret(Array("a secret longer than one block of sixteen octets".utf8))

    init() throws {
        dictionary = try AttributeDictionary(source: Self.source)
    }

    @Test func everyTypeInEverySpace() throws {
        var random = SeededGenerator(seed: 1)
        let definitions = dictionary.attributes.filter { !Self.isContainer($0.type) }.sorted { $0.oid < $1.oid }
        #expect(definitions.count > 300)
        for definition in definitions {
            for _ in 0..<12 {
                let value = Self.value(of: definition.type, isLimited: definition.flags.encryption == .ascendSecret, using: &random)
                let tag =
                    definition.flags.hasTag ? [nil, UInt8.random(in: 1...31, using: &random)].randomElement(using: &random) ?? nil : nil
                try expectRoundTrip(Attribute(definition, tag: tag, value: value), using: &random)
            }
        }
    }

    /// What is printed can be read again.
    @Test func printedValuesParse() throws {
        var random = SeededGenerator(seed: 2)
        for (index, type) in Self.types.enumerated() where type != "string" {
            let definition = try #require(dictionary.attribute(named: "Standard-\(index)"))
            for _ in 0..<50 {
                let attribute = Attribute(definition, value: Self.value(of: definition.type, using: &random))
                #expect(try Attribute.parse(attribute.printedValue, for: definition) == attribute, "\(type)")
            }
        }
    }

    @Test(
        arguments: [("300", 300), (" 300\t", 300), ("\u{A0}0x1F \n", 31), (" Two ", 2), ("  ", nil), ("3 0", nil)] as [(String, UInt64?)])
    func numbersStandBetweenBlanks(text: String, number: UInt64?) throws {
        let dictionary = try AttributeDictionary(source: "ATTRIBUTE Kind 200 integer\nVALUE Kind Two 2")
        let definition = try #require(dictionary.attribute(named: "Kind"))
        #expect((try? Attribute.parse(text, for: definition).value) == number.map { .unsigned($0) })
    }

    /// Also for a NAS that repeats its authenticators.
    @Test func packetsHaveSaltsOfTheirOwn() throws {
        let dictionary = try AttributeDictionary(source: "ATTRIBUTE Key 200 octets encrypt=2")
        let key = Attribute(try #require(dictionary.attribute(named: "Key")), value: .bytes([1, 2, 3]))
        var salts: Set<ArraySlice<UInt8>> = []
        for _ in 0..<1000 {
            var encoder = AttributeEncoder(secret: SharedSecret(Array("secret".utf8)), vector: .zero, dictionary: dictionary)
            try encoder.append(key)
            let salt = encoder.bytes[2..<4]
            #expect(salt[2] >= 0x80)
            salts.insert(salt)
        }
        #expect(salts.count == 1000)
    }

    @Test(arguments: [("Tunnel-Password", 249), ("Untagged", 250)])
    func everyLengthOfSaltedValues(name: String, limit: Int) throws {
        let dictionary = try AttributeDictionary(
            source: "ATTRIBUTE Tunnel-Password 69 string has_tag,encrypt=2\nATTRIBUTE Untagged 200 octets encrypt=2")
        let definition = try #require(dictionary.attribute(named: name))
        var random = SeededGenerator(seed: 3)
        for length in 0...limit {
            let attribute = Attribute(definition, tag: definition.flags.hasTag ? 7 : nil, value: .bytes(random.octets(length)))
            try expectRoundTrip(attribute, dictionary, using: &random)
        }
        var encoder = AttributeEncoder(secret: secret, vector: .zero)
        #expect(throws: WireError.valueTooLong(attribute: name, limit: limit)) {
            try encoder.append(Attribute(definition, value: .bytes(random.octets(limit + 1))))
        }
    }

    /// Aruba's attribute carries more than the 128 octets of User-Password.
    @Test func longPasswordsOfVendors() throws {
        let dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE User-Password 2 string encrypt=1
                VENDOR Aruba 14823
                BEGIN-VENDOR Aruba
                ATTRIBUTE Aruba-MPSK-Lookup-Info 66 string encrypt=1
                END-VENDOR Aruba
                """)
        var random = SeededGenerator(seed: 4)
        let info = try #require(dictionary.attribute(named: "Aruba-MPSK-Lookup-Info"))
        let password = try #require(dictionary.attribute(standard: 2))
        let text = AttributeValue.text(String(repeating: "m", count: 177))
        try expectRoundTrip(Attribute(info, value: text), dictionary, using: &random)
        try expectRoundTrip(Attribute(password, value: .text(String(repeating: "p", count: 128))), dictionary, using: &random)
        var encoder = AttributeEncoder(secret: secret, vector: .zero)
        #expect(throws: WireError.valueTooLong(attribute: "User-Password", limit: 128)) {
            try encoder.append(Attribute(password, value: text))
        }
        #expect(encoder.bytes.isEmpty)
    }

    /// A long value of a vendor with continuation, and of a long extended attribute, in several fragments.
    @Test func fragmentedValues() throws {
        var random = SeededGenerator(seed: 5)
        for name in ["Continued-1", "Long-1", "LongVendor-1"] {
            let definition = try #require(dictionary.attribute(named: name))
            for length in [1, 243, 244, 245, 246, 247, 250, 251, 252, 492, 493, 502, 503, 1500] {
                try expectRoundTrip(Attribute(definition, value: .bytes(random.octets(length))), using: &random)
            }
        }
    }

    private func expectRoundTrip(
        _ attribute: Attribute, _ other: AttributeDictionary? = nil, using random: inout SeededGenerator
    ) throws {
        let dictionary = other ?? dictionary
        let authenticator = Authenticator.random(using: &random)
        var encoder = AttributeEncoder(secret: secret, vector: authenticator, dictionary: dictionary)
        try encoder.append(attribute)
        let bytes = try Packet.request(
            .accessRequest, identifier: 0, authenticator: authenticator, attributes: encoder.bytes, secret: secret,
            messageAuthenticator: false)
        let decoded = try Packet(validating: bytes).decode(dictionary, secret: secret)
        #expect(decoded.flatMap(\.leaves) == [attribute], "\(attribute.definition.name)")
    }

    private static func isContainer(_ type: DataType) -> Bool {
        [.tlv, .extended, .longExtended, .evs].contains(type)
    }

    private static func value(
        of type: DataType, isLimited: Bool = false, using random: inout SeededGenerator
    ) -> AttributeValue {
        func number(_ bits: Int) -> UInt64 { random.next() >> UInt64(64 - bits) }
        switch type {
        // Trailing zeros would be taken for padding where the length is not sent.
        case .text: return .bytes(random.octets(Int.random(in: 1...(isLimited ? 15 : 100), using: &random)) + [1])
        case .octets(let length): return .bytes(random.octets(length ?? Int.random(in: 1...200, using: &random)))
        case .ascendBinary: return .bytes(random.octets(32))
        case .interfaceID: return .bytes(random.octets(8))
        case .ethernet: return .bytes(random.octets(6))
        case .uint8: return .unsigned(number(8))
        case .uint16: return .unsigned(number(16))
        case .uint32: return .unsigned(number(24))
        case .date, .timeDelta: return .unsigned(number(32))
        case .uint64: return .unsigned(number(64))
        case .bool: return .unsigned(number(1))
        case .int8: return .signed(Int64(Int8(truncatingIfNeeded: random.next())))
        case .int16: return .signed(Int64(Int16(truncatingIfNeeded: random.next())))
        case .int32: return .signed(Int64(Int32(truncatingIfNeeded: random.next())))
        case .int64: return .signed(Int64(truncatingIfNeeded: random.next()))
        case .float32: return .floating(Double(Float.random(in: -1e6...1e6, using: &random)))
        case .float64: return .floating(Double.random(in: -1e9...1e9, using: &random))
        case .ipv4: return .ipv4(UInt32(number(32)))
        case .comboIP where random.next() % 2 == 0: return .ipv4(UInt32(number(32)))
        case .ipv6, .comboIP: return .ipv6(IPv6Bytes(high: random.next(), low: random.next()))
        case .ipv4Prefix:
            let length = UInt8.random(in: 0...32, using: &random)
            return .ipv4Prefix(ValueCodec.masked(UInt32(number(32)), to: length), length)
        case .ipv6Prefix:
            let length = UInt8.random(in: 0...128, using: &random)
            return .ipv6Prefix(IPv6Bytes(high: random.next(), low: random.next()).masked(to: length), length)
        case .tlv, .structure, .group, .union, .vsa, .extended, .longExtended, .evs: return .raw([])
        }
    }
}
