import Foundation
import TLSEngine
import Testing

@testable import EAP

/// wpa_supplicant's EAP-FAST, whose PACs live in a file from one run to the next.
@Suite(.enabled(if: EAPOLTest.isInstalled, "needs eapol_test and openssl"))
struct FASTEAPOLTests {
    private func settings(
        anonymous: Bool = false, key: EAPServerKey = EAPServerKey([1]), now: Int64 = 2_000_000_000, lifetime: UInt32 = 10_000
    ) throws -> EAPSettings {
        var settings = EAPSettings(methods: [.fast])
        settings.innerMethods = [.fast: [.mschapv2, .gtc]]
        settings.maximumRounds = 100
        let tls = try #require(TestCertificates.shared).server {
            $0.maximumVersion = .v1_2
            $0.ciphers = FASTSettings.ciphers
            $0.allowsAnonymous = anonymous
        }
        settings.fast = FASTSettings(
            tls: tls, key: key, authorityID: Array("0123456789abcdef".utf8), pacLifetimeSeconds: lifetime, now: { now })
        return settings
    }

    /// A place for PACs.
    private func withFile<Value>(_ body: (String) throws -> Value) rethrows -> Value {
        let path = FileManager.default.temporaryDirectory.appending(path: "pac-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private func network(_ file: String, provisioning: Int, phase2: String = "MSCHAPV2", password: String = "hello") -> [String] {
        [
            "eap=FAST", #"anonymous_identity="FAST-000102""#, #"identity="bob""#, #"password="\#(password)""#, #"ca_cert="DIR/ca.pem""#,
            #"phase1="fast_provisioning=\#(provisioning) tls_disable_session_ticket=0""#, #"pac_file="\#(file)""#,
            #"phase2="auth=\#(phase2)""#, #"openssl_ciphers="DEFAULT:@SECLEVEL=0:ADH""#,
        ]
    }

    @Test(arguments: ["MSCHAPV2", "GTC"])
    func authenticatedProvisioning(_ phase2: String) throws {
        try withFile { file in
            let first = try EAPOLTest.run(settings(), network(file, provisioning: 2, phase2: phase2), ["-e"])
            #expect(first.isSuccess)
            #expect(first.keysMatch)
            #expect(first.outcomes.map(\.identity) == ["bob"])
            #expect(first.outcomes.first?.fact("EAP-FAST-Tunnel") == "certificate")
            let second = try EAPOLTest.run(settings(), network(file, provisioning: 0, phase2: phase2), ["-r", "1"])
            #expect(second.isSuccess)
            #expect(second.output.contains("MPPE keys OK: 2  mismatch: 0"))
            #expect(second.outcomes.map { $0.fact("EAP-FAST-Tunnel") } == ["PAC", "PAC"])
            // Another key cannot read the PAC; the tunnel is made by certificate then.
            let third = try EAPOLTest.run(settings(key: EAPServerKey([2])), network(file, provisioning: 2, phase2: phase2))
            #expect(third.isSuccess)
            #expect(third.outcomes.map { $0.fact("EAP-FAST-Tunnel") } == ["certificate"])
        }
    }

    @Test func anonymousProvisioning() throws {
        try withFile { file in
            let first = try EAPOLTest.run(settings(anonymous: true), network(file, provisioning: 1))
            #expect(!first.isSuccess)
            #expect(first.outcomes.map(\.failure) == [.proof("provisioned; the peer comes back with its PAC")])
            #expect(first.outcomes.first?.fact("EAP-FAST-Tunnel") == "anonymous")
            let second = try EAPOLTest.run(settings(), network(file, provisioning: 0))
            #expect(second.isSuccess)
            #expect(second.keysMatch)
            #expect(second.outcomes.map { $0.fact("EAP-FAST-Tunnel") } == ["PAC"])
        }
    }

    @Test func anonymousProvisioningNeedsThePassword() throws {
        try withFile { file in
            let result = try EAPOLTest.run(settings(anonymous: true), network(file, provisioning: 1, password: "wrong"), ["-t", "1"])
            // wpa_supplicant falls silent when its inner method fails, before it hears the result.
            #expect(!result.isSuccess)
            #expect(result.outcomes.allSatisfy { !$0.isAccepted })
            #expect((try? String(contentsOfFile: file, encoding: .utf8))?.contains("PAC-Key") != true)
        }
    }

    @Test func anonymousPeersAreRefusedUnlessAllowed() throws {
        try withFile { file in
            let result = try EAPOLTest.run(settings(), network(file, provisioning: 1))
            #expect(!result.isSuccess)
            #expect(result.outcomes.allSatisfy { !$0.isAccepted })
        }
    }

    @Test func credentialsThatRunOutAreRenewed() throws {
        try withFile { file in
            #expect(try EAPOLTest.run(settings(), network(file, provisioning: 2)).isSuccess)
            let before = try String(contentsOfFile: file, encoding: .utf8)
            // In the last quarter of 10 000 seconds.
            let late = try EAPOLTest.run(settings(now: 2_000_009_000), network(file, provisioning: 0))
            #expect(late.isSuccess)
            #expect(late.keysMatch)
            #expect(late.outcomes.map { $0.fact("EAP-FAST-Tunnel") } == ["PAC"])
            #expect(try String(contentsOfFile: file, encoding: .utf8) != before)
            // The old one would be over by now.
            let after = try EAPOLTest.run(settings(now: 2_000_011_000), network(file, provisioning: 0))
            #expect(after.isSuccess)
            #expect(after.outcomes.map { $0.fact("EAP-FAST-Tunnel") } == ["PAC"])
            let over = try EAPOLTest.run(settings(now: 2_000_020_000), network(file, provisioning: 2))
            #expect(over.outcomes.first?.fact("EAP-FAST-Tunnel") == "certificate")
        }
    }

    @Test func wrongPassword() throws {
        try withFile { file in
            let result = try EAPOLTest.run(settings(), network(file, provisioning: 2, password: "wrong"), ["-t", "1"])
            #expect(!result.isSuccess)
            #expect(result.outcomes.allSatisfy { !$0.isAccepted })
        }
    }
}
