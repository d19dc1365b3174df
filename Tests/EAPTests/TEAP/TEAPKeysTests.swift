import TLSEngine
import Testing

@testable import EAP

@Suite struct TEAPKeysTests {
    private static let seed = [UInt8](0x00...0x27)
    private static let innerKey = [UInt8](0x40...0x5f)

    /// Computed from the formulas of RFC 9930 §5 by another program.
    @Test func chains() throws {
        var keys = TEAPKeys(hash: .sha256, seed: Self.seed)
        let isMixed1 = keys.mix(msk: Self.innerKey, emsk: [UInt8](0x80...0xbf))
        #expect(isMixed1)
        #expect(keys.mskCMK == octets("9dc3c401ee99937bad727415650789e0a3b58518"))
        #expect(keys.emskCMK == octets("4011cc5a8fe41b99cb7a42c3b93d09ca70afa264"))
        #expect(
            keys.exported(fromEMSK: false)?.msk
                == octets(
                    """
                    3bd2baa43d428c66d430c5370752b587e760151f4e99b6623e86783361723fca
                    dde681cc57bf882cece113cc63699f192f0968d3142d439b6f6026ec1b1b0c72
                    """))
        #expect(keys.exported(fromEMSK: true)?.msk != keys.exported(fromEMSK: false)?.msk)
    }

    @Test func methodWithoutKeys() throws {
        var keys = TEAPKeys(hash: .sha256, seed: Self.seed)
        let isMixed2 = keys.mix(msk: [], emsk: [])
        #expect(isMixed2)
        #expect(keys.emskCMK == nil)
        // The MAC's key is mixed with zeros, MSK and EMSK come from the tunnel's seed alone.
        let expected = TLSHash.sha256.prf(secret: Self.seed, label: "Session Key Generating Function", seed: [], length: 64)
        #expect(keys.exported(fromEMSK: false)?.msk == expected)
        let compound = TLSHash.sha256.prf(
            secret: Self.seed, label: "Inner Methods Compound Keys", seed: [UInt8](repeating: 0, count: 32), length: 60)
        #expect(keys.mskCMK == compound?.suffix(20).map { $0 })
    }

    @Test func shortKeysAreFilledWithZeros() {
        var short = TEAPKeys(hash: .sha384, seed: Self.seed)
        var filled = TEAPKeys(hash: .sha384, seed: Self.seed)
        let isMixed3 = short.mix(msk: [1, 2], emsk: [])
        #expect(isMixed3)
        let isMixed4 = filled.mix(msk: [1, 2] + [UInt8](repeating: 0, count: 62), emsk: [])
        #expect(isMixed4)
        #expect(short.mskCMK == filled.mskCMK)
    }

    @Test func bindingAnswersOnlyItsOwnRequest() throws {
        var keys = TEAPKeys(hash: .sha256, seed: Self.seed)
        let isMixed5 = keys.mix(msk: Self.innerKey, emsk: [UInt8](0x80...0xbf))
        #expect(isMixed5)
        let binding = TEAPCryptoBinding(keys, outerTLVs: [1, 2, 3], nonce: [UInt8](repeating: 7, count: 32))
        let request = try #require(binding.request())
        #expect(request.value.count == 76)
        #expect(request.value[3] == 0x30)
        #expect(request.value[35] & 1 == 0)
        // Our own request is no answer.
        #expect(binding.verify(request) == nil)
    }
}
