import COpenSSL
import Testing

@testable import Digests

/// MD5 and HMAC-MD5 against the examples of RFC 1321 §A.5 and RFC 2202 §2, and against OpenSSL.
struct MD5Tests {
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func rfc1321(message: String, digest: String) {
        #expect(hex(MD5.hash(Array(message.utf8)).bytes) == digest)
    }

    @Test(
        arguments: [
            ([UInt8](repeating: 0x0b, count: 16), Array("Hi There".utf8), "9294727a3638bb1c13f48ef8158bfc9d"),
            (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "750c783e6ab0b503eaa86e310a5db738"),
            ([UInt8](repeating: 0xaa, count: 16), [UInt8](repeating: 0xdd, count: 50), "56be34521d144c88dbb8c733f0e8b3f6"),
            (Array(1...25), [UInt8](repeating: 0xcd, count: 50), "697eaf0aca3a3aea3a75164746ffaa79"),
            ([UInt8](repeating: 0x0c, count: 16), Array("Test With Truncation".utf8), "56461ef2342edc00f9bab995690efd4c"),
            (
                [UInt8](repeating: 0xaa, count: 80), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"
            ),
            (
                [UInt8](repeating: 0xaa, count: 80),
                Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
                "6f630fad67cda0ee1fb1f562db3aa53e"
            ),
        ] as [([UInt8], [UInt8], String)])
    func rfc2202(key: [UInt8], message: [UInt8], digest: String) {
        #expect(hex(HMACMD5(key: key).authenticate(message)) == digest)
    }

    /// CHAP and EAP-MD5 responses (RFC 1994 §4.1): identifier, password `hello`, challenge; computed independently.
    @Test(
        arguments: [
            (0x2a, "101112131415161718191a1b1c1d1e1f", "9d137ce69e2d9f8d8f0cd8e57f11aae1"),
            (0, "00112233445566778899aabbccddeeff", "587df40500058876663b0d17c88b6306"),
            (5, "00112233445566778899aabbccddeeff", "7d25b172ba54624f9c56cfcf66312c7b"),
        ] as [(UInt8, String, String)])
    func challengeResponses(identifier: UInt8, challenge: String, response: String) {
        let digits = Array(challenge)
        var md5 = MD5()
        md5.update([identifier])
        md5.update("hello".utf8)
        md5.update(stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) })
        #expect(hex(md5.finish().bytes) == response)
    }

    /// Each length up to four blocks, digested whole and in uneven pieces.
    @Test func matchesOpenSSL() {
        var random = SystemRandomNumberGenerator()
        for length in 0...256 {
            let message = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            var expected = [UInt8](repeating: 0, count: 16)
            _ = COpenSSL.MD5(message, message.count, &expected)
            #expect(MD5.hash(message).bytes == expected, "length \(length)")

            var pieces = MD5()
            var rest = message[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                pieces.update(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(pieces.finish().bytes == expected, "length \(length) in pieces")
        }
    }

    @Test func hmacMatchesOpenSSL() {
        var random = SystemRandomNumberGenerator()
        for length in stride(from: 1, through: 200, by: 3) {
            let key = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let message = (0..<(length * 2)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var expected = [UInt8](repeating: 0, count: 16)
            var count: UInt32 = 0
            _ = HMAC(EVP_md5(), key, Int32(key.count), message, message.count, &expected, &count)
            #expect(HMACMD5(key: key).authenticate(message) == expected, "key of \(length) octets")
        }
    }

    @Test func digestLoadsAndStoresInWireOrder() {
        let octets = (0..<20).map { UInt8($0) }
        let digest = octets.withUnsafeBytes { MD5Digest(loading: $0, at: 3) }
        #expect(digest.bytes == Array(3..<19))
        #expect(digest.isEqualInConstantTime(to: digest))
        #expect(!digest.isEqualInConstantTime(to: MD5Digest(low: digest.low, high: digest.high ^ 1)))
        #expect(!digest.isEqualInConstantTime(to: MD5Digest(low: digest.low ^ 1 &<< 63, high: digest.high)))
    }

    @Test func constantTimeComparison() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    private func hex(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
