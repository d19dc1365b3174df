/// What a ``TLSContext`` is made of: values only, PEM texts and never paths.
public struct TLSConfiguration: Sendable {
    public enum Role: Sendable { case server, client }

    /// TLS over a byte stream (TCP, EAP), or DTLS.
    public enum Transport: Sendable { case stream, datagram }

    /// Of the peer's certificate.
    public enum Verification: Sendable {
        /// A server asks for no certificate; a client takes any.
        case none
        /// A server goes on without a certificate, but never with a bad one; for a client the same as ``required``.
        case optional
        case required
    }

    /// Whether the peer's certificate must name its use: `clientAuth` for clients, `serverAuth` for servers (RFC 5280 §4.2.1.12).
    public enum ExtendedKeyUsageCheck: Sendable {
        case ignored
        /// A certificate without the extension passes, one with other uses does not.
        case ifPresent
        case required
    }

    public enum PreSharedKeys: Sendable {
        /// Answers the key of an identity, up to 256 octets; nil: unknown.
        case server(@Sendable (_ identity: String) -> [UInt8]?)
        case client(identity: String, key: [UInt8])
    }

    /// A certificate with its key.
    public struct Identity: Sendable {
        /// PEM, leaf first.
        public var certificateChain: String
        /// PEM.
        public var privateKey: String

        public init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    public var role: Role
    public var transport: Transport

    /// Own certificate and its intermediates as PEM, leaf first; empty: none (pre-shared keys, anonymous, clients without certificate).
    public var certificateChain = ""
    /// PEM; empty: none.
    public var privateKey = ""
    /// Of all keys here that are encrypted.
    public var privateKeyPassword: String?
    /// Server: what clients are shown who ask for one of its names (RFC 6066 §3); the first that fits. All others, and those who ask for a
    /// name of ``certificateChain``, get that.
    public var furtherIdentities: [Identity] = []

    /// CAs as PEM; empty: none is trusted. The system's roots are never used. Intermediates and single certificates count as anchors.
    public var trustedCertificates = ""
    /// Certificate revocation lists, PEM (several may follow each other) or DER.
    public var revocationLists: [[UInt8]] = []
    /// Refuses a certificate of which no current list tells. Otherwise a missing or outdated list is no obstacle, what lists revoke is.
    public var requiresRevocationList = false
    public var extendedKeyUsage = ExtendedKeyUsageCheck.ifPresent
    public var verification = Verification.none
    /// Looks at a peer's certificate that has passed every other check, chain leaf first; a text refuses it (alert `bad_certificate`).
    public var certificateCheck: (@Sendable (_ chain: [Certificate]) -> String?)?
    /// Whether another look at a good chain finds the same, but for the certificates' ends: the age of lists of revocations and the check
    /// above may tell something else.
    var findsTheSameAgain: Bool { !requiresRevocationList && certificateCheck == nil }

    public var minimumVersion = TLSVersion.v1_2
    public var maximumVersion = TLSVersion.v1_3
    /// Cipher list up to TLS 1.2, in OpenSSL's syntax; nil: its default.
    public var ciphers: String?
    /// Cipher suites of TLS 1.3, colon-separated; nil: OpenSSL's default.
    public var cipherSuites: String?
    /// Groups for key exchange, colon-separated, such as `X25519:P-256`; nil: OpenSSL's default.
    public var groups: String?
    /// OpenSSL's security level 0…5; nil: the system's, or 0 where TLS 1.0 or 1.1 are allowed, which need it.
    public var securityLevel: Int?

    /// ALPN names, the most wanted first; empty: no ALPN.
    public var applicationProtocols: [String] = []
    /// Server: ends the handshake with `no_application_protocol` when a peer's ALPN offers only others (RFC 7301 §3.2).
    public var refusesOtherApplicationProtocols = true

    public var preSharedKeys: PreSharedKeys?
    /// Where sessions that may be resumed are kept; nil: no resumption. Outlives reloads when given to the new context too.
    public var resumption: TLSResumption?

    /// Client: the server's name for SNI; a host name, or an address (which is not sent).
    public var serverName: String?
    /// Client: the certificate must be for ``serverName``.
    public var checksServerName = true

    /// Allows anonymous Diffie-Hellman, for EAP-FAST's provisioning only (RFC 5422 §3.2.3); drops the security level to 0. Up to TLS 1.2.
    public var allowsAnonymous = false

    /// Server: OCSP response in DER for the own certificate, sent to clients that ask (RFC 6066 §8).
    public var stapledResponse: [UInt8] = []
    /// Client: asks for one.
    public var requestsStapledResponse = false

    /// DTLS: largest UDP payload to send.
    public var maximumDatagramSize = 1200
    /// DTLS: first wait before a flight is repeated; doubles each time (RFC 6347 §4.2.4.1).
    public var retransmissionMilliseconds = 1000

    public init(role: Role, transport: Transport = .stream) {
        self.role = role
        self.transport = transport
    }
}
