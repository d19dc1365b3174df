import RADIUSDictionary
import Testing

/// The syntax of FreeRADIUS version 4, loaded under version 3's names.
@Suite struct DictionaryVersion4Tests {
    private func load(_ body: String) throws -> AttributeDictionary {
        try AttributeDictionary(source: "PROTOCOL RADIUS 1\nBEGIN-PROTOCOL RADIUS\n" + body + "\nEND-PROTOCOL RADIUS\n")
    }

    @Test func vendorAttributesGetTheVendorsName() throws {
        let dictionary = try load(
            """
            VENDOR Cisco 9
            BEGIN-VENDOR Cisco
            ATTRIBUTE AVPair 1 string
            ATTRIBUTE Disconnect-Cause 195 uint32
            VALUE Disconnect-Cause No-Reason 0
            ATTRIBUTE Cisco-Named 3 string
            END-VENDOR Cisco
            VENDOR Other 10
            BEGIN-VENDOR Other
            ATTRIBUTE AVPair 1 string
            END-VENDOR Other
            """)
        #expect(dictionary.attribute(vendor: 9, 1)?.name == "Cisco-AVPair")
        #expect(dictionary.attribute(vendor: 10, 1)?.name == "Other-AVPair")
        #expect(dictionary.attribute(vendor: 9, 3)?.name == "Cisco-Named")
        #expect(dictionary.attribute(named: "Cisco-Disconnect-Cause")?.value(named: "No-Reason") == 0)
    }

    @Test func relativeNumbersAreChildrenOfTheLastFullOne() throws {
        let dictionary = try load(
            """
            VENDOR WiMAX 24757 format=1,1,c
            BEGIN-VENDOR WiMAX
            ATTRIBUTE Capability 1 tlv
            ATTRIBUTE Release .1 string
            ATTRIBUTE Inner .17 tlv
            ATTRIBUTE Deep .17.2 octets
            END-VENDOR WiMAX
            """)
        let capability = try #require(dictionary.attribute(named: "WiMAX-Capability"))
        #expect(capability.children[1]?.name == "WiMAX-Capability-Release")
        #expect(capability.children[17]?.children[2]?.name == "WiMAX-Capability-Inner-Deep")
    }

    @Test func beginAndEndEncloseChildren() throws {
        let dictionary = try load(
            """
            ATTRIBUTE Set 200 tlv
            BEGIN Set
            ATTRIBUTE One 1 string
            ATTRIBUTE Two 2 uint8
            VALUE Two No 0
            END Set
            ATTRIBUTE After 201 string
            """
        )
        #expect(dictionary.attribute(named: "Set-One")?.oid == "200.1")
        #expect(dictionary.attribute(named: "Set-Two")?.valueName(0) == "No")
        #expect(dictionary.attribute(named: "After")?.oid == "201")
    }

    @Test func aliasesByNumberGiveTheNamesToPrint() throws {
        let dictionary = try load(
            """
            ATTRIBUTE Vendor-Specific 26 vsa
            ATTRIBUTE NAS-IP-Address 4 ipaddr
            VENDOR Microsoft 311
            BEGIN-VENDOR Microsoft
            ATTRIBUTE CHAP-Domain 10 string
            END-VENDOR Microsoft
            ALIAS Microsoft Vendor-Specific.Microsoft
            ALIAS MS-CHAP-Domain 26.311.10
            ALIAS Domain Vendor-Specific.Microsoft.CHAP-Domain
            ALIAS Client-Id NAS-IP-Address
            """)
        #expect(dictionary.attribute(vendor: 311, 10)?.name == "MS-CHAP-Domain")
        #expect(dictionary.attribute(named: "Domain")?.oid == "26.311.10")
        #expect(dictionary.attribute(standard: 4)?.name == "NAS-IP-Address")
        #expect(dictionary.attribute(named: "Client-Id")?.oid == "4")
    }

