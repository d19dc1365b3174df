import Testing

@testable import RADIUSDictionary

/// FreeRADIUS's dictionaries as Debian ships them, unchanged.
@Suite(.enabled(if: DictionaryFixtures.hasDebian, "freeradius-common is not installed"))
struct DebianDictionaryTests {
    @Test func loadsToTheKnownNumbers() throws {
        let dictionary = try AttributeDictionary.load(DictionaryFixtures.debian)
        let expected = DictionaryStatistics(
            files: 225, attributeNames: 7468, attributeNumbers: 7288, vendorNames: 185, vendorNumbers: 183, values: 7987,
            forwardReferences: 16)
        #expect(dictionary.statistics == expected)
        #expect(dictionary.warnings.isEmpty)
    }

    @Test(arguments: [
        "alvarion.wimax.v2_2", "cisco.vpn3000", "dhcp", "freedhcp", "motorola.illegal", "nokia.conflict", "openser", "rfc5090",
        "starent.vsa1", "vqp", "wimax.alvarion", "wimax.wichorus",
    ])
    func filesTheMasterLeavesOutLoadWhenAsked(_ name: String) throws {
        let dictionary = try AttributeDictionary.load(DictionaryFixtures.debian, additional: ["dictionary." + name])
        #expect(dictionary.statistics.files == 226)
        #expect(dictionary.statistics.attributeNames >= 7468)
    }

    @Test func additionalFilesTakeNamesOverAndSaySo() throws {
        let dictionary = try AttributeDictionary.load(DictionaryFixtures.debian, additional: ["dictionary.rfc5090"])
        #expect(dictionary.attribute(named: "Digest-Realm")?.oid == "104")
        #expect(dictionary.warnings.contains { $0.message == "Digest-Realm is 1063 already" && $0.file.hasSuffix("dictionary.rfc5090") })
    }

    @Test func rfcNamesWinOverAscendsInTheSameSpace() throws {
        let dictionary = try AttributeDictionary.load(DictionaryFixtures.debian)
        #expect(dictionary.attribute(standard: 123)?.name == "Delegated-IPv6-Prefix")
        #expect(dictionary.attribute(standard: 6)?.name == "Service-Type")
        #expect(dictionary.attribute(named: "X-Ascend-Data-Filter")?.oid == "242")
    }
}
