import Foundation
import Glibc
import TestSupport
import Testing

/// Certificates by the name that a peer asks for (SNI), on RadSec and as `radian check` sees them.
@PeerThread
@Suite(.enabled(if: OpenSSLAuthority.isInstalled, "openssl is not installed"))
struct ServerNameTests {
    private func start(_ site: Site, _ port: Int, _ certificates: [OpenSSLAuthority.Files], _ authority: OpenSSLAuthority) throws
        -> ServerUnderTest
    {
        try ServerUnderTest.start(
            site.database.url,
            [
                "RADIAN_LINKS_TLS_PORT": "\(port)", "RADIAN_LINKS_CERTIFICATE": certificates.map(\.certificate).joined(separator: ","),
                "RADIAN_LINKS_PRIVATE_KEY": certificates.map(\.key).joined(separator: ", "),
                "RADIAN_LINKS_CA": authority.root.certificate, "RADIAN_LINKS_CRL": "",
            ])
    }

    /// The subject that the server shows.
    private func subject(_ port: Int, _ name: String?, _ client: OpenSSLAuthority.Files, version: String = "-tls1_3") throws -> String {
        let (_, output) = try ChildProcess.run(
            "/usr/bin/openssl",
            ["s_client", version, "-connect", "127.0.0.1:\(port)", "-cert", client.certificate, "-key", client.key]
                + (name.map { ["-servername", $0] } ?? ["-noservername"]))
        let line = output.split(separator: "\n").first { $0.hasPrefix("subject=") } ?? ""
        return String(line.split(separator: " ").last ?? "")
    }

    @Test("the name chooses the certificate, also after the files have changed")
    func names() throws {
        try Site.with(.sqlite) { site in
            let authority = try OpenSSLAuthority()
            let client = try authority.issue("nas", use: "clientAuth")
            let main = try authority.issue("radius.example.org", use: "serverAuth")
            let federation = try authority.issue("radsec.example.net", use: "serverAuth", key: .rsa)
            let port = try Surroundings.freePorts(1)[0]
            let server = try start(site, port, [main, federation], authority)
            for version in ["-tls1_2", "-tls1_3"] {
                #expect(try subject(port, nil, client, version: version) == "radius.example.org")
                #expect(try subject(port, "radsec.example.net", client, version: version) == "radsec.example.net")
                #expect(try subject(port, "elsewhere.example.net", client, version: version) == "radius.example.org")
            }
            let replacement = try authority.issue(
                "renewed", use: "serverAuth", extensions: ["subjectAltName=DNS:radsec.example.net"])
            for (new, old) in [(replacement.key, federation.key), (replacement.certificate, federation.certificate)] {
                guard rename(new, old) == 0 else { throw TimedOut(description: "rename: errno \(errno)") }
            }
            try eventually("the new certificate", within: 30) { try subject(port, "radsec.example.net", client) == "renewed" }
            #expect(try subject(port, nil, client) == "radius.example.org")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("radian check looks at all of them, and a key too few is told at the start")
    func mistakes() throws {
        try Site.with(.sqlite) { site in
            let authority = try OpenSSLAuthority()
            let main = try authority.issue("radius.example.org", use: "serverAuth")
            let other = try authority.issue("old.example.org", use: "serverAuth", ended: true)
            func check(_ certificates: [OpenSSLAuthority.Files], _ keys: [OpenSSLAuthority.Files]) throws -> String {
                try ChildProcess.run(
                    Surroundings.radian, ["check"],
                    environment: [
                        "RADIAN_DATABASE_URL": site.database.url, "RADIAN_DICTIONARY_PATH": Surroundings.dictionaries,
                        "RADIAN_EAP_CERTIFICATE": certificates.map(\.certificate).joined(separator: ","),
                        "RADIAN_EAP_PRIVATE_KEY": keys.map(\.key).joined(separator: ","), "RADIAN_EAP_CA": authority.root.certificate,
                    ]
                ).output
            }
            let ended = try check([main, other], [main, other])
            #expect(ended.contains("the certificate of eap ('CN=old.example.org') expired"), "\(ended)")
            let swapped = try check([main, other], [other, main])
            #expect(swapped.contains("\(main.key) does not serve for \(other.certificate)"), "\(swapped)")
            let missing = try check([main, other], [main])
            #expect(missing.contains("must name as many files"), "\(missing)")
        }
    }
}
