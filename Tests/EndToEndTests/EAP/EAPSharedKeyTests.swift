import BackEnds
import Digests
import Foundation
import RADIUSPipeline
import TestSupport
import Testing

/// EAP-PSK with keys of the tables, and EAP-OTP with passwords and one-time passwords.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPSharedKeyTests {
    private nonisolated static let key = "0102030405060708090a0b0c0d0e0f10"

    private func psk(_ name: String, _ key: String = key) -> [String] { ["eap=PSK", "identity=\"\(name)\"", "password=\(key)"] }

    @Test("PSK: the key is PSK-Password or a clear-text password of 32 digits; wrong keys and strangers are refused alike")
    func psk() throws {
        try Site.with(.sqlite) { site in
            let keys = [
                "octets": "PSK-Password := 0x\(Self.key)", "digits": "PSK-Password := \(Self.key)",
                "clear": "Cleartext-Password := \(Self.key)",
            ]
            for (name, item) in keys { try site.addUser(name, check: [item], reply: ["Session-Timeout = 600"]) }
            try site.addUser("text", check: ["PSK-Password := sixteen letters!"])
            try site.addUser("without", check: ["Cleartext-Password := hello"])
            try site.addUser("barred", check: ["PSK-Password := 0x\(Self.key)", "Expiration := 1 Jan 2020"])
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_EAP_METHODS": "PSK"])
            for name in keys.keys {
                let result = try EAPOLTest.run(psk(name), port: server.authPort, options: ["-e"])
                #expect(result.succeeded && result.keysMatch, "\(name): \(result.summary)\n\(server.log.suffix(1000))")
                #expect(result["Session-Timeout"] == "600")
                let wrong = try EAPOLTest.run(psk(name, "ff" + Self.key.dropFirst(2)), port: server.authPort)
                #expect(!wrong.succeeded && wrong.accepted.isEmpty)
                try site.expectReason("eap.proof", of: name)
            }
            let text = "sixteen letters!".utf8.map { String(format: "%02x", $0) }.joined()
            #expect(try EAPOLTest.run(psk("text", text), port: server.authPort).succeeded)
            for name in ["without", "nobody"] {
                #expect(try !EAPOLTest.run(psk(name), port: server.authPort).succeeded)
                try site.expectReason("eap.proof", of: name)
            }
            let barred = try EAPOLTest.run(psk("barred"), port: server.authPort)
            #expect(!barred.succeeded && barred.accepted.isEmpty)
            try site.expectReason("account.expired", of: "barred")
            #expect(try server.stop() == .code(0))
            #expect(!server.log.contains(Self.key))
        }
    }

    @Test("OTP: only where it is offered; with a password, and with a code behind it that counts once")
    func oneTimePasswords() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"])
            try site.addUser("carol", check: ["Cleartext-Password := wonder land", "TOTP-Secret := JBSWY3DPEHPK3PXP"])
            let configuration = """
                eap:
                  methods: [TTLS, OTP]
                  ttls_methods: [MSCHAPv2, OTP]
                  peap_methods: [MSCHAPv2]
                one_time_passwords:
                  enabled: yes
                """
            let certificates = try Certificates.shared.get()
            let server = try ServerUnderTest.start(site.database.url, certificates.settings, configuration: configuration)
            func login(_ user: String, _ password: String, isInside: Bool) throws -> EAPOLTest.Result {
                let lines = EAPOLTest.user(user, password)
                return try EAPOLTest.run(
                    isInside ? EAPOLTest.tunnel("TTLS", lines + certificates.authority + ["phase2=\"autheap=OTP\""]) : ["eap=OTP"] + lines,
                    port: server.authPort, hasKeys: isInside)
            }
            for isInside in [false, true] {
                let good = try login("alice", "wonder land", isInside: isInside)
                #expect(good.succeeded && (!isInside || good.keysMatch), "\(good.summary)")
                #expect(try !login("alice", "wonderland", isInside: isInside).succeeded)
                #expect(try !login("carol", "wonder land", isInside: isInside).succeeded)
            }
            let totp = TOTP(OneTimePasswordSecret(userName: "carol", secret: Array("Hello!".utf8) + [0xde, 0xad, 0xbe, 0xef]))
            let code = totp.code(totp.counter(at: Date().timeIntervalSince1970))
            #expect(try login("carol", "wonder land" + code, isInside: true).succeeded)
            #expect(try !login("carol", "wonder land" + code, isInside: false).succeeded)
            try site.expectReason("otp.used", of: "carol")
            #expect(try server.stop() == .code(0))

            let without = try ServerUnderTest.start(site.database.url, ["RADIAN_EAP_METHODS": "GTC,MD5"])
            let refused = try EAPOLTest.run(["eap=OTP"] + EAPOLTest.user("alice", "wonder land"), port: without.authPort, hasKeys: false)
            #expect(!refused.succeeded)
            try site.expectReason("eap.no-common-method", of: "alice")
            #expect(try without.stop() == .code(0))
        }
    }
}
