import Digests
import Testing

@testable import EAP

@Suite struct PEAPCryptoBindingTests {
    /// Keys of counting octets; the same formulas computed independently, and spoken by wpa_supplicant in ``EAPOLTests``.
    @Test func knownAnswers() {
        let binding = PEAPCryptoBinding(tunnelKey: [UInt8](0x00...0x3f), innerKey: [UInt8](0x40...0x7f))
        #expect(
            Hexadecimal.encode(binding.ipmk)
                == "1265fe0c53b27263df75b1997b4cef80f0f5b635b918dfd55217cb56a49ed5f08bc8966cb6273d4d")
        #expect(Hexadecimal.encode(binding.cmk) == "d01f2c04fe70b5e174cf4963c6076c9ddaa50f32")
        let tlv = binding.tlv(.request, nonce: [UInt8](0xa0...0xbf))
        #expect(tlv.prefix(8) == [0, 12, 0, 56, 0, 0, 0, 0])
        #expect(Hexadecimal.encode(tlv.suffix(20)) == "50fb58cc056f99702d77668697a858b99670b3ac")
        #expect(
            Hexadecimal.encode(binding.keys.msk)
                == "b0c540f7a16c6600fad6c5de02f412712e25a06552065b42a6117f34ce8fb02f"
                + "1bce660387ab61ed63c2098b4caf257a077b1be56b860b9eabb480adfdae707d")
        #expect(binding.keys.emsk.count == 64)
    }

    @Test func onlyTheRightResponseVerifies() {
        let binding = PEAPCryptoBinding(tunnelKey: [UInt8](0...63), innerKey: [])
        let response = Array(binding.tlv(.response, nonce: [UInt8](repeating: 5, count: 32)).dropFirst(4))
        #expect(binding.verifies(response))
        #expect(!binding.verifies(Array(binding.tlv(.request, nonce: [UInt8](repeating: 5, count: 32)).dropFirst(4))))
        #expect(!PEAPCryptoBinding(tunnelKey: [UInt8](0...63), innerKey: [1]).verifies(response))
        for index in response.indices {
            var changed = response
            changed[index] ^= 1
            #expect(!binding.verifies(changed))
        }
        for count in 0..<56 { #expect(!binding.verifies(Array(response.prefix(count)))) }
    }

    @Test func resultPackets() throws {
        #expect(PEAPResult.request(isSuccess: true) == [0x80, 3, 0, 2, 0, 1])
        #expect(PEAPResult.request(isSuccess: false, cryptoBinding: [9]) == [0x80, 3, 0, 2, 0, 2, 9])
        let both = try PEAPResult([0x80, 3, 0, 2, 0, 1, 0, 12, 0, 2, 7, 7, 0, 99, 0, 0])
        #expect(both.isSuccess == true)
        #expect(both.cryptoBinding == [7, 7])
        #expect(try PEAPResult([0x80, 3, 0, 2, 0, 2]).isSuccess == false)
        #expect(try PEAPResult([]).isSuccess == nil)
    }

    @Test(
        arguments: [
            ([0x80], "TLV header"), ([0x80, 3, 0, 2, 0], "TLV length"), ([0x80, 3, 0, 1, 1], "Result TLV"),
            ([0x80, 99, 0, 0], "unknown mandatory TLV 99"),
        ] as [([UInt8], String)])
    func malformedResults(_ data: [UInt8], _ field: String) {
        #expect(throws: EAPFailure.malformed(field)) { try PEAPResult(data) }
    }
}
