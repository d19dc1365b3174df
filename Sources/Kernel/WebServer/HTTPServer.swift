import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle
public import WebRouting

/// Serves routes and WebSockets over HTTP/1.1 and, with TLS, HTTP/2, by Hummingbird.
public struct HTTPServer: Service {
    private let service: WebService
    private let settings: HTTPServerSettings
    private let identity: TLSIdentity?
    private let logger: Logger
    private let onRunning: @Sendable (Int) -> Void

    /// - Parameter onRunning: gets the port once the server listens.
    /// - Throws: when certificate and key cannot be used.
    public init(
        _ service: WebService, settings: HTTPServerSettings, logger: Logger, onRunning: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        self.service = service
        self.settings = settings
        self.logger = logger
        self.onRunning = onRunning
        identity = try settings.tls.map { try TLSIdentity($0) }
    }

    /// Reads certificate and key again where they changed; connections that are open stay.
    /// - Throws: when the new ones cannot be used; the old ones stay in use.
    public func reloadCertificate() throws {
        if try identity?.reloadIfChanged() == true { logger.info("HTTPS has a new certificate") }
    }

    /// Returns after a graceful shutdown: nothing new is accepted, requests under way have ``HTTPServerSettings/stopTimeout``.
    public func run() async throws {
        let application = Application(
            responder: WebResponder(service: service), server: channels,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "radian",
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections, logger: logger)),
            onServerRunning: { onRunning($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await application.run()
                return false
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: settings.stopTimeout)
                return true
            }
            let isLate = try await group.next() ?? false
            group.cancelAll()
            // What a cancelled server says on its way out is no failure.
            if isLate { _ = try? await group.next() }
        }
    }

    private var channels: HTTPServerBuilder {
        HTTPServerBuilder { [service, settings, identity] responder in
            ConnectionChannel(
                http1: UpgradableChannel(responder: responder, service: service, settings: settings, isSecure: identity != nil),
                identity: identity, settings: settings)
        }
    }
}
