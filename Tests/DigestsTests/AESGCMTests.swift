import Digests
import Testing

@Suite struct AESGCMTests {
    private static let key = [UInt8](0..<32)
    private static let text = Array("user names and passwords".utf8)

    @Test func whatWasSealedOpensAgain() throws {
        let sealed = try #require(AESGCM.seal(Self.text, key: Self.key, context: [1]))
        #expect(sealed.count == Self.text.count + 28)
        #expect(AESGCM.open(sealed, key: Self.key, context: [1]) == Self.text)
        #expect(AESGCM.seal(Self.text, key: Self.key, context: [1]) != sealed)
        let empty = try #require(AESGCM.seal([], key: Self.key, context: []))
        #expect(AESGCM.open(empty, key: Self.key, context: []) == [])
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 14: key and nonce of zeros, one block of zeros.
    @Test func thePublishedVectorOpens() {
        let sealed: [UInt8] =
            [UInt8](repeating: 0, count: 12)
            + [0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e, 0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18]
            + [0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0, 0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19]
        #expect(AESGCM.open(sealed, key: [UInt8](repeating: 0, count: 32), context: []) == [UInt8](repeating: 0, count: 16))
    }

    @Test func anythingChangedDoesNotOpen() throws {
        let sealed = try #require(AESGCM.seal(Self.text, key: Self.key, context: [1]))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(AESGCM.open(changed, key: Self.key, context: [1]) == nil)
        }
        #expect(AESGCM.open(sealed, key: Self.key, context: [2]) == nil)
        #expect(AESGCM.open(sealed, key: Self.key.reversed(), context: [1]) == nil)
        #expect(AESGCM.open(Array(sealed.prefix(27)), key: Self.key, context: [1]) == nil)
        #expect(AESGCM.seal(Self.text, key: [1, 2, 3], context: []) == nil)
    }
}