    @Test func extendedTypesAreFlags() throws {
        let dictionary = try load(
            """
            ATTRIBUTE Vendor-Specific 26 vsa
            ATTRIBUTE Extended-Attribute-1 241 tlv extended
            ATTRIBUTE Vendor-Specific .26 vsa
            ALIAS Extended-Vendor-Specific-1 Vendor-Specific
            ATTRIBUTE Extended-Attribute-5 245 tlv long_extended
            ATTRIBUTE Vendor-Specific .26 vsa
            ATTRIBUTE Frag-Status 241.1 uint32
            VENDOR V 9
            BEGIN-VENDOR V parent=.Extended-Attribute-5.Vendor-Specific
            ATTRIBUTE Key 1 octets[32]
            END-VENDOR V
            """)
        #expect(dictionary.attribute(standard: 241)?.type == .extended)
        #expect(dictionary.attribute(standard: 245)?.type == .longExtended)
        #expect(dictionary.attribute(extended: 241, 26)?.type == .evs)
        #expect(dictionary.attribute(named: "Extended-Vendor-Specific-1")?.oid == "241.26")
        #expect(dictionary.attribute(extended: 241, 1)?.name == "Frag-Status")
        #expect(dictionary.attribute(extended: 245, vendor: 9, 1)?.name == "V-Key")
    }

    @Test func flagsOfVersion4() throws {
        let dictionary = try load(
            """
            ATTRIBUTE Tunnel-Password 69 string has_tag,encrypt=Tunnel-Password
            ATTRIBUTE User-Password 2 string encrypt=User-Password
            ATTRIBUTE Send-Secret 214 string encrypt=Ascend-Secret
            ATTRIBUTE Session-Time 46 uint32 counter
            ENUM Answer uint32
            VALUE Answer Yes 1
            ATTRIBUTE First 47 uint32 enum=Answer
            ATTRIBUTE Second 48 uint32 enum=@.First
            FLAGS internal
            ATTRIBUTE Hidden 50 string
            """)
        #expect(dictionary.attribute(standard: 69)?.flags.encryption == .tunnelPassword)
        #expect(dictionary.attribute(standard: 2)?.flags.encryption == .userPassword)
        #expect(dictionary.attribute(standard: 214)?.flags.encryption == .ascendSecret)
        #expect(dictionary.attribute(standard: 47)?.value(named: "yes") == 1)
        #expect(dictionary.attribute(standard: 48)?.value(named: "yes") == 1)
        #expect(dictionary.attribute(standard: 50) == nil)
        #expect(dictionary.attribute(named: "Hidden")?.space == .internal)
    }

    @Test func structuresHaveMembers() throws {
        let dictionary = try load(
            """
            ATTRIBUTE Location 200 struct
            MEMBER Type uint8 key
            MEMBER Network octets[3]
            VALUE Type Cell 0
            MEMBER Data union key=Type
            STRUCT Cell Type 0
            MEMBER Area uint16
            DEFINE Working-Space string
            VALUE Location Some "text"
            """)
        let location = try #require(dictionary.attribute(standard: 200))
        #expect(location.type == .structure)
        #expect(location.children[1]?.name == "Location-Type")
        #expect(location.children[1]?.valueName(0) == "Cell")
        #expect(location.children[2]?.type == .octets(length: 3))
        #expect(location.children[3]?.type == .union)
        #expect(dictionary.attribute(named: "Working-Space")?.flags.isInternal == true)
    }

    @Test func otherProtocolsAreSkipped() throws {
        let dictionary = try AttributeDictionary(
            source: "BEGIN-PROTOCOL DHCPv4\nATTRIBUTE Subnet-Mask 1 ipaddr\nNEW-STATEMENT x\nEND-PROTOCOL DHCPv4\nATTRIBUTE A 2 string\n")
        #expect(dictionary.attribute(standard: 1) == nil)
        #expect(dictionary.attribute(standard: 2)?.name == "A")
    }

    @Test func protocolMayBeginWithBegin() throws {
        let dictionary = try AttributeDictionary(
            source:
                "BEGIN PROTOCOL RADIUS 1 verify=lib\nVENDOR V 9\nBEGIN-VENDOR V\nATTRIBUTE A 1 string\nEND-VENDOR V\nEND-PROTOCOL RADIUS\n")
        #expect(dictionary.attribute(vendor: 9, 1)?.name == "V-A")
    }
}
