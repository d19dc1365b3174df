import Testing

@testable import EAP

@Suite struct FASTKeysTests {
    /// Computed from the formulas of RFC 4851 §5 by another program.
    @Test func derivation() {
        let seed = [UInt8](0x00...0x27)
        let compound = FASTKeys.prf(seed, "Inner Methods Compound Keys", [UInt8](0x40...0x5f), 60)
        #expect(
            compound
                == octets(
                    """
                    9fc13325c2a7661a8f335a15e4d81194e5bfbdab54e0f4a2d52b000fe1d98022
                    caec40f2a6699e25150df3a90f82f40a23b355197927b56c1f4ec78f
                    """))
    }

    @Test func bindingAnswersItsRequestOnly() {
        var keys = FASTKeys(seed: [UInt8](0x00...0x27))
        keys.mix(msk: [UInt8](0x40...0x5f))
        let request = keys.binding(nonce: [UInt8](repeating: 0xff, count: 32))
        #expect(request.bytes.count == 60)
        #expect(request.value[35] == 0xfe)
        #expect(!keys.verifies(request, to: request))
        let answer = answer(to: request, keys)
        #expect(keys.verifies(answer, to: request))
        for index in [0, 1, 2, 3, 4, 35, 36, 55] {
            var changed = answer
            changed.value[index] ^= 1
            #expect(!keys.verifies(changed, to: request))
        }
        #expect(!keys.verifies(answer, to: keys.binding(nonce: [UInt8](repeating: 1, count: 32))))
        #expect(!keys.verifies(TunnelTLV(.cryptoBinding, []), to: request))
    }

    /// The peer's answer by hand: HMAC-SHA-1 over the TLV with a MAC of zeros, under the last 20 octets of the vector above.
    private func answer(to request: TunnelTLV, _ keys: FASTKeys) -> TunnelTLV {
        let head = [0, 1, 1, 1] + request.value[4..<35] + [request.value[35] | 1]
        let zeros = [UInt8](repeating: 0, count: 20)
        let mac = KeyedHash.sha1.authenticate(
            [0x80, 12, 0, 56] + head + zeros, key: octets("caec40f2a6699e25150df3a90f82f40a23b355197927b56c1f4ec78f").suffix(20))
        return TunnelTLV(.cryptoBinding, head + mac)
    }
}
