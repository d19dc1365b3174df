import Logging
import NIOConcurrencyHelpers
import RADIUSTransport
import ServerKernel
import TLSEngine

/// The listeners of TCP, TLS and DTLS with the threads behind them. Certificates, keys, trust and revocation lists are read again when their
/// files change: new links use them, open ones stay, unless the new ones refuse their certificate.
final class LinkListeners: Sendable {
    private struct Streams: Sendable {
        var tcp: [StreamListener] = []
        var tls: StreamListener?
        var dtls: DatagramTLSListener?
    }

    private let configuration: LinksConfiguration
    private let environment: LinkEnvironment
    private let logger: Logger
    private let streams: Streams
    private let stamps: NIOLockedValueBox<[String: FileStamp]>

    /// - Parameters:
    ///   - general: what all listeners of the server have in common; addresses and roles are set here.
    ///   - addresses: to listen on, with each port of the configuration.
    /// - Throws: for TLS files that cannot be used.
    init(
        _ configuration: LinksConfiguration, general: LinkConfiguration, addresses: [IPAddress], environment: LinkEnvironment
    ) throws {
        self.configuration = configuration
        self.environment = environment
        logger = environment.logger
        func listener(_ transport: NASTransport, _ port: Int, _ roles: Set<ListenerRole>) -> LinkConfiguration {
            var listener = general
            listener.addresses = addresses.map { SocketEndpoint(address: $0, port: UInt16(port)) }
            listener.transport = transport
            listener.roles = roles
            listener.versions = configuration.versions
            listener.maximumLength = configuration.maximumLength
            listener.maximumRequestsPerLink = configuration.maximumRequestsPerLink
            listener.maximumLinks = configuration.maximumLinks
            listener.handshakeTimeout = configuration.handshakeTimeout
            listener.proxyProtocolFrom = configuration.proxyProtocolFrom
            return listener
        }
        var streams = Streams()
        if configuration.tcpAuthenticationPort > 0 {
            streams.tcp.append(
                StreamListener(
                    listener(.tcp, configuration.tcpAuthenticationPort, [.authentication]), context: nil, environment: environment))
        }
        if configuration.tcpAccountingPort > 0 {
            streams.tcp.append(
                StreamListener(listener(.tcp, configuration.tcpAccountingPort, [.accounting]), context: nil, environment: environment))
        }
        let roles: Set<ListenerRole> =
            configuration.takesDynamicAuthorization ? Set(ListenerRole.allCases) : [.authentication, .accounting]
        stamps = NIOLockedValueBox(FileStamp.all(configuration.files.paths))
        if configuration.tlsPort > 0 {
            streams.tls = StreamListener(
                listener(.tls, configuration.tlsPort, roles), context: try Self.context(configuration, .stream, environment),
                environment: environment)
        }
        if configuration.dtlsPort > 0 {
            streams.dtls = DatagramTLSListener(
                listener(.dtls, configuration.dtlsPort, roles), context: try Self.context(configuration, .datagram, environment),
                environment: environment)
        }
        self.streams = streams
    }

    /// Binds all addresses; nothing is left open when one cannot be had.
    func start() throws {
        do {
            for listener in streams.tcp { try listener.start() }
            try streams.tls?.start()
            try streams.dtls?.start()
        } catch {
            stop()
            throw error
        }
    }

    /// What is listened on, for the log: `tls 0.0.0.0:2083`.
    var endpoints: [String] {
        streams.tcp.flatMap(\.boundEndpoints).map { "tcp \($0)" } + (streams.tls?.boundEndpoints ?? []).map { "tls \($0)" }
            + (streams.dtls?.boundEndpoints ?? []).map { "dtls \($0)" }
    }

    /// Drains and closes all links. The workers stay, for the caller to stop afterwards.
    func stop() {
        for listener in streams.tcp { listener.stop() }
        streams.tls?.stop()
        streams.dtls?.stop()
    }

    /// Looks at the files from time to time.
    var job: Job {
        Job("links.certificates", every: .seconds(5)) { [self] in reload() }
    }

    private func reload() {
        let now = FileStamp.all(configuration.files.paths)
        guard streams.tls != nil || streams.dtls != nil, now != stamps.withLockedValue({ $0 }) else { return }
        do {
            let stream = try Self.context(configuration, .stream, environment)
            let datagram = try Self.context(configuration, .datagram, environment)
            streams.tls?.replace(stream, verifyingAgain: configuration.verifiesOpenLinks)
            streams.dtls?.replace(datagram, verifyingAgain: configuration.verifiesOpenLinks)
            stamps.withLockedValue { $0 = now }
            logger.info("certificates of links read again")
        } catch {
            // A file caught half written must not end what works; the next look finds it whole.
            logger.warning("certificates of links cannot be read: \(error); the old ones stay")
        }
    }

    private static func context(
        _ configuration: LinksConfiguration, _ transport: TLSConfiguration.Transport, _ environment: LinkEnvironment
    ) throws -> TLSContext {
        var tls: TLSConfiguration
        switch configuration.proof {
        case .certificate:
            tls = try configuration.files.configuration(.server, transport)
        case .psk:
            tls = TLSConfiguration(role: .server, transport: transport)
            tls.minimumVersion = configuration.files.minimumVersion
            // Without a certificate there are no other suites to agree on.
            tls.ciphers = configuration.files.ciphers.isEmpty ? "PSK" : configuration.files.ciphers
            tls.preSharedKeys = .server { [directory = environment.directory] in directory.table.preSharedKey(identity: $0) }
        }
        // RADIUS/1.1 needs TLS 1.3, which DTLS does not have here.
        let versions = transport == .datagram && configuration.versions == .both ? .v1_0 : configuration.versions
        tls.applicationProtocols = versions.applicationProtocols
        return try TLSContext(tls)
    }
}
