import COpenSSL

extension TLSSession {
    /// The peer's certificate; nil: it has shown none. A resumed session has that of its full handshake.
    public var peerCertificate: Certificate? {
        if isEstablished { return peerChain.first }
        return SSL_get0_peer_certificate(pointer).map { Certificate(x509: $0) }
    }

    /// The peer's chain, leaf first: with its issuers up to the anchor where it was verified, else as it was sent.
    public var peerChain: [Certificate] {
        if let knownPeerChain { return knownPeerChain }
        let chain = readPeerChain()
        // Reading a certificate costs as much as some signatures, and the chain is asked for in each round.
        if isEstablished { knownPeerChain = chain }
        return chain
    }

    private func readPeerChain() -> [Certificate] {
        if let verified = SSL_get0_verified_chain(pointer) { return TLSVerification.chain(verified, of: context) }
        let sent = TLSVerification.chain(SSL_get_peer_cert_chain(pointer), of: context)
        // A server gets the leaf apart from the rest.
        guard context.configuration.role == .server, let leaf = SSL_get0_peer_certificate(pointer) else { return sent }
        return [Certificate(x509: leaf)] + sent
    }

    /// Nil until it is negotiated.
    public var version: TLSVersion? { cipher == nil ? nil : TLSVersion(number: SSL_version(pointer)) }

    /// OpenSSL's name of the cipher suite.
    public var cipherName: String? { cipher.map { String(cString: SSL_CIPHER_get_name($0)) } }

    /// The ALPN name that was agreed on.
    public var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(pointer, &start, &length)
        guard let start, length > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(length)), as: UTF8.self)
    }

    /// Client: the OCSP response that the server stapled, in DER.
    public var stapledResponse: [UInt8]? {
        var start: UnsafePointer<UInt8>?
        let length = withUnsafeMutablePointer(to: &start) { SSL_ctrl(pointer, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, $0) }
        guard let start, length > 0 else { return nil }
        return [UInt8](UnsafeBufferPointer(start: start, count: length))
    }

    var cipher: OpaquePointer? { SSL_get_current_cipher(pointer) }
}
