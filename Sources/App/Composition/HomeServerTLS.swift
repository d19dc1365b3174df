import RADIUSTransport
import TLSEngine

/// Makes the TLS contexts for connections to home servers.
struct HomeServerTLS: Sendable {
    let configuration: LinksConfiguration

    /// - Parameters:
    ///   - host: what the server's certificate must be for.
    ///   - realm: instead, the realm that the certificate must name (NAIRealm, RFC 7585 §2.2); nil for servers that are configured.
    ///   - profile: name of the TLS files to use; nil or empty for the general ones.
    /// - Throws: for files that cannot be used.
    func context(_ transport: NASTransport, host: String, realm: String?, profile: String?) throws -> TLSContext {
        var files = configuration.files
        if let profile, !profile.isEmpty {
            guard let named = configuration.profiles[profile] else {
                throw TLSFiles.Problem(description: "there is no TLS profile '\(profile)' in the configuration")
            }
            files = named
        }
        var tls = try files.configuration(.client, transport == .dtls ? .datagram : .stream)
        tls.serverName = host
        // RADIUS/1.1 needs TLS 1.3, which DTLS does not have here.
        let versions = transport == .dtls && configuration.versions == .both ? .v1_0 : configuration.versions
        tls.applicationProtocols = versions.applicationProtocols
        if let realm {
            tls.checksServerName = false
            tls.certificateCheck = { chain in
                guard let leaf = chain.first, Self.names(leaf, realm) else { return "the certificate is not for the realm \(realm)" }
                return nil
            }
        }
        return try TLSContext(tls)
    }

    /// Whether a certificate is for the realm itself, or by an asterisk for all that have one label more than the rest of the name.
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
