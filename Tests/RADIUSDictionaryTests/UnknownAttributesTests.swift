import RADIUSDictionary
import Testing

@Suite struct UnknownAttributesTests {
    private let dictionary: AttributeDictionary

    init() throws {
        dictionary = try AttributeDictionary(source: "VENDOR Wide 77 format=2,1\nATTRIBUTE NAS-IP-Address 4 ipaddr")
    }

    @Test(
        arguments: [
            ("Attr-4", "4", .standard, [4]), ("ATTR-26.9.250", "26.9.250", .vendor(9), [250]),
            ("attr-26.77.300", "26.77.300", .vendor(77), [300]),
            ("Attr-241.5.1", "241.5.1", .extended(241), [5, 1]), ("Attr-245.26.1.6", "245.26.1.6", .extendedVendor(245, 1), [6]),
            ("Attr-26.9.1.2.3", "26.9.1.2.3", .vendor(9), [1, 2, 3]), ("Attr-173.1", "173.1", .standard, [173, 1]),
        ] as [(String, String, AttributeSpace, [UInt32])])
    func numbersGiveOctets(_ name: String, _ oid: String, _ space: AttributeSpace, _ path: [UInt32]) throws {
        let attribute = try #require(dictionary.attribute(named: name))
        #expect(attribute.name == "Attr-" + oid)
        #expect(attribute.oid == oid)
        #expect(attribute.space == space)
        #expect(attribute.path == path)
        #expect(attribute.type == .octets(length: nil))
        #expect(attribute == AttributeDefinition.unknown(space, path: path))
    }

    @Test(arguments: [
        "Attr-", "Attr-0", "Attr-256", "Attr-26.9", "Attr-26.0.1", "Attr-26.16777216.1", "Attr-26.9.256", "Attr-26.77.65536", "Attr-1.256",
        "Attr-+4", "Attr-4.", "Attr-.4", "Attr-x", "Attr-4.1.1.1.1.1", "Attr-99999999999", "Attr-245.26.1", "Attr-241.256",
    ])
    func numbersTheWireCannotCarryGiveNothing(_ name: String) {
        #expect(dictionary.attribute(named: name) == nil)
    }
}
