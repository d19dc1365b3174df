import RADIUSDictionary
import Testing

/// Facts the packet codec builds on, in the product's own dictionaries.
@Suite struct AttributeFlagsTests {
    let dictionary: AttributeDictionary

    init() throws {
        dictionary = try DictionaryFixtures.loadedOwn.get()
    }

    @Test func tunnelPasswordIsTaggedAndSalted() throws {
        let attribute = try #require(dictionary.attribute(standard: 69))
        #expect(attribute.name == "Tunnel-Password")
        #expect(attribute.flags.hasTag)
        #expect(attribute.flags.encryption == .tunnelPassword)
        #expect(attribute.flags.secret)
    }

    @Test(arguments: [64, 65, 81, 82, 83, 90, 91] as [UInt8]) func tunnelAttributesAreTagged(_ number: UInt8) {
        #expect(dictionary.attribute(standard: number)?.flags.hasTag == true)
    }

    @Test func encryptionsOfEachKind() {
        #expect(dictionary.attribute(standard: 2)?.flags.encryption == .userPassword)
        #expect(dictionary.attribute(vendor: 311, 16)?.flags.encryption == .tunnelPassword)
        #expect(dictionary.attribute(vendor: 311, 12)?.flags.encryption == .userPassword)
        #expect(dictionary.attribute(vendor: 311, 12)?.type == .octets(length: 24))
        #expect(dictionary.attribute(vendor: 529, 214)?.flags.encryption == .ascendSecret)
        #expect(dictionary.attribute(vendor: 41112, 6)?.flags.encryption == .tunnelPassword)
    }

    @Test(arguments: [79, 137, 138, 180] as [UInt8]) func concatenatedAttributes(_ number: UInt8) {
        #expect(dictionary.attribute(standard: number)?.flags.concat == true)
    }

    @Test func vendorSpecific() throws {
        #expect(dictionary.attribute(standard: 26)?.type == .vsa)
        let attribute = try #require(dictionary.attribute(vendor: 9, 1))
        #expect(attribute.name == "Cisco-AVPair")
        #expect(attribute.oid == "26.9.1")
        #expect(attribute.space == .vendor(9))
        #expect(attribute.path == [1])
        #expect(attribute.type == .text)
    }

    @Test(
        arguments: [
            (9, 1, 1, false), (429, 4, 0, false), (4846, 2, 1, false), (8164, 2, 2, false), (24757, 1, 1, true),
        ] as [(UInt32, Int, Int, Bool)])
    func vendorLayouts(_ pen: UInt32, _ type: Int, _ length: Int, _ continuation: Bool) throws {
        let vendor = try #require(dictionary.vendor(pen))
        #expect(vendor.typeSize == type)
        #expect(vendor.lengthSize == length)
        #expect(vendor.hasContinuation == continuation)
    }

    @Test func layoutsLeftOutAreKnownByNumber() throws {
        let dictionary = try AttributeDictionary(source: "VENDOR USR 429\nVENDOR Lucent 4846\nVENDOR Starent 8164\nVENDOR X 1")
        #expect(dictionary.vendor(named: "usr").map { [$0.typeSize, $0.lengthSize] } == [4, 0])
        #expect(dictionary.vendor(named: "Lucent").map { [$0.typeSize, $0.lengthSize] } == [2, 1])
        #expect(dictionary.vendor(named: "STARENT").map { [$0.typeSize, $0.lengthSize] } == [2, 2])
        #expect(dictionary.vendor(1).map { [$0.typeSize, $0.lengthSize] } == [1, 1])
    }

    @Test func extendedTypesContainTheirAttributes() throws {
        let root = try #require(dictionary.attribute(standard: 241))
        #expect(root.type == .extended)
        #expect(dictionary.attribute(standard: 246)?.type == .longExtended)
        let info = try #require(dictionary.attribute(extended: 241, 5))
        #expect(info.oid == "241.5")
        #expect(root.children[5] === info)
        #expect(info.type == .tlv)
        #expect(info.children[1]?.name == "IP-Port-Type")
        #expect(info.children[1]?.path == [5, 1])
        #expect(info.children[1]?.space == .extended(241))
    }

    @Test func extendedVendorSpecific() throws {
        let container = try #require(dictionary.attribute(extended: 245, 26))
        #expect(container.name == "Extended-Vendor-Specific-5")
        #expect(container.type == .evs)
        #expect(container.children.isEmpty)
        let attribute = try #require(dictionary.attribute(extended: 245, vendor: 11344, 1))
        #expect(attribute.space == .extendedVendor(245, 11344))
        #expect(attribute.oid == "245.26.11344.1")
    }

    @Test func vendorTLVsNest() throws {
        let descriptor = try #require(dictionary.attribute(vendor: 24757, 28))
        #expect(descriptor.type == .tlv)
        let port = descriptor.children[11]?.children[5]?.children[4]
        #expect(port?.name == "WiMAX-Source-Port")
        #expect(port?.oid == "26.24757.28.11.5.4")
        #expect(port === dictionary.attribute(named: "WiMAX-Source-Port"))
        let ipsk = try #require(dictionary.attribute(named: "Meraki-IPSK"))
        #expect(ipsk.type == .tlv)
        #expect(ipsk.children.count == 5)
    }
}
