@testable import CaptiveDialects
internal import COpenSSL
import Digests
import Testing

@Suite struct MistTests {
    static let redirect =
        "wlan_id=be22bba7-8e22-e1cf-5185-b880816fe2cf&ap_mac=5c5b35001234&client_mac=d58f6bb4c9d8&url=http%3A%2F%2Fneverssl.com"
        + "&ap_name=lobby&site_name=hq&authorize_url=http%3A%2F%2Fportal.mist.com%2Fauthorize"

    /// The example that the vendor publishes with its description of the interface.
    @Test func signatureOfTheVendor() {
        let query =
            "expires=1768587994&token=YmUyMmJiYTctOGUyMi1lMWNmLTUxODUtYjg4MDgxNmZlMmNmLzVjNWIzNTAwMTIzNC9kNThmNmJiNGM5ZDgvNDgwLzAvMC8w"
            + "&forward=http%3A%2F%2Fwww.mist.com%2F"
        #expect(MistDriver.signature(query, secret: "test-secret") == "J7VJlf2Zlcs+OxhVxCf8hL0XYC0=")
    }

    @Test func wholeAddressOfTheVendor() throws {
        let login = Golden.login(destination: "http://www.mist.com/", limits: CaptiveLimits(seconds: 28_800))
        #expect(
            try Golden.answer(Self.redirect, settings: CaptiveSettings(secret: "test-secret"), login: login)
                == "GO http://portal.mist.com/authorize?signature=J7VJlf2Zlcs%2BOxhVxCf8hL0XYC0%3D&expires=1768587994"
                + "&token=YmUyMmJiYTctOGUyMi1lMWNmLTUxODUtYjg4MDgxNmZlMmNmLzVjNWIzNTAwMTIzNC9kNThmNmJiNGM5ZDgvNDgwLzAvMC8w"
                + "&forward=http%3A%2F%2Fwww.mist.com%2F")
    }

    @Test func hmacByOpenSSL() {
        for length in [0, 1, 63, 64, 65, 200] {
            let key = [UInt8](repeating: 0x5a, count: length)
            let message = Array("expires=1&token=x".utf8)
            var digest = [UInt8](repeating: 0, count: 20)
            var count: UInt32 = 0
            _ = COpenSSL.HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &digest, &count)
            #expect(HMACSHA1.authenticate(message, key: key) == digest)
        }
    }

    @Test func refused() throws {
        #expect(throws: CaptiveProblem.missingSecret) { try Golden.answer(Self.redirect) }
        #expect(throws: CaptiveProblem.untrustedTarget) {
            try Golden.answer(
                Self.redirect.replacing("portal.mist.com", with: "portal.mist.com.example.net"), settings: CaptiveSettings(secret: "s"))
        }
        #expect(throws: CaptiveProblem.malformed) { try Golden.read("wlan_id=a%2Fb&ap_mac=5c5b35001234&client_mac=d58f6bb4c9d8") }
    }
}
