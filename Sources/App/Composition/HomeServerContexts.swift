import RADIUSProxy
import RADIUSTransport
import TLSEngine

/// Makes the TLS settings of connections to home servers.
struct HomeServerContexts: Sendable {
    let configuration: LinksConfiguration

    /// Why a connection cannot be made.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// The certificate must be for the server's host, or, where DNS named the server, for its realm (NAIRealm, RFC 7585 §2.2).
    func context(for server: HomeServer) throws -> TLSContext {
        var files = configuration.files
        if let profile = server.tlsProfile, !profile.isEmpty {
            guard let named = configuration.profiles[profile] else {
                throw Problem(description: "there is no TLS profile '\(profile)' in the configuration")
            }
            files = named
        }
        let isDatagram = server.transport == .dtls
        var tls = try files.configuration(.client, isDatagram ? .datagram : .stream)
        tls.serverName = server.host
        // RADIUS/1.1 needs TLS 1.3, which DTLS does not have here.
        let versions = isDatagram && configuration.versions == .both ? .v1_0 : configuration.versions
        tls.applicationProtocols = versions.applicationProtocols
        if let realm = server.certificateRealm {
            tls.checksServerName = false
            tls.certificateCheck = { chain in
                guard let leaf = chain.first, Self.names(leaf, realm) else { return "the certificate is not for the realm \(realm)" }
                return nil
            }
        }
        return try TLSContext(tls)
    }

    /// RFC 7585 §2.2: the realm itself, or one label before a name with an asterisk.
    private static func names(_ certificate: Certificate, _ realm: String) -> Bool {
        let realm = realm.lowercased()
        return certificate.naiRealms.contains { name in
            let name = name.lowercased()
            guard name.hasPrefix("*.") else { return name == realm }
            guard let dot = realm.firstIndex(of: ".") else { return false }
            return realm[dot...] == name.dropFirst()
        }
    }
}
