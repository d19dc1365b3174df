import TestSupport
import Testing

/// wpa_supplicant's own EAP peer against the running program: each method, each TLS version, and what must fail.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var network: [String]
        var hasKeys = true
        var reauthentications = 0
        var attributes: [String] = []
        var testDescription: String { name }
    }

    private nonisolated static let alice = ["identity=\"alice\"", "password=\"wonder land\""]

    nonisolated static let good: [Case] = {
        var cases: [Case] = [
            Case(name: "pwd", network: ["eap=PWD"] + alice),
            Case(name: "pwd in fragments", network: ["eap=PWD", "fragment_size=100"] + alice),
            Case(name: "MD5", network: ["eap=MD5"] + alice, hasKeys: false),
            Case(name: "GTC", network: ["eap=GTC"] + alice, hasKeys: false),
            Case(name: "MSCHAPv2", network: ["eap=MSCHAPV2"] + alice, hasKeys: false),
        ]
        for version in ["1.2", "1.3"] {
            for phase2 in ["auth=PAP", "auth=CHAP", "auth=MSCHAP", "auth=MSCHAPV2", "autheap=MSCHAPV2", "autheap=GTC", "autheap=MD5"] {
                cases.append(
                    Case(
                        name: "TTLS \(phase2), TLS \(version)",
                        network: EAPOLTest.tunnel("TTLS", alice + ["phase2=\"\(phase2)\""], version: version)))
            }
            for binding in 0...2 {
                cases.append(
                    Case(
                        name: "PEAP-MSCHAPv2, crypto-binding \(binding), TLS \(version)",
                        network: EAPOLTest.tunnel(
                            "PEAP", alice + ["phase1=\"peapver=0 crypto_binding=\(binding)\"", "phase2=\"auth=MSCHAPV2\""],
                            version: version)))
            }
            cases.append(
                Case(name: "PEAP-GTC, TLS \(version)", network: EAPOLTest.tunnel("PEAP", alice + ["phase2=\"auth=GTC\""], version: version))
            )
            cases.append(
                Case(
                    name: "PEAP, small packets, TLS \(version)",
                    network: EAPOLTest.tunnel("PEAP", alice + ["phase2=\"auth=MSCHAPV2\"", "fragment_size=200"], version: version),
                    attributes: ["12:d:256"]))
            cases.append(
                Case(
                    name: "PEAP, resumed twice, TLS \(version)",
                    network: EAPOLTest.tunnel("PEAP", alice + ["phase1=\"fast_reauth=1\"", "phase2=\"auth=MSCHAPV2\""], version: version),
                    reauthentications: 2))
            cases.append(
                Case(
                    name: "TTLS, resumed twice, TLS \(version)",
                    network: EAPOLTest.tunnel("TTLS", alice + ["phase2=\"auth=PAP\""], version: version), reauthentications: 2))
        }
        return cases
    }()

    private func start(_ site: Site, _ more: [String: String] = [:]) throws -> ServerUnderTest {
        try site.addUser("alice", check: ["Cleartext-Password := wonder land"], reply: ["Session-Timeout = 600", "Reply-Message = hello"])
        let methods = ["RADIAN_EAP_METHODS": "PEAP,TTLS,TLS,pwd,MSCHAPv2,GTC,MD5"]
        return try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings.merging(methods) { $1 }.merging(more) { $1 })
    }

    @Test("every method accepts the right password with matching keys and refuses a wrong one")
    func methods() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site)
            for test in Self.good {
                let network = try test.network + Certificates.shared.get().authority
                let result = try EAPOLTest.run(
                    network, port: server.authPort, reauthentications: test.reauthentications, hasKeys: test.hasKeys,
                    attributes: test.attributes)
                if let version = test.name.split(separator: "TLS ").dropFirst().last, test.name.contains(", TLS ") {
                    #expect(result.output.contains("Using TLS version TLSv\(version)"), "\(test.name): another version of TLS")
                }
                #expect(
                    result.succeeded && (!test.hasKeys || result.keysMatch), "\(test.name): \(result.summary)\n\(server.log.suffix(2000))")
                let wrong = network.map { $0 == Self.alice[1] ? "password=\"wonderland\"" : $0 }
                let refused = try EAPOLTest.run(wrong, port: server.authPort, hasKeys: test.hasKeys, attributes: test.attributes)
                #expect(!refused.succeeded, "\(test.name) took a wrong password")
            }
            #expect(try server.stop() == .code(0))
            // The user's own name, never the anonymous one.
            #expect(
                try site.count("SELECT count(*) FROM radpostauth WHERE username = 'anonymous@example.org' AND reply = 'Access-Accept'") == 0
            )
            #expect(
                try site.count("SELECT count(*) FROM radpostauth WHERE username = 'alice' AND reply = 'Access-Accept'")
                    >= Int64(Self.good.count))
        }
    }

    @Test("a client certificate logs its owner in; a revoked one, or none of ours, does not", arguments: ["1.2", "1.3"])
    func certificates(version: String) throws {
        try Site.with(.sqlite) { site in
            let server = try start(site)
            let certificates = try Certificates.shared.get()
            func network(_ name: String, more: [String] = []) -> [String] {
                EAPOLTest.tunnel("TLS", certificates.client(name) + certificates.authority + more, version: version)
            }
            let good = try EAPOLTest.run(network("alice", more: ["fragment_size=300"]), port: server.authPort, reauthentications: 2)
            #expect(good.succeeded && good.keysMatch, "\(good.summary)\n\(server.log.suffix(2000))")
            let revoked = try EAPOLTest.run(network("mallory"), port: server.authPort)
            #expect(!revoked.succeeded, "\(revoked.summary)")
            #expect(try server.stop() == .code(0))
        }
    }
}
