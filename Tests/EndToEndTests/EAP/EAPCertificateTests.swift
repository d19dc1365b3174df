import Foundation
import RADIUSWire
import TestSupport
import Testing

/// Certificates that must not be believed, and those that change while the program runs.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled && OpenSSLAuthority.isInstalled, "eapol_test or openssl is not installed"))
struct EAPCertificateTests {
    private nonisolated static let versions = ["1.2", "1.3"]

    /// The environment for a server whose certificates are not those of `radian certificate`.
    private func settings(_ server: OpenSSLAuthority.Files, authority: OpenSSLAuthority, revocationList: String = "") -> [String: String] {
        [
            "RADIAN_EAP_CERTIFICATE": server.certificate, "RADIAN_EAP_PRIVATE_KEY": server.key,
            "RADIAN_EAP_CA": authority.root.certificate, "RADIAN_EAP_CRL": revocationList, "RADIAN_EAP_METHODS": "TLS,PEAP,TTLS",
        ]
    }

    private func tls(_ client: OpenSSLAuthority.Files, authority: String, version: String) -> [String] {
        EAPOLTest.tunnel(
            "TLS",
            [
                "identity=\"alice\"", "anonymous_identity=\"alice\"", "ca_cert=\"\(authority)\"",
                "client_cert=\"\(client.certificate)\"", "private_key=\"\(client.key)\"",
            ], version: version)
    }

