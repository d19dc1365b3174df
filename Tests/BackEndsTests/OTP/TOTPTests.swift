import BackEnds
import Digests
import RADIUSPipeline
import Testing

@Suite struct TOTPTests {
    /// RFC 6238 appendix B: time, and the codes of eight digits by SHA-1, SHA-256 and SHA-512.
    @Test(arguments: [
        (59.0, "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
    ]) func `the codes of RFC 6238`(_ time: Double, _ sha1: String, _ sha256: String, _ sha512: String) {
        for (algorithm, length, code) in [(OneTimePasswordSecret.Algorithm.sha1, 20, sha1), (.sha256, 32, sha256), (.sha512, 64, sha512)] {
            let key = (0..<length).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) }
            let totp = TOTP(OneTimePasswordSecret(userName: "x", secret: key, digits: 8, algorithm: algorithm))
            #expect(totp.code(totp.counter(at: time)) == code)
        }
    }

    /// RFC 4226 appendix D.
    @Test func `the codes of RFC 4226`() {
        let totp = TOTP(OneTimePasswordSecret(userName: "x", secret: Array("12345678901234567890".utf8)))
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        #expect((0..<10).map { totp.code($0) } == codes)
    }

    @Test func `codes of neighbouring periods count as the window says`() {
        let totp = TOTP(OneTimePasswordSecret(userName: "x", secret: [1, 2, 3, 4]))
        for (distance, window, isFound) in [(0, 0, true), (1, 0, false), (-1, 1, true), (1, 1, true), (2, 1, false), (-2, 2, true)] {
            let code = Array(totp.code(1000 + Int64(distance)).utf8)
            #expect((totp.counter(of: code, at: 30_015, window: window) != nil) == isFound)
        }
        #expect(totp.counter(of: [], at: 30_015, window: 1) == nil)
        #expect(totp.counter(of: Array(totp.code(0).utf8), at: 5, window: 1) == 0)
    }

    /// RFC 4648 §10.
    @Test(arguments: [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")])
    func `base32`(_ text: String, _ encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
        #expect(Base32.decode(encoded) == Array(text.utf8))
        #expect(Base32.decode(encoded.lowercased() + "==") == Array(text.utf8))
    }

    @Test func `base32 takes groups and no other characters`() {
        #expect(Base32.decode("mzxw 6ytb-OI") == Array("foobar".utf8))
        for text in ["", "M1", "MY!", "==="] { #expect(Base32.decode(text) == nil) }
    }
}
