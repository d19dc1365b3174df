import Digests
import Foundation
import Testing

@Suite struct PasswordMakingTests {
    private let password = Array("Grüße $ 1".utf8)

    @Test func `argon2id in Django's layout verifies`() throws {
        let text = try #require(Argon2Hash.text(of: password, salt: Array(0..<16)))
        #expect(text.hasPrefix("argon2$argon2id$v=19$m=19456,t=2,p=1$"))
        let stored = try #require(StoredPassword(attribute: "Argon2-Password", value: text))
        #expect(stored.verify(password))
        #expect(!stored.verify(password + [0x20]))
    }

    @Test func `argon2id refuses what the library cannot do`() {
        #expect(Argon2Hash.text(of: password, salt: [1, 2, 3]) == nil)
    }

    /// RFC 7914 §12: password "password", salt "NaCl", N 1024, r 8, p 16.
    @Test func `scrypt makes the RFC's vector`() throws {
        let text = try #require(ScryptHash.text(of: Array("password".utf8), salt: "NaCl", n: 1024, r: 8, p: 16))
        let key =
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        let octets = try #require(Hexadecimal.decode(key.utf8))
        #expect(text == "scrypt$1024$NaCl$8$16$" + Data(octets).base64EncodedString())
        #expect(StoredPassword(attribute: "Scrypt-Password", value: text)?.verify(Array("password".utf8)) == true)
    }

    @Test(arguments: 0...70) func `base64 for addresses is Foundation's with two other letters`(_ count: Int) {
        let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 251) }
        let text = Base64URL.encode(octets)
        let expected = Data(octets).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(text == expected)
        #expect(Base64URL.decode(text.utf8) == octets)
    }

    @Test(arguments: ["A", "AB", "AAB", "AA==", "AA=", "A+A", "A/A", "A.A", "A A", "é"]) func `other spellings are refused`(_ text: String)
    {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
