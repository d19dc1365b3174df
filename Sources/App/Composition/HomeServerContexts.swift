import Logging
import NIOConcurrencyHelpers
import RADIUSProxy
import RADIUSTransport
import ServerKernel
import TLSEngine

/// Makes the TLS settings of connections to home servers, and makes them anew when their files change: connections to come use them, open
/// ones stay.
final class HomeServerContexts: Sendable {
    /// A link whose settings are kept up to date while somebody uses it.
    private struct Kept {
        weak var link: ConnectedLink?
        let server: HomeServer
    }

    private struct State {
        var kept: [Kept] = []
        var stamps: [String: FileStamp]
    }

    private let configuration: LinksConfiguration
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    init(configuration: LinksConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = NIOLockedValueBox(State(stamps: Self.stamps(configuration)))
    }

    /// Octets of a packet on streams.
    var maximumLength: Int { configuration.maximumLength }

    private static func stamps(_ configuration: LinksConfiguration) -> [String: FileStamp] {
        FileStamp.all(([configuration.files] + configuration.profiles.values).flatMap(\.paths))
    }

    /// Looks at the files from time to time.
    var job: Job {
        Job("home-servers.certificates", every: .seconds(5)) { [self] in reload() }
    }

    /// Keeps the settings of a link up to date.
    func keep(_ link: ConnectedLink, of server: HomeServer) {
        guard server.transport.isProtected else { return }
        state.withLockedValue { state in
            state.kept.removeAll { $0.link == nil }
            state.kept.append(Kept(link: link, server: server))
        }
    }

    private func reload() {
        let now = Self.stamps(configuration)
        let (before, kept) = state.withLockedValue { ($0.stamps, $0.kept) }
        guard now != before else { return }
        do {
            let renewed = try kept.compactMap { kept in
                try kept.link.map { ($0, try context(for: kept.server)) }
            }
            for (link, context) in renewed { link.replace(context) }
            state.withLockedValue { $0.stamps = now }
            if !renewed.isEmpty { logger.info("certificates for home servers read again") }
        } catch {
            // A file caught half written must not end what works; the next look finds it whole.
            logger.warning("certificates for home servers cannot be read: \(error); the old ones stay")
        }
    }

    /// The certificate must be for the server's host, or, where DNS named the server, for its realm (NAIRealm, RFC 7585 §2.2).
    func context(for server: HomeServer) throws -> TLSContext {
        var files = configuration.files
        if let profile = server.tlsProfile, !profile.isEmpty {
            guard let named = configuration.profiles[profile] else {
                throw TLSFiles.Problem(description: "there is no TLS profile '\(profile)' in the configuration")
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
