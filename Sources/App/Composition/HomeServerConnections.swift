import RADIUSTransport
import RADIUSWire
import TLSEngine

/// Makes the connections to home servers over TCP, TLS and DTLS.
struct HomeServerConnections: Sendable {
    let configuration: LinksConfiguration
    let environment: ConnectionEnvironment

    /// Why a connection cannot be made.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - host: what the server's certificate must be for.
    ///   - realm: instead, the realm that the certificate must name (NAIRealm, RFC 7585 §2.2).
    ///   - profile: name of the TLS files to use; nil for the general ones.
    ///   - statusInterval: silence after which Status-Server asks; zero never asks.
    func link(
        _ transport: NASTransport, to peer: SocketEndpoint, secret: SharedSecret, host: String, realm: String? = nil,
        profile: String? = nil, source: IPAddress? = nil, requireMessageAuthenticator: Requirement = .auto,
        statusInterval: Duration = .seconds(30), keepsConnection: Bool = true
    ) throws -> ConnectedLink {
        var link = ConnectedLink.Configuration(peer: peer, transport: transport, secret: secret)
        link.source = source
        link.requireMessageAuthenticator = requireMessageAuthenticator
        link.statusInterval = statusInterval
        link.keepsConnection = keepsConnection
        link.maximumLength = configuration.maximumLength
        guard transport.isProtected else { return ConnectedLink(link, context: nil, environment: environment) }
        // RADIUS/1.1 needs TLS 1.3, which DTLS does not have here.
        link.versions = transport == .dtls && configuration.versions == .both ? .v1_0 : configuration.versions
        link.serverName = host
        let context = try context(transport, host: host, realm: realm, profile: profile, versions: link.versions)
        return ConnectedLink(link, context: context, environment: environment)
    }

    private func context(
        _ transport: NASTransport, host: String, realm: String?, profile: String?, versions: RADIUSVersions
    ) throws -> TLSContext {
        let files: TLSFiles
        if let profile, !profile.isEmpty {
            guard let named = configuration.profiles[profile] else {
                throw Problem(description: "there is no TLS profile '\(profile)' in the configuration")
            }
            files = named
        } else {
            files = configuration.files
        }
        var tls = try files.configuration(.client, transport == .dtls ? .datagram : .stream)
        tls.serverName = host
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