    @Test("a device that does not know the server's CA ends with an alert, which the log shows; nobody is accepted", arguments: versions)
    func wrongAuthorityAtTheDevice(version: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"])
            let certificates = try Certificates.shared.get()
            let server = try ServerUnderTest.start(site.database.url, certificates.settings)
            let foreign = try OpenSSLAuthority("Foreign CA")
            for (method, phase2) in [("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=PAP")] {
                let lines = EAPOLTest.user("alice", "x") + ["ca_cert=\"\(foreign.root.certificate)\"", "phase2=\"\(phase2)\""]
                let result = try EAPOLTest.run(EAPOLTest.tunnel(method, lines, version: version), port: server.authPort)
                #expect(!result.succeeded)
                #expect(result.output.contains("fatal:unknown CA"), "\(method): \(result.summary)")
                #expect(result.accepted.isEmpty)
                try site.expectReason("eap.tls", of: "anonymous@example.org")
            }
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE reply = 'Access-Accept'") == 0)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("client certificates that have expired, are a foreign CA's, or are made for servers", arguments: versions)
    func unusableClients(version: String) throws {
        try Site.with(.sqlite) { site in
            let ours = try OpenSSLAuthority("Our CA")
            let foreign = try OpenSSLAuthority("Our CA")
            let server = try ServerUnderTest.start(
                site.database.url, settings(ours.issue("radius.example.org", use: "serverAuth"), authority: ours))
            let good = try EAPOLTest.run(
                tls(ours.issue("alice", use: "clientAuth"), authority: ours.root.certificate, version: version), port: server.authPort)
            #expect(good.succeeded && good.keysMatch, "\(good.summary)")
            let bad = [
                ("expired", try ours.issue("carol", use: "clientAuth", ended: true)),
                ("foreign", try foreign.issue("alice", use: "clientAuth")), ("server's", try ours.issue("dave", use: "serverAuth")),
            ]
            for (name, client) in bad {
                let result = try EAPOLTest.run(tls(client, authority: ours.root.certificate, version: version), port: server.authPort)
                #expect(!result.succeeded && result.accepted.isEmpty, "\(name) is accepted")
                try eventually("the log has the \(name) certificate") {
                    try site.count("SELECT count(*) FROM radpostauth WHERE reason = 'eap.tls'") > 0
                }
                try site.script("DELETE FROM radpostauth")
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("chains of four certificates of more than 6 KiB travel both ways, in small pieces too", arguments: versions)
    func longChains(version: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"])
            let authority = try OpenSSLAuthority()
            let comment = ["nsComment=\"\(String(repeating: "long ", count: 400))\""]
            let first = try authority.issue("First", use: "authority", extensions: comment)
            let second = try authority.issue("Second", by: first, use: "authority", extensions: comment)
            func chain(_ name: String, _ use: String) throws -> OpenSSLAuthority.Files {
                let files = try authority.issue(name, by: second, use: use, extensions: comment)
                try [files, second, first, authority.root].map { try $0.text }.joined().write(
                    toFile: files.certificate, atomically: true, encoding: .utf8)
                return files
            }
            let server = try chain("radius.example.org", "serverAuth")
            #expect(try server.text.utf8.count * 3 / 4 > 6 * 1024)
            let running = try ServerUnderTest.start(site.database.url, settings(server, authority: authority))
            let client = try tls(chain("alice", "clientAuth"), authority: authority.root.certificate, version: version)
            for lines in [client, client + ["fragment_size=400"]] {
                let attributes = lines.count > client.count ? ["12:d:512"] : []
                let result = try EAPOLTest.run(lines, port: running.authPort, attributes: attributes)
                #expect(result.succeeded && result.keysMatch, "\(result.summary)\n\(running.log.suffix(1000))")
            }
            #expect(try running.stop() == .code(0))
        }
    }

    @Test("RSA certificates on both sides", arguments: versions)
    func rsa(version: String) throws {
        try Site.with(.sqlite) { site in
            let authority = try OpenSSLAuthority(key: .rsa)
            let server = try ServerUnderTest.start(
                site.database.url,
                settings(authority.issue("radius.example.org", use: "serverAuth", key: .rsa), authority: authority))
            let client = try authority.issue("alice", use: "clientAuth", key: .rsa)
            let result = try EAPOLTest.run(
                tls(client, authority: authority.root.certificate, version: version), port: server.authPort, reauthentications: 1)
            #expect(result.succeeded && result.keysMatch, "\(result.summary)")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a certificate revoked while the server runs ends neither a conversation under way nor escapes by resumption")
    func revokedLive() throws {
        try Site.with(.sqlite) { site in
            let certificates = try Certificates("--key", "ec")
            try certificates.radian("client", "alice")
            try certificates.radian("client", "bob")
            let server = try ServerUnderTest.start(
                site.database.url, certificates.settings.merging(["RADIAN_EAP_METHODS": "TLS"]) { $1 })
            func network(_ name: String, _ version: String) -> [String] {
                EAPOLTest.tunnel("TLS", certificates.client(name) + certificates.authority, version: version)
            }
            // Alice's device has a session to come back with; Bob's is in the middle of its handshake.
            let (resuming, shaking) = (Hold(), Hold())
            let identities = Counter()
            let first = try PacketRelay(to: server.authPort) { direction, _, packet in
                if direction == .request, packet.isEAPIdentity, identities.next() == 1 { resuming.wait() }
                return [packet]
            }
            let second = try PacketRelay(to: server.authPort) { direction, number, packet in
                if direction == .request, number == 2 { shaking.wait() }
                return [packet]
            }
            let alice = try EAPOLTest.start(network("alice", "1.3"), port: first.port, reauthentications: 1, seconds: 40)
            let bob = try EAPOLTest.start(network("bob", "1.2"), port: second.port, station: "02:00:00:00:00:02", seconds: 40)
            try resuming.expect()
            try shaking.expect()
            let place = server.process.output.count
            try certificates.radian("revoke", "alice")
            try server.process.expect("EAP certificates read again", from: place)
            shaking.release()
            #expect(try bob.wait().succeeded)
            resuming.release()
            let result = try alice.wait()
            #expect(!result.succeeded, "a revoked certificate comes back by resumption")
            #expect(result.output.components(separatedBy: "code=2 (Access-Accept)").count == 2)
            first.stop()
            second.stop()
            #expect(try EAPOLTest.run(network("bob", "1.3"), port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "a server certificate replaced while conversations run: they end well, the next ones see the new one; half a file changes nothing")
    func swappedLive() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"])
            let certificates = try Certificates()
            let server = try ServerUnderTest.start(site.database.url, certificates.settings)
            let network = EAPOLTest.tunnel(
                "PEAP", EAPOLTest.user("alice", "x") + certificates.authority + ["phase2=\"auth=MSCHAPV2\""])
            let hold = Hold()
            let relay = try PacketRelay(to: server.authPort) { direction, number, packet in
                if direction == .request, number == 2 { hold.wait() }
                return [packet]
            }
            let running = try EAPOLTest.start(network, port: relay.port, seconds: 40)
            try hold.expect()
            var place = server.process.output.count
            try certificates.radian("renew", "--server-name", "new.example.org")
            try server.process.expect("EAP certificates read again", from: place)
            hold.release()
            let under = try running.wait()
            #expect(under.succeeded && under.keysMatch, "\(under.summary)")
            #expect(under.output.contains("CN=radius.example.org"))
            relay.stop()
            let next = try EAPOLTest.run(network, port: server.authPort)
            #expect(next.succeeded && next.output.contains("CN=new.example.org"))

            place = server.process.output.count
            try Data(contentsOf: URL(fileURLWithPath: certificates.path("server.pem"))).prefix(100).write(
                to: URL(fileURLWithPath: certificates.path("server.pem")))
            try server.process.expect("EAP certificates read again", from: place)
            #expect(server.log.contains("the former certificate stays in use"))
            #expect(try EAPOLTest.run(network, port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))
        }
    }
}

/// Counts on several threads.
///
/// `@unchecked Sendable`: `lock` guards `count`.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    /// The number of calls before this one.
    func next() -> Int {
        lock.withLock {
            defer { count += 1 }
            return count
        }
    }
}

extension [UInt8] {
    /// Whether a RADIUS packet carries an EAP Response/Identity.
    var isEAPIdentity: Bool {
        (try? Packet(validating: self)).map { $0.eap.count > 4 && $0.eap[0] == 2 && $0.eap[4] == 1 } ?? false
    }
}
