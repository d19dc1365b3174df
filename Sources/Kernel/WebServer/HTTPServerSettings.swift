/// Where the server listens and how long it waits for whom.
public struct HTTPServerSettings: Sendable {
    /// Certificate and key of HTTPS.
    public struct TLSFiles: Sendable, Equatable {
        /// PEM file, the own certificate first, then its intermediates.
        public var certificate: String
        /// PEM file.
        public var privateKey: String

        public init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }

    public var host: String
    /// TCP port; 0 for any free one.
    public var port: Int
    /// Nil serves HTTP without encryption.
    public var tls: TLSFiles?
    /// Connections at once; more wait unaccepted.
    public var maximumConnections = 4096
    /// Time for TLS's handshake and the first request's head.
    public var headTimeout: Duration = .seconds(15)
    /// Time for a request's body; each 16 KiB of it give one second more.
    public var bodyTimeout: Duration = .seconds(30)
    /// Time that a connection may rest between requests.
    public var idleTimeout: Duration = .seconds(60)
    /// Time for which a client may take nothing of its answer.
    public var writeTimeout: Duration = .seconds(60)
    /// Time for requests under way when the server stops.
    public var stopTimeout: Duration = .seconds(10)
    /// Time between pings of an open WebSocket; a client that is silent for three of them is gone.
    public var pingInterval: Duration = .seconds(30)

    public init(host: String, port: Int, tls: TLSFiles? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}
