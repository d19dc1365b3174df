import Testing

@testable import Digests

@Suite("NT and LAN Manager hashes")
struct PasswordHashTests {
    @Test(
        "NT hash",
        arguments: [
            ("", "31d6cfe0d16ae931b73c59d7e0c089c0"), ("hello", "066ddfd4ef0e9cd7c256fe77191ef43c"),
            ("clientPass", "44ebba8d5312b8d611474411f56989ae"), ("pässwörd€😀", "343b5f56098bef0de4739d82d102f3ca"),
        ])
    func ntHash(password: String, expected: String) {
        #expect(NTHash.hash(password: password) == hex(expected))
        #expect(NTHash.hash(utf8: Array(password.utf8)) == hex(expected))
    }

    @Test("NT hash does not normalise: é in one scalar or two are two passwords")
    func normalisation() {
        #expect(NTHash.hash(password: "\u{E9}") != NTHash.hash(password: "e\u{301}"))
    }

    @Test("NT hash of octets that are no UTF-8 does not exist")
    func invalidUTF8() {
        #expect(NTHash.hash(utf8: [0x68, 0xFF]) == nil)
        #expect(NTHash.hash(utf8: [0xED, 0xA0, 0x80]) == nil)
    }

    @Test(
        "LAN Manager hash, by smbencrypt",
        arguments: [
            ("", "aad3b435b51404eeaad3b435b51404ee"), ("hello", "fda95fbeca288d44aad3b435b51404ee"),
            ("HeLLo", "fda95fbeca288d44aad3b435b51404ee"), ("Password12345x", "e52cac67419a9a22b6e42b40cd0e2180"),
            ("Password12345xyz", "e52cac67419a9a22b6e42b40cd0e2180"),
        ])
    func lmHash(password: String, expected: String) {
        #expect(LMHash.hash(password: password) == hex(expected))
    }

    @Test("digest lengths and values, by hashlib", arguments: DigestAlgorithm.allCases)
    func digests(_ algorithm: DigestAlgorithm) {
        let beginning: [DigestAlgorithm: String] = [
            .md5: "5d41402abc4b2a76", .sha1: "aaf4c61ddcc5e8a2", .sha224: "ea09ae9cc6768c50", .sha256: "2cf24dba5fb0a30e",
            .sha384: "59e1748777448c69", .sha512: "9b71d224bd62f378",
        ]
        let hash = algorithm.hash(Array("hello".utf8))
        #expect(hash.count == algorithm.length)
        #expect(hex(beginning[algorithm] ?? "") == Array(hash.prefix(8)))
    }
}
