import COpenSSL

extension TLSSession {
    /// tls-unique of RFC 5929 §3.1: the first Finished message of the handshake; empty in TLS 1.3, which has none, and before the end.
    public var tlsUnique: [UInt8] {
        guard isEstablished, let version, version < .v1_3 else { return [] }
        // The client's is the first, but in an abbreviated handshake the server's.
        let isOwnFirst = (context.configuration.role == .client) != (SSL_session_reused(pointer) == 1)
        var message = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        let count =
            isOwnFirst ? SSL_get_finished(pointer, &message, message.count) : SSL_get_peer_finished(pointer, &message, message.count)
        return Array(message.prefix(count))
    }
}
