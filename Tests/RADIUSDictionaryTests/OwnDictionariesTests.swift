import Foundation
import RADIUSDictionary
import Testing

/// The product's own dictionaries, as the server loads them.
@Suite struct OwnDictionariesTests {
    let dictionary: AttributeDictionary

    init() throws {
        dictionary = try DictionaryFixtures.loadedOwn.get()
    }

    @Test func loadWithoutWarnings() {
        #expect(dictionary.warnings.isEmpty)
        #expect(dictionary.statistics.files == 92)
        #expect(dictionary.statistics.attributeNames > 4000)
        #expect(dictionary.statistics.values > 4000)
    }

    @Test func masterIncludesEveryFile() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: DictionaryFixtures.own)
        #expect(files.count == dictionary.statistics.files)
    }

    @Test func everyNameLeadsToItsNumberAndEachNumberToAName() throws {
        for attribute in dictionary.attributes {
            #expect(dictionary.attribute(named: attribute.name.uppercased())?.oid == attribute.oid)
            let printed: AttributeDefinition?
            switch (attribute.space, attribute.path.count) {
            case (.standard, 1): printed = dictionary.attribute(standard: UInt8(attribute.number))
            case (.vendor(let pen), 1): printed = dictionary.attribute(vendor: pen, attribute.number)
            case (.extended(let root), 1): printed = dictionary.attribute(extended: root, attribute.number)
            case (.extendedVendor(let root, let pen), 1):
                printed = dictionary.attribute(extended: root, vendor: pen, attribute.number)
            default: continue
            }
            #expect(printed?.oid == attribute.oid, "\(attribute.name)")
        }
    }

    @Test(arguments: [
        ("Fall-Through", "500"), ("Auth-Type", "1000"), ("Crypt-Password", "1006"), ("Expiration", "1010"), ("Huntgroup-Name", "1031"),
        ("Simultaneous-Use", "1034"), ("Login-Time", "1042"), ("Stripped-User-Name", "1043"), ("Packet-Type", "1047"),
        ("SQL-User-Name", "1055"), ("NT-Password", "1058"), ("User-Profile", "1062"), ("Pool-Name", "1073"),
        ("Cleartext-Password", "1100"), ("Password-With-Header", "1101"), ("SSHA2-256-Password", "1178"), ("PBKDF2-Password", "1181"),
        ("Tmp-String-0", "1800"),
    ])
    func serverAttributesHaveFreeRADIUSNumbers(_ name: String, _ oid: String) throws {
        let attribute = try #require(dictionary.attribute(named: name))
        #expect(attribute.oid == oid)
        #expect(attribute.space == .internal)
        #expect(attribute.flags.isInternal)
    }

    @Test(arguments: ["SQL-Group", "Max-Daily-Session", "Max-Daily-Session-Traffic", "Max-All-Session", "Expire-After", "Digest-Realm"])
    func namesPoliciesUseExist(_ name: String) {
        #expect(dictionary.attribute(named: name) != nil)
    }

    @Test(arguments: [
        ("WISPr-Bandwidth-Max-Up", "26.14122.7"), ("WBA-Custom-SLA", "26.14122.17"), ("ChilliSpot-Max-Total-Gigawords", "26.14559.23"),
        ("CoovaChilli-Max-Total-Octets", "26.14559.3"), ("Mikrotik-Rate-Limit", "26.14988.8"), ("Cisco-AVPair", "26.9.1"),
        ("Airespace-Interface-Name", "26.14179.5"), ("Aruba-User-Role", "26.14823.1"), ("HP-User-Role", "26.11.25"),
        ("Ruckus-TC-Name-Quota", "26.25053.146.1"), ("Meraki-IPSK-Anonce", "26.29671.5.1"), ("UBNT-Data-Rate-DL", "26.41112.1"),
        ("Cambium-Walled-Garden-State", "26.17713.160"), ("pfSense-Max-Total-Octets", "26.13644.3"),
        ("Fortinet-Group-Name", "26.12356.1"), ("Huawei-Remanent-Volume", "26.2011.15"), ("H3C-User-Role", "26.25506.155"),
        ("TPLink-Site", "26.11863.6"), ("Nomadix-Bw-Up", "26.3309.1"), ("Colubris-AVPair", "26.8744.0"), ("MS-MPPE-Send-Key", "26.311.16"),
        ("3GPP-IMSI", "26.10415.1"), ("ADSL-Agent-Circuit-Id", "26.3561.1"), ("Aptilo-Zone", "26.13209.15"),
        ("Xirrus-Admin-Role", "26.21013.1"), ("Ascend-Data-Rate", "26.529.197"), ("ERX-Service-Activate", "26.4874.65"),
        ("FreeRADIUS-Total-Access-Requests", "26.11344.128"), ("IP-Port-Type", "241.5.1"), ("FreeRADIUS-802.1X-Anonce", "245.26.11344.1"),
        ("Digest-Response", "103"), ("Delegated-IPv6-Prefix", "123"),
    ])
    func attributesHaveTheirNumbers(_ name: String, _ oid: String) {
        #expect(dictionary.attribute(named: name)?.oid == oid)
    }

    @Test(
        arguments: [
            ("Service-Type", "Framed-User", 2), ("Acct-Terminate-Cause", "Idle-Timeout", 4), ("NAS-Port-Type", "Wireless-802.11", 19),
            ("Tunnel-Type", "VLAN", 13), ("Tunnel-Medium-Type", "IEEE-802", 6), ("Error-Cause", "Location-Capable-Required", 509),
            ("Error-Cause", "Response-Too-Big", 601), ("Packet-Type", "Access-Accept", 2), ("EAP-Type", "PEAP", 25),
            ("Fall-Through", "yes", 1), ("Auth-Type", "accept", 254), ("Acct-Status-Type", "Interim-Update", 3),
        ] as [(String, String, UInt64)])
    func valuesHaveTheirNumbers(_ attribute: String, _ name: String, _ number: UInt64) {
        #expect(dictionary.attribute(named: attribute)?.value(named: name) == number)
    }

    @Test func oldNamesAreUnderstoodAndNewOnesPrinted() {
        #expect(dictionary.attribute(named: "User-Service-Type")?.oid == "6")
        #expect(dictionary.attribute(named: "User-Service-Type")?.value(named: "Framed-User") == 2)
        #expect(dictionary.attribute(standard: 6)?.name == "Service-Type")
        #expect(dictionary.attribute(vendor: 14559, 3)?.name == "ChilliSpot-Max-Total-Octets")
    }

    @Test(arguments: [14125, 5624, 42397, 16901, 23695, 4881, 58888, 43356, 10529, 841, 15983, 8741, 25461, 800, 2352, 890] as [UInt32])
    func vendorsAreKnown(_ pen: UInt32) {
        #expect(dictionary.vendor(pen)?.pen == pen)
    }

    /// What Debian's files know of our vendors and RFCs is in ours too, under the same number.
    @Test(.enabled(if: DictionaryFixtures.hasDebian, "freeradius-common is not installed"))
    func agreesWithDebian() throws {
        let debian = try AttributeDictionary.load(DictionaryFixtures.debian)
        // Renumbered by FreeRADIUS since: the numbers belong to the packet counters.
        let renumbered: Set = ["H3C-Acct-IPv6-Input-Gigawords", "H3C-Acct-IPv6-Output-Gigawords"]
        // Free for the wire attributes of RFC 5090.
        let digest: Set = [
            "Digest-Response", "Digest-Realm", "Digest-Nonce", "Digest-Method", "Digest-URI", "Digest-QOP", "Digest-Algorithm",
            "Digest-CNonce", "Digest-Nonce-Count", "Digest-HA1",
        ]
        for attribute in debian.attributes where !renumbered.contains(attribute.name) && !digest.contains(attribute.name) {
            let ours = dictionary.attribute(named: attribute.name)
            if let ours, ours.name == attribute.name { #expect(ours.oid == attribute.oid, "\(attribute.name)") }
            switch attribute.space {
            case .vendor(let pen) where dictionary.vendor(pen) != nil && debian.attribute(vendor: pen, attribute.number) == attribute:
                #expect(dictionary.attribute(vendor: pen, attribute.number)?.flags.encryption == attribute.flags.encryption)
                #expect(dictionary.attribute(vendor: pen, attribute.number)?.flags.hasTag == attribute.flags.hasTag)
            case .standard where attribute.path.count == 1 && debian.attribute(standard: UInt8(attribute.number)) == attribute:
                guard let printed = dictionary.attribute(standard: UInt8(attribute.number)) else { continue }
                #expect(printed.flags.encryption == attribute.flags.encryption, "\(attribute.name)")
                #expect(printed.flags.concat == attribute.flags.concat, "\(attribute.name)")
            default: break
            }
        }
    }
}
