import Testing

@testable import Digests

/// The octets of a literal in hexadecimal; a wrong literal fails the comparison it stands in.
func hex(_ literal: String) -> [UInt8] {
    Hexadecimal.decode(Array(literal.utf8)) ?? []
}

@Suite("Text encodings of hashes")
struct EncodingTests {
    @Test("hexadecimal digits", arguments: [("", []), ("00fF", [0, 255]), ("0", nil), ("0g", nil), ("é0", nil)] as [(String, [UInt8]?)])
    func hexadecimal(text: String, octets: [UInt8]?) {
        #expect(Hexadecimal.decode(Array(text.utf8)) == octets)
    }

    @Test("writes hexadecimal digits in either case")
    func writing() {
        #expect(Hexadecimal.encodeUppercase([0x00, 0xAB, 0x9F]) == "00AB9F")
        #expect(Hexadecimal.encode([0x00, 0xAB, 0x9F]) == "00ab9f")
    }

    @Test(
        "base64, padded or not, and with a full stop for plus",
        arguments: [
            ("", []), ("AA==", [0]), ("AA", [0]), ("AAE=", [0, 1]), ("AAE", [0, 1]), ("+/+/", [0xFB, 0xFF, 0xBF]),
            ("./.", [0xFB, 0xFF]), ("A", nil), ("AA=", nil), ("AAAA=", nil), ("=", nil), ("====", nil), ("A=A=", nil),
            ("AA==AA==", nil), ("A A=", nil), ("AAA\u{0}", nil),
        ] as [(String, [UInt8]?)])
    func base64(text: String, octets: [UInt8]?) {
        #expect(Base64.decode(Array(text.utf8)) == octets)
    }

    @Test("crypt's alphabet, six bits a character, least significant first")
    func cryptAlphabet() {
        #expect(Array("./09AZaz".utf8).map { CryptAlphabet.value(of: $0) } == [0, 1, 2, 11, 12, 37, 38, 63])
        #expect(CryptAlphabet.value(of: UInt8(ascii: "$")) == nil)
        #expect(CryptAlphabet.decodeLittleEndian(Array("/...".utf8)) == [1, 0, 0])
        #expect(CryptAlphabet.decodeLittleEndian(Array("z1".utf8)) == [0xFF])
        #expect(CryptAlphabet.decodeLittleEndian(Array("z2".utf8)) == nil)
        #expect(CryptAlphabet.decodeLittleEndian(Array("z:".utf8)) == nil)
    }

    @Test(
        "decimal numbers",
        arguments: [
            ("1", 1), ("999999999", 999_999_999), ("", nil), ("0", nil), ("01", nil), ("+1", nil), ("1000000000", nil), ("1x", nil),
        ]
            as [(String, Int?)])
    func decimal(text: String, number: Int?) {
        #expect(HashText.decimal(Array(text.utf8)) == number)
    }
}
