import Testing

@testable import Messaging

@Suite struct SMSTextTests {
    @Test func `the GSM alphabet has 128 codes, each with one character`() {
        // 3GPP TS 23.038 §6.2.1, some corners of the table.
        for (character, code): (Unicode.Scalar, UInt8) in [
            ("@", 0x00), ("£", 0x01), ("Ç", 0x09), ("\n", 0x0a), ("Ø", 0x0b), ("Å", 0x0e), ("Δ", 0x10), ("Ξ", 0x1a), ("Æ", 0x1c),
            ("É", 0x1f),
            (" ", 0x20), ("¤", 0x24), ("0", 0x30), ("?", 0x3f), ("¡", 0x40), ("A", 0x41), ("Z", 0x5a), ("Ä", 0x5b), ("§", 0x5f),
            ("¿", 0x60),
            ("a", 0x61), ("z", 0x7a), ("ä", 0x7b), ("à", 0x7f),
        ] {
            #expect(GSMAlphabet.septets(character) == [code], "\(character)")
        }
        #expect(GSMAlphabet.septets("€") == [0x1b, 0x65])
        #expect(GSMAlphabet.septets("{") == [0x1b, 0x28])
        #expect(GSMAlphabet.septets("|") == [0x1b, 0x40])
        #expect(GSMAlphabet.septets("ç") == nil)
        #expect(GSMAlphabet.septets("`") == nil)
        let all = (0..<128).filter { $0 != 0x1b }.map { UInt8($0) }
        #expect(GSMAlphabet.text(all).unicodeScalars.flatMap { GSMAlphabet.septets($0) ?? [] } == all)
    }

    @Test(arguments: [
        ("", SMSText.Encoding.gsm7, [0]), (String(repeating: "a", count: 160), .gsm7, [160]),
        (String(repeating: "a", count: 161), .gsm7, [153, 8]),
        (String(repeating: "€", count: 80), .gsm7, [160]), (String(repeating: "€", count: 81), .gsm7, [152, 10]),
        (String(repeating: "я", count: 70), .ucs2, [140]), (String(repeating: "я", count: 71), .ucs2, [134, 8]),
        (String(repeating: "🎉", count: 35), .ucs2, [140]), (String(repeating: "🎉", count: 36), .ucs2, [132, 12]),
        ("e\u{301}", .gsm7, [1]), ("a\r\nb", .gsm7, [3]),
    ]) func `parts`(_ text: String, _ encoding: SMSText.Encoding, _ lengths: [Int]) {
        let made = SMSText(text)
        #expect(made.encoding == encoding)
        #expect(made.parts.map(\.count) == lengths)
    }

    @Test func `parts say which they are`() {
        let text = String(repeating: "0123456789", count: 40)
        let parts = SMSText(text).partsWithHeaders(reference: 0xab)
        #expect(parts.map { Array($0.prefix(6)) } == [[5, 0, 3, 0xab, 3, 1], [5, 0, 3, 0xab, 3, 2], [5, 0, 3, 0xab, 3, 3]])
        #expect(GSMAlphabet.text(parts.flatMap { $0.dropFirst(6) }) == text)
        #expect(SMSText("short").partsWithHeaders(reference: 1) == [SMSText("short").parts[0]])
    }
}
