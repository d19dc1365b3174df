import RADIUSDictionary
import Testing

/// Damaged texts give a dictionary or an error, nothing else.
@Suite struct DictionaryFuzzTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    static let seed = """
        VENDOR Cisco 9
        VENDOR USR 429 format=4,0
        VENDOR WiMAX 24757 format=1,1,c
        ATTRIBUTE Service-Type 6 integer
        ATTRIBUTE Tunnel-Password 69 string has_tag,encrypt=2
        ATTRIBUTE Vendor-Specific 26 vsa
        ATTRIBUTE Extended-Attribute-5 245 long-extended
        ATTRIBUTE Extended-Vendor-Specific-5 245.26 evs
        VALUE Service-Type Login 1
        VALUE-ALIAS Service-Type Service-Type
        BEGIN-VENDOR Cisco format=Extended-Vendor-Specific-5
        ATTRIBUTE Deep 1 tlv
        BEGIN-TLV Deep
        ATTRIBUTE Deeper 0x2 octets[16]
        END-TLV Deep
        END-VENDOR Cisco
        BEGIN-PROTOCOL RADIUS
        BEGIN-VENDOR WiMAX
        ATTRIBUTE Capability 1 tlv
        ATTRIBUTE Release .1 string
        ATTRIBUTE Place 22 struct
        MEMBER Type uint8 key
        STRUCT Inner Type 3
        MEMBER Field uint16
        END-VENDOR WiMAX
        ENUM Answer uint32
        DEFINE Some string enum=Answer
        ALIAS Other 26.24757.1
        ALIAS Another Service-Type
        FLAGS internal
        END-PROTOCOL RADIUS
        """

    @Test func mutatedTextsNeverTrap() {
        var generator = Generator(state: 20_240_717)
        let seed = Array(Self.seed.utf8)
        let words =
            Self.seed.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) }
            + [".", "26", "245.26", "-1", "=", ",", "99999999999"].map { Array($0.utf8) }
        var loaded = 0
        for _ in 0..<4000 {
            var text = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: text[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: text.remove(at: at)
                case 2: text.insert(contentsOf: words.randomElement(using: &generator) ?? [], at: at)
                case 3: text.removeSubrange(at..<min(text.count, at + 40))
                default: text.insert(contentsOf: text[at..<min(text.count, at + 60)], at: at)
                }
                if text.isEmpty { text = [0x0a] }
            }
            if let dictionary = try? AttributeDictionary(source: String(decoding: text, as: UTF8.self)) {
                loaded += 1
                for attribute in dictionary.attributes { #expect(!attribute.path.isEmpty) }
            }
        }
        // Some mutations must survive, or nothing behind the first statement was exercised.
        #expect(loaded > 100)
    }
}
