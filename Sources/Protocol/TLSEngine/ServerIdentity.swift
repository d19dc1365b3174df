import COpenSSL

/// A certificate that a server shows instead of its usual one.
struct ServerIdentity {
    let certificate: Certificate
    private let leaf: OpenSSLObject
    private let issuers: [OpenSSLObject]
    private let key: OpenSSLObject

    /// - Throws: for texts without certificate or key, and for a key of another certificate.
    init(_ identity: TLSConfiguration.Identity, password: String?) throws(TLSError) {
        let chain = try PEM.certificates(identity.certificateChain)
        guard let leaf = chain.first else { throw .certificate("no certificate in the text") }
        let key = try PEM.privateKey(identity.privateKey, password: password)
        OpenSSLErrors.clear()
        guard X509_check_private_key(leaf.pointer, key.pointer) == 1 else { throw .privateKey(OpenSSLErrors.take()) }
        certificate = Certificate(x509: leaf.pointer)
        issuers = Array(chain.dropFirst())
        self.leaf = leaf
        self.key = key
    }

    /// Whether the certificate is for a host name, as its DNS names say (RFC 6125 §6.4).
    func serves(_ name: String) -> Bool { Self.isFor(name, leaf.pointer) }

    /// Whether a certificate is for a host name.
    static func isFor(_ name: String, _ certificate: OpaquePointer?) -> Bool {
        X509_check_host(certificate, name, name.utf8.count, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), nil) == 1
    }

    /// Puts the certificate into one session, in the place of all others.
    /// - Returns: false when OpenSSL refuses it; the session must end then.
    func use(in session: OpaquePointer) -> Bool {
        // A certificate with a key of another kind would stay and be chosen.
        SSL_certs_clear(session)
        guard SSL_use_certificate(session, leaf.pointer) == 1, SSL_use_PrivateKey(session, key.pointer) == 1 else { return false }
        return issuers.allSatisfy { SSL_ctrl(session, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer($0.pointer)) == 1 }
    }
}
