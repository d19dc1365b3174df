public import RADIUSTransport
public import ServerKernel

/// The sections `links` and `tls_profile`: RADIUS over TCP, TLS and DTLS.
public struct LinksConfiguration: Sendable {
    /// How peers on TLS and DTLS prove who they are.
    public enum Proof: String, Sendable, CaseIterable {
        case certificate
        /// One port takes either certificates or keys: TLS 1.3 of the TLS library cannot tell in time which one a peer has.
        case psk
    }

    /// 0 does not listen.
    public var tcpAuthenticationPort: Int
    public var tcpAccountingPort: Int
    public var tlsPort: Int
    public var dtlsPort: Int
    public var proof: Proof
    public var files: TLSFiles
    /// Other files for connections to home servers that name them.
    public var profiles: [String: TLSFiles]
    public var versions: RADIUSVersions
    /// Whether a new revocation list ends open links too.
    public var verifiesOpenLinks: Bool
    /// CoA- and Disconnect-Requests of peers that route them through us.
    public var takesDynamicAuthorization: Bool
    public var maximumLength: Int
    public var maximumRequestsPerLink: Int
    public var maximumLinks: Int
    public var handshakeTimeout: Duration
    public var handshakeThreads: Int
    public var proxyProtocolFrom: [IPPrefix]
    public var workerQueue: Int

    /// Reads the sections; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        tcpAuthenticationPort = reader.integer("links", "tcp_auth_port", default: 0, in: 0...65_535)
        tcpAccountingPort = reader.integer("links", "tcp_acct_port", default: 0, in: 0...65_535)
        tlsPort = reader.integer("links", "tls_port", default: 0, in: 0...65_535)
        dtlsPort = reader.integer("links", "dtls_port", default: 0, in: 0...65_535)
        proof = reader.choice("links", "proof", default: Proof.certificate)
        let files = TLSFiles(&reader, section: "links")
        self.files = files
        versions = reader.choice("links", "versions", default: RADIUSVersions.both)
        verifiesOpenLinks = reader.flag("links", "verify_open_links", default: true)
        takesDynamicAuthorization = reader.flag("links", "dynamic_authorization", default: false)
        maximumLength = reader.integer("links", "maximum_length", default: 4096, in: 4096...65_535)
        maximumRequestsPerLink = reader.integer("links", "requests_per_link", default: 256, in: 1...65_536)
        maximumLinks = reader.integer("links", "maximum_links", default: 16_384, in: 1...1_000_000)
        handshakeTimeout = reader.seconds("links", "handshake_timeout", default: 10, in: 1...300)
        handshakeThreads = reader.integer("links", "handshake_threads", default: 2, in: 1...256)
        workerQueue = reader.integer("links", "queue", default: 16_384, in: 64...1_000_000)
        proxyProtocolFrom = reader.prefixes("links", "proxy_protocol_from", default: [])
        profiles = [:]
        let keys = ["name", "certificate", "private_key", "private_key_password", "ca", "crl"]
        for (location, values) in reader.recordList("tls_profile", keys: keys, secretKeys: ["private_key_password"]) {
            guard let name = values["name"] else {
                reader.report(location, "a TLS profile needs 'name'")
                continue
            }
            profiles[name] = TLSFiles(values, &reader, location, instead: files)
        }
    }

    /// Whether anything listens.
    public var listens: Bool { [tcpAuthenticationPort, tcpAccountingPort, tlsPort, dtlsPort].contains { $0 > 0 } }
}
