import Testing

@testable import EAP

@Suite struct TTLSCredentialsTests {
    private static let challenge = [UInt8](100..<117)

    private static func pairs(_ pairs: (vendor: UInt32, code: UInt32, value: [UInt8])...) -> [UInt8] {
        pairs.flatMap { DiameterAVP(code: $0.code, vendor: $0.vendor, value: $0.value).bytes }
    }

    private static func proof(_ bytes: [UInt8]) throws -> (name: String, proof: EAPProof) {
        try TTLSCredentials(bytes).proof { Array(challenge.prefix($0)) }
    }

    @Test func pairsRoundTrip() throws {
        #expect(DiameterAVP(code: 1, value: [1, 2, 3]).bytes == [0, 0, 0, 1, 0x40, 0, 0, 11, 1, 2, 3, 0])
        #expect(
            DiameterAVP(code: 25, vendor: 311, isMandatory: false, value: [1]).bytes
                == [0, 0, 0, 25, 0x80, 0, 0, 13, 0, 0, 1, 0x37, 1, 0, 0, 0])
        let several = (0..<9).map { DiameterAVP(code: UInt32($0), vendor: UInt32($0 % 2), value: [UInt8](repeating: 7, count: $0)) }
        #expect(try DiameterAVP.parse(several.flatMap(\.bytes)) == several)
    }

    @Test func lastPairMayLackItsPadding() throws {
        let bytes = Self.pairs((0, 1, [1]), (0, 2, [2]))
        #expect(try DiameterAVP.parse(Array(bytes.dropLast(3))) == DiameterAVP.parse(bytes))
    }

    @Test(
        arguments: [
            ([0, 0, 0], "AVP header"), ([0, 0, 0, 1, 0, 0, 0, 7], "AVP length"), ([0, 0, 0, 1, 0, 0, 0, 9], "AVP length"),
            ([0, 0, 0, 1, 0x80, 0, 0, 8], "AVP length"), ([0, 0, 0, 1, 0, 0xff, 0xff, 0xff], "AVP length"),
        ] as [([UInt8], String)])
    func malformedPairs(_ bytes: [UInt8], _ field: String) {
        #expect(throws: EAPFailure.malformed(field)) { try DiameterAVP.parse(bytes) }
    }

    @Test func unknownPairs() throws {
        let optional = DiameterAVP(code: 7, vendor: 9, isMandatory: false, value: [1]).bytes
        #expect(try TTLSCredentials(optional).attributes.isEmpty)
        #expect(throws: EAPFailure.malformed("unknown mandatory AVP 9.7")) { try TTLSCredentials(Self.pairs((9, 7, [1]))) }
        #expect(throws: EAPFailure.malformed("unknown mandatory AVP 0.256")) { try TTLSCredentials(Self.pairs((0, 256, [1]))) }
        let many = (0..<65).flatMap { _ in Self.pairs((0, 25, [1])) }
        #expect(throws: EAPFailure.limit("AVPs")) { try TTLSCredentials(many) }
        #expect(try TTLSCredentials(Self.pairs((0, 8, [1]), (0, 9, [2]))).attributes.map(\.type) == [8, 9])
    }

    @Test func eapMessagesAreJoined() throws {
        #expect(try TTLSCredentials(Self.pairs((0, 79, [2, 1]), (0, 1, [5]), (0, 79, [0]))).eapMessage == [2, 1, 0])
    }

    @Test func passwordLosesItsPadding() throws {
        let (name, proof) = try Self.proof(Self.pairs((0, 1, [9]), (0, 2, Array("hello".utf8) + [0, 0, 0])))
        #expect(name == "PAP")
        guard case .pap(let password) = proof else {
            Issue.record("expected PAP")
            return
        }
        #expect(password == Array("hello".utf8))
    }

    @Test func challengesMustBeTheTunnels() throws {
        let (eight, sixteen) = (Array(Self.challenge[..<8]), Array(Self.challenge[..<16]))
        let rest = [UInt8](repeating: 1, count: 49)
        #expect(try Self.proof(Self.pairs((0, 60, sixteen), (0, 3, [116] + rest[..<16]))).name == "CHAP")
        #expect(try Self.proof(Self.pairs((311, 11, eight), (311, 1, [108] + rest))).name == "MS-CHAP")
        #expect(try Self.proof(Self.pairs((311, 11, sixteen), (311, 25, [116] + rest))).name == "MS-CHAPv2")
        let foreign = EAPFailure.proof("challenge is not the tunnel's")
        #expect(throws: foreign) { try Self.proof(Self.pairs((0, 60, sixteen), (0, 3, [117] + rest[..<16]))) }
        #expect(throws: foreign) { try Self.proof(Self.pairs((0, 60, [0] + sixteen[1...]), (0, 3, [116] + rest[..<16]))) }
        #expect(throws: foreign) { try Self.proof(Self.pairs((311, 11, eight), (311, 1, [109] + rest))) }
        #expect(throws: foreign) { try Self.proof(Self.pairs((311, 11, [0] + sixteen[1...]), (311, 25, [116] + rest))) }
        #expect(throws: EAPFailure.malformed("challenge length")) { try Self.proof(Self.pairs((0, 3, [116] + rest[..<16]))) }
        #expect(throws: EAPFailure.malformed("challenge length")) { try Self.proof(Self.pairs((311, 11, eight), (311, 25, [116] + rest))) }
        #expect(throws: EAPFailure.malformed("response length")) { try Self.proof(Self.pairs((311, 11, sixteen), (311, 25, rest))) }
        #expect(throws: EAPFailure.malformed("no credentials among the AVPs")) { try Self.proof(Self.pairs((0, 1, [1]))) }
        #expect(throws: EAPFailure.malformed("no credentials among the AVPs")) { try Self.proof([]) }
    }
}
