import Foundation
import TLSEngine
import Testing

@testable import EAP

/// Debian's supplicant against ``EAPConversation``.
@Suite(.enabled(if: EAPOLTest.isInstalled, "needs eapol_test and openssl"), .serialized)
struct EAPOLTests {
    private static let ca = #"ca_cert="DIR/ca.pem""#
    private static let bob = [#"identity="bob""#, #"password="hello""#]
    private static let certificate = [#"client_cert="DIR/bob.pem""#, #"private_key="DIR/bob.key""#]
    private static let innerCertificate = [
        #"ca_cert2="DIR/ca.pem""#, #"client_cert2="DIR/bob.pem""#, #"private_key2="DIR/bob.key""#,
    ]
    private static let tunnel = [#"anonymous_identity="anonymous@example.org""#, ca] + bob
    static let versions = ["1.2", "1.3"]

    private func settings(_ methods: [EAPType], _ version: String = "1.3", resumption: TLSResumption? = nil) throws -> EAPSettings {
        var settings = EAPSettings(methods: methods)
        let inner: [EAPType] = [.mschapv2, .gtc, .md5, .tls]
        settings.innerMethods = [.ttls: inner, .peap: inner]
        let certificates = try #require(TestCertificates.shared)
        settings.tls = try certificates.server {
            $0.maximumVersion = TLSVersion(rawValue: version) ?? .v1_3
            $0.resumption = resumption
        }
        settings.maximumRounds = 200
        return settings
    }

    private func phase1(_ version: String, _ more: String = "") -> String {
        #"phase1="tls_disable_tlsv1_3=\#(version == "1.3" ? 0 : 1) \#(more)""#
    }

    @Test func md5() throws {
        let result = try EAPOLTest.run(settings([.md5]), ["eap=MD5"] + Self.bob, ["-n"])
        #expect(result.isSuccess)
        #expect(result.outcomes.map(\.method) == ["MD5"])
    }

    @Test func gtcByNak() throws {
        let result = try EAPOLTest.run(settings([.md5, .peap, .gtc]), ["eap=GTC"] + Self.bob, ["-n"])
        #expect(result.isSuccess)
        #expect(result.outcomes.map(\.method) == ["GTC"])
    }

    @Test func mschapv2() throws {
        let result = try EAPOLTest.run(settings([.mschapv2]), ["eap=MSCHAPV2"] + Self.bob)
        #expect(result.isSuccess)
        #expect(result.keysMatch)
    }

    @Test(arguments: [EAPType.md5, .gtc, .mschapv2])
    func wrongPassword(_ type: EAPType) throws {
        let network = ["eap=\(type.name.uppercased())", #"identity="bob""#, #"password="wrong""#]
        let result = try EAPOLTest.run(settings([type]), network, ["-n"])
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }

    @Test(arguments: versions, [1000, 300])
    func tls(_ version: String, _ fragment: Int) throws {
        var settings = try settings([.tls], version)
        settings.fragmentSize = fragment
        let network = ["eap=TLS", #"identity="x@example.org""#, Self.ca, phase1(version), "fragment_size=\(fragment)"] + Self.certificate
        let result = try EAPOLTest.run(settings, network, ["-e"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        let outcome = try #require(result.outcomes.first)
        #expect(outcome.identity == "bob")
        #expect(outcome.outerIdentity == "x@example.org")
        #expect(outcome.fact("TLS-Session-Version") == version)
        #expect(outcome.fact("TLS-Client-Cert-Subject-Alt-Name-Upn") == "bob@ad.example.org")
    }

    @Test(arguments: versions, [EAPType.tls, .ttls, .peap])
    func resumption(_ version: String, _ type: EAPType) throws {
        let settings = try settings([type], version, resumption: TLSResumption(lifetimeSeconds: 60, capacity: 10))
        let network =
            ["eap=\(type.name)", phase1(version), #"phase2="auth=MSCHAPV2""#] + Self.tunnel + (type == .tls ? Self.certificate : [])
        let result = try EAPOLTest.run(settings, network, ["-r", "2"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        #expect(result.outcomes.map(\.isAccepted) == [true, true, true])
        #expect(result.outcomes.map { $0.fact("TLS-Session-Resumed") } == ["no", "yes", "yes"])
        #expect(result.outcomes.map(\.identity) == ["bob", "bob", "bob"])
    }

    @Test(arguments: versions, ["auth=PAP", "auth=CHAP", "autheap=GTC", "autheap=TLS"])
    func ttlsResumption(_ version: String, _ phase2: String) throws {
        let settings = try settings([.ttls], version, resumption: TLSResumption(lifetimeSeconds: 60, capacity: 10))
        let network = ["eap=TTLS", phase1(version), #"phase2="\#(phase2)""#] + Self.tunnel + Self.innerCertificate
        // Debian's supplicant cannot begin inner TLS a third time.
        let times = phase2 == "autheap=TLS" ? 1 : 2
        let result = try EAPOLTest.run(settings, network, ["-r", "\(times)"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        #expect(result.outcomes.map { $0.fact("TLS-Session-Resumed") } == ["no"] + [String](repeating: "yes", count: times))
    }

    @Test(
        arguments: versions,
        ["auth=PAP", "auth=CHAP", "auth=MSCHAP", "auth=MSCHAPV2", "autheap=MD5", "autheap=MSCHAPV2", "autheap=GTC", "autheap=TLS"])
    func ttls(_ version: String, _ phase2: String) throws {
        var network = ["eap=TTLS", phase1(version), #"phase2="\#(phase2)""#] + Self.tunnel
        if phase2 == "autheap=TLS" { network += Self.innerCertificate }
        let result = try EAPOLTest.run(settings([.ttls], version), network, ["-e"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        let outcome = try #require(result.outcomes.first)
        #expect(outcome.identity == "bob")
        #expect(outcome.outerIdentity == "anonymous@example.org")
    }

    @Test(arguments: versions, ["auth=PAP", "auth=CHAP", "auth=MSCHAP", "auth=MSCHAPV2", "autheap=MD5", "autheap=MSCHAPV2", "autheap=GTC"])
    func ttlsWrongPassword(_ version: String, _ phase2: String) throws {
        let network = ["eap=TTLS", Self.ca, phase1(version), #"phase2="\#(phase2)""#, #"identity="bob""#, #"password="wrong""#]
        let result = try EAPOLTest.run(settings([.ttls], version), network)
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }

    @Test(
        arguments: versions, [("auth=MSCHAPV2", "0"), ("auth=MSCHAPV2", "1"), ("auth=MSCHAPV2", "2"), ("auth=GTC", "2"), ("auth=TLS", "2")])
    func peap(_ version: String, _ inner: (phase2: String, binding: String)) throws {
        var network =
            ["eap=PEAP", phase1(version, "peapver=0 crypto_binding=\(inner.binding)"), #"phase2="\#(inner.phase2)""#] + Self.tunnel
        if inner.phase2 == "auth=TLS" { network += Self.innerCertificate }
        let result = try EAPOLTest.run(settings([.peap], version), network, ["-e"])
        #expect(result.isSuccess)
        #expect(result.keysMatch)
        #expect(result.outcomes.map(\.identity) == ["bob"])
    }

    @Test(arguments: [(EAPCryptoBinding.no, 1, true), (.no, 2, false), (.required, 0, false), (.required, 1, true)])
    func peapCryptoBinding(_ server: EAPCryptoBinding, _ peer: Int, _ expected: Bool) throws {
        var settings = try settings([.peap])
        settings.peapCryptoBinding = server
        let network = ["eap=PEAP", phase1("1.2", "crypto_binding=\(peer)"), #"phase2="auth=MSCHAPV2""#] + Self.tunnel
        #expect(try EAPOLTest.run(settings, network).isSuccess == expected)
    }

    @Test(arguments: versions, ["auth=MSCHAPV2", "auth=GTC"])
    func peapWrongPassword(_ version: String, _ phase2: String) throws {
        let network = ["eap=PEAP", Self.ca, phase1(version), #"phase2="\#(phase2)""#, #"identity="bob""#, #"password="wrong""#]
        let result = try EAPOLTest.run(settings([.peap], version), network)
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }

    @Test(arguments: versions, ["TLS", "TTLS", "PEAP"])
    func wrongCA(_ version: String, _ method: String) throws {
        let network =
            ["eap=\(method)", phase1(version), #"phase2="auth=MSCHAPV2""#, #"ca_cert="DIR/stranger.pem""#] + Self.bob + Self.certificate
        let result = try EAPOLTest.run(settings([.tls, .ttls, .peap], version), network)
        #expect(!result.isSuccess)
        guard case .tls(let reason) = result.outcomes.first?.failure else {
            Issue.record("expected an alert")
            return
        }
        #expect(reason.contains("unknown CA"))
    }

    @Test(arguments: versions)
    func tlsWithoutACertificateWeTrust(_ version: String) throws {
        let certificate = [#"client_cert="DIR/stranger.pem""#, #"private_key="DIR/stranger.key""#]
        let network = ["eap=TLS", #"identity="bob""#, Self.ca, phase1(version)] + certificate
        let result = try EAPOLTest.run(settings([.tls], version), network)
        #expect(!result.isSuccess)
        #expect(result.outcomes.count == 1)
    }

    @Test(arguments: versions)
    func tlsRefusedByPolicy(_ version: String) throws {
        let network = ["eap=TLS", #"identity="bob""#, Self.ca, phase1(version)] + Self.certificate
        let result = try EAPOLTest.run(settings([.tls], version), network) { _ in EAPVerdict(isAccepted: false) }
        #expect(!result.isSuccess)
        #expect(result.outcomes.map(\.failure) == [.refused])
    }

    @Test(arguments: versions)
    func framedMTU(_ version: String) throws {
        let network = ["eap=TTLS", phase1(version), #"phase2="autheap=TLS""#, "fragment_size=100"] + Self.tunnel + Self.innerCertificate
        let result = try EAPOLTest.run(settings([.ttls], version), network, ["-N", "12:d:256"])
        #expect(result.isSuccess)
        #expect(try #require(result.outcomes.first).rounds > 25)
    }
}
