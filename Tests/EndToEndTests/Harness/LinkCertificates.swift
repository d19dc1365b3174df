import Foundation

/// Certificates of servers, proxies and NAS devices that connect over TLS and DTLS, all of one authority.
final class LinkCertificates: Sendable {
    static let shared = Result { try LinkCertificates() }

    /// Where the files of one peer are.
    struct Identity: Sendable {
        let certificate: String
        let key: String
    }

    let authority: String
    let radian: Identity
    let home: Identity
    let nas: Identity
    private let directory: URL

    private init() throws {
        let maker = try OpenSSLAuthority("Federation CA")
        // The authority's directory ends with it.
        let directory = try Surroundings.temporaryDirectory("links")
        self.directory = directory
        func issue(_ name: String) throws -> Identity {
            let files = try maker.issue(
                name, use: "serverAuth,clientAuth", extensions: ["subjectAltName=DNS:\(name),IP:127.0.0.1"])
            let identity = Identity(
                certificate: directory.appending(path: "\(name).pem").path, key: directory.appending(path: "\(name).key").path)
            try FileManager.default.copyItem(atPath: files.certificate, toPath: identity.certificate)
            try FileManager.default.copyItem(atPath: files.key, toPath: identity.key)
            return identity
        }
        radian = try issue("radian.example.net")
        home = try issue("radius.home.example")
        nas = try issue("ap.hotel.example")
        authority = directory.appending(path: "ca.pem").path
        try FileManager.default.copyItem(atPath: maker.root.certificate, toPath: authority)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// The environment by which the program finds its own.
    var settings: [String: String] {
        ["RADIAN_LINKS_CERTIFICATE": radian.certificate, "RADIAN_LINKS_PRIVATE_KEY": radian.key, "RADIAN_LINKS_CA": authority]
    }
}
