import Foundation
import RADIUSDictionary
import Testing

/// Each mistake is told with its file and line.
@Suite struct DictionaryErrorTests {
    static let head = "VENDOR V 9\nVENDOR W 10\nATTRIBUTE Text 1 string\nATTRIBUTE Number 2 integer\n"
    static let mistakes: [(String, String)] = [
        ("ATTRIBUT X 3 string", "unknown statement ATTRIBUT"),
        ("ATTRIBUTE X 3", "ATTRIBUTE needs 3 or more words"),
        ("ATTRIBUTE X 3 string secret more", "unexpected more after ATTRIBUTE"),
        ("ATTRIBUTE X 3 text", "unknown type text"),
        ("ATTRIBUTE X 3 octets[254]", "unknown type octets[254]"),
        ("ATTRIBUTE X three string", "invalid number three"),
        ("ATTRIBUTE X 3..1 string", "invalid number 3..1"),
        ("ATTRIBUTE X .1 string", "2.1: Number is no container"),
        ("BEGIN-VENDOR V\nATTRIBUTE X .1 string", ".1 follows no attribute"),
        ("ATTRIBUTE X 65536 string", "65536 is larger than 65535"),
        ("ATTRIBUTE X 3.256 string", "3.256 is larger than its field on the wire"),
        ("ATTRIBUTE X 3.1 string", "3.1: there is no attribute 3"),
        ("ATTRIBUTE X 1.1 string", "1.1: Text is no container"),
        ("ATTRIBUTE X 241.1 string", "241.1: there is no attribute 241"),
        ("ATTRIBUTE X 26.99.1 string", "unknown vendor 99"),
        ("BEGIN-VENDOR V\nATTRIBUTE X 256 string", "26.9.256 is larger than its field on the wire"),
        ("ATTRIBUTE X!Y 3 string", "invalid name X!Y"),
        ("ATTRIBUTE Attr-3 3 string", "Attr-3: names beginning with Attr- stand for unknown attributes"),
        ("ATTRIBUTE \(String(repeating: "x", count: 128)) 3 string", "name of 128 or more octets"),
        ("ATTRIBUTE X 3 string nonsense", "unknown flag nonsense"),
        ("ATTRIBUTE X 3 string has_tag,", "unknown flag "),
        ("ATTRIBUTE X 3 string encrypt=4", "unknown encryption 4"),
        ("ATTRIBUTE X 3 byte encrypt=2", "encrypt cannot hide the type byte"),
        ("ATTRIBUTE X 3 ipaddr has_tag", "has_tag needs the type string or integer"),
        ("ATTRIBUTE X 3 string concat", "concat needs the type octets and no vendor"),
        ("ATTRIBUTE X 3 string virtual", "virtual needs a number above 255"),
        ("ATTRIBUTE number 3 integer", "number is 2 already"),
        ("VALUE Number One", "VALUE needs 3 or more words"),
        ("VALUE Number One 1 1", "unexpected 1 after VALUE"),
        ("VALUE Number One one", "invalid number one"),
        ("VALUE Number One 0x100000000", "4294967296 is too large for Number of type integer"),
        ("VALUE Text One 1", "Text of type string takes no VALUE"),
        ("VALUE Missing One 1", "unknown attribute Missing"),
        ("VALUE-ALIAS Number Missing", "unknown attribute Missing"),
        ("ALIAS Other Missing", "unknown attribute Missing"),
        ("VENDOR X 0", "invalid private enterprise number 0"),
        ("VENDOR X 16777216", "invalid private enterprise number 16777216"),
        ("VENDOR V 11", "vendor V has the number 9 already"),
        ("VENDOR X 11 format=3,1", "invalid vendor format format=3,1"),
        ("VENDOR X 11 format=1,3", "invalid vendor format format=1,3"),
        ("VENDOR X 11 format=2,2,c", "invalid vendor format format=2,2,c"),
        ("VENDOR X 11 continuation", "invalid vendor format continuation"),
        ("BEGIN-VENDOR X", "unknown vendor X"),
        ("BEGIN-VENDOR V format=Number", "Number holds no vendors"),
        ("BEGIN-VENDOR V format=Missing", "unknown attribute Missing"),
        ("BEGIN-VENDOR V other", "invalid argument other"),
        ("END-VENDOR V", "END-VENDOR without BEGIN-VENDOR"),
        ("BEGIN-TLV Number", "Number is no container"),
        ("BEGIN-TLV Missing", "unknown attribute Missing"),
        ("END-TLV Number", "END-TLV without its beginning"),
        ("MEMBER X byte", "MEMBER without a struct before it"),
        ("FLAGS other", "unknown flag other"),
        ("END-PROTOCOL RADIUS", "END-PROTOCOL without BEGIN-PROTOCOL"),
        ("$INCLUDE other", "$INCLUDE in a text that is no file"),
    ]

    @Test(arguments: mistakes) func mistakeIsNamedWithItsLine(_ text: String, _ message: String) {
        let source = Self.head + text
        let line = source.split(separator: "\n").count
        #expect(failure { try AttributeDictionary(source: source, name: "some/file") } == "some/file:\(line): \(message)")
    }

    @Test(arguments: [
        ("BEGIN-VENDOR V\nBEGIN-VENDOR W", "BEGIN-VENDOR inside of BEGIN-VENDOR V"),
        ("BEGIN-VENDOR V\nEND-VENDOR W", "END-VENDOR W ends BEGIN-VENDOR V"),
        ("ATTRIBUTE T 3 tlv\nBEGIN-TLV T", "the beginning of T has no end"),
        ("ATTRIBUTE T 3 tlv\nBEGIN-TLV T\nEND-TLV Number", "END-TLV Number ends T"),
        ("ATTRIBUTE T 3 tlv\nBEGIN-TLV T\nBEGIN-VENDOR V", "BEGIN-VENDOR inside of a TLV"),
        ("BEGIN-PROTOCOL RADIUS\nBEGIN-PROTOCOL DHCP", "BEGIN-PROTOCOL inside of BEGIN-PROTOCOL"),
        ("VALUE Number One 1\nVALUE Number one 2", "Number one is 1 already"),
        ("ATTRIBUTE T 3 tlv\nATTRIBUTE X 3.1.1.1.1.1 string", "3.1.1.1.1.1 is nested too deep"),
    ])
    func mistakeInTheScopeIsNamedWithItsLine(_ text: String, _ message: String) {
        let source = Self.head + text
        let line = source.split(separator: "\n").count
        #expect(failure { try AttributeDictionary(source: source) } == "inline:\(line): \(message)")
    }

    @Test func forwardReferenceKeepsItsLine() {
        #expect(
            failure { try AttributeDictionary(source: "\nVALUE Missing One 1\n\nATTRIBUTE A 1 string\n") }
                == "inline:2: unknown attribute Missing")
    }

    @Test func missingEndVendorIsAWarning() throws {
        let dictionary = try AttributeDictionary(source: "VENDOR V 9\nBEGIN-VENDOR V\nATTRIBUTE X 1 string\n")
        #expect(dictionary.warnings.map(\.description) == ["inline:3: BEGIN-VENDOR V has no END-VENDOR"])
        #expect(dictionary.attribute(vendor: 9, 1)?.name == "X")
    }
}
