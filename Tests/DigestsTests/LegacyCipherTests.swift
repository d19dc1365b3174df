import Digests
import Testing

@Suite struct LegacyCipherTests {
    @Test("RFC 2202 §3", arguments: [("Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")])
    func hmacSHA1(key: String, message: String, code: String) {
        #expect(Hexadecimal.encode(HMACSHA1.authenticate(Array(message.utf8), key: Array(key.utf8))) == code)
    }

    @Test("RFC 2202 §3 with a key longer than a block") func longKey() {
        let code = HMACSHA1.authenticate(
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), key: [UInt8](repeating: 0xaa, count: 80))
        #expect(Hexadecimal.encode(code) == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
    }

    @Test("AES-256-CBC: SP 800-38A F.2.6 and a block of padding") func cbc() throws {
        func octets(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.decode(text.utf8)) }
        let key = try octets("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
        let vector = try octets("000102030405060708090a0b0c0d0e0f")
        // The padding block was made with the openssl command.
        let sealed = try octets("f58c4c04d6e5f1ba779eabfb5f7bfbd6" + "485a5c81519cf378fa36d42b8547edc0")
        #expect(AESCBC.decrypt(sealed, key: key, vector: vector) == (try octets("6bc1bee22e409f96e93d7e117393172a")))
        #expect(AESCBC.decrypt(Array(sealed.prefix(16)), key: key, vector: vector) == nil)
        #expect(AESCBC.decrypt(Array(sealed.dropLast()), key: key, vector: vector) == nil)
        #expect(AESCBC.decrypt(sealed, key: Array(key.dropLast()), vector: vector) == nil)
        #expect(AESCBC.decrypt(sealed, key: key, vector: Array(vector.dropLast())) == nil)
        #expect(AESCBC.decrypt([], key: key, vector: vector) == nil)
    }

    @Test("RFC 4648 §10", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64(text: String, encoded: String) {
        #expect(Base64.text(Array(text.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
    }
}
