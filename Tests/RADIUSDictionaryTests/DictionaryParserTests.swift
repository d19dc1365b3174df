import RADIUSDictionary
import Testing

@Suite struct DictionaryParserTests {
    @Test func keywordsAndNamesIgnoreCase() throws {
        let dictionary = try AttributeDictionary(source: "attribute Service-Type 6 Integer\nValue SERVICE-TYPE Login 1\n")
        #expect(dictionary.attribute(named: "service-type")?.name == "Service-Type")
        #expect(dictionary.attribute(named: "SERVICE-TYPE")?.value(named: "LOGIN") == 1)
    }

    @Test func lastNameOfANumberIsPrinted() throws {
        let dictionary = try AttributeDictionary(
            source: "ATTRIBUTE Old 6 integer\nATTRIBUTE New 6 integer\nVALUE New One 1\nVALUE New Uno 1\n")
        #expect(dictionary.attribute(standard: 6)?.name == "New")
        #expect(dictionary.attribute(named: "Old")?.oid == "6")
        #expect(dictionary.attribute(named: "Old")?.value(named: "one") == 1)
        #expect(dictionary.attribute(named: "New")?.valueName(1) == "Uno")
        #expect(dictionary.statistics.attributeNames == 2)
        #expect(dictionary.statistics.attributeNumbers == 1)
    }

    @Test func sameNameAndNumberAgainTakesTheLaterType() throws {
        let dictionary = try AttributeDictionary(source: "ATTRIBUTE A 6 integer\nVALUE A One 1\nATTRIBUTE A 6 byte\n")
        #expect(dictionary.attribute(standard: 6)?.type == .uint8)
        #expect(dictionary.attribute(standard: 6)?.valueName(1) == "One")
    }

    @Test func valuesMayStandBeforeTheirAttribute() throws {
        let dictionary = try AttributeDictionary(source: "VALUE A One 1\nVALUE Server-Config x 1\nATTRIBUTE A 6 integer\n")
        #expect(dictionary.attribute(named: "A")?.value(named: "One") == 1)
        #expect(dictionary.statistics.values == 2)
        #expect(dictionary.statistics.forwardReferences == 1)
    }

    @Test func valueAliasSharesTheTable() throws {
        let dictionary = try AttributeDictionary(
            source: "VALUE-ALIAS B A\nATTRIBUTE A 6 integer\nATTRIBUTE B 7 integer\nVALUE A One 1\n")
        #expect(dictionary.attribute(named: "B")?.value(named: "One") == 1)
    }

    @Test func flagsAreRead() throws {
        let dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE A 69 string has_tag,encrypt=2 # tag
                ATTRIBUTE B 79 octets concat
                ATTRIBUTE C 1047 integer virtual
                ATTRIBUTE D 8 ipaddr array
                ATTRIBUTE E 1100 string secret
                """)
        let a = try #require(dictionary.attribute(named: "A")).flags
        #expect(a.hasTag && a.encryption == .tunnelPassword && a.secret && !a.isInternal)
        #expect(dictionary.attribute(named: "B")?.flags.concat == true)
        #expect(dictionary.attribute(named: "C")?.flags.virtual == true)
        #expect(dictionary.attribute(named: "C")?.flags.isInternal == true)
        #expect(dictionary.attribute(named: "D")?.flags.array == true)
        #expect(dictionary.attribute(named: "E")?.flags.secret == true)
        #expect(dictionary.attribute(named: "E")?.flags.encryption == Encryption.none)
    }

    @Test func numbersMayBeHexadecimal() throws {
        let dictionary = try AttributeDictionary(
            source: "VENDOR W 77 format=2,1\nBEGIN-VENDOR W\nATTRIBUTE A 0x0700 integer\nVALUE A x 0xff\nEND-VENDOR W\n")
        #expect(dictionary.attribute(vendor: 77, 0x700)?.valueName(255) == "x")
    }

    @Test func fifthWordMayNameTheVendor() throws {
        let dictionary = try AttributeDictionary(source: "VENDOR V 9\nATTRIBUTE A 1 string V\n")
        #expect(dictionary.attribute(named: "A")?.oid == "26.9.1")
    }

    @Test func tlvChildrenInBothForms() throws {
        let dictionary = try AttributeDictionary(
            source: """
                VENDOR V 9
                BEGIN-VENDOR V
                ATTRIBUTE T 5 tlv
                ATTRIBUTE T-A 5.1 string
                BEGIN-TLV T
                ATTRIBUTE T-B 2 tlv
                BEGIN-TLV T-B
                ATTRIBUTE T-B-C 3 octets
                END-TLV T-B
                END-TLV T
                END-VENDOR V
                """)
        let container = try #require(dictionary.attribute(vendor: 9, 5))
        #expect(container.children[1]?.name == "T-A")
        #expect(container.children[2]?.children[3]?.oid == "26.9.5.2.3")
        #expect(dictionary.attribute(vendor: 9, 1) == nil)
    }

    @Test func vendorOfAnExtendedContainer() throws {
        let dictionary = try AttributeDictionary(
            source: """
                VENDOR V 9
                ATTRIBUTE E 245 long-extended
                ATTRIBUTE S 245.26 evs
                BEGIN-VENDOR V format=S
                ATTRIBUTE A 7 string
                END-VENDOR V
                """)
        #expect(dictionary.attribute(extended: 245, vendor: 9, 7)?.oid == "245.26.9.7")
        #expect(dictionary.attribute(vendor: 9, 7) == nil)
    }

    @Test func twoNamesMayShareAVendorNumber() throws {
        let dictionary = try AttributeDictionary(source: "VENDOR A 9 format=2,1\nVENDOR B 9\nVENDOR A 9\n")
        #expect(dictionary.vendor(named: "B")?.typeSize == 2)
        #expect(dictionary.statistics.vendorNames == 2)
        #expect(dictionary.statistics.vendorNumbers == 1)
    }
}
