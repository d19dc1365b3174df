import COpenSSL

/// Finds the master secret, 48 octets, for a ClientHello's session ticket, as EAP-FAST does with a PAC (RFC 4851 §5.1); nil: full handshake.
public typealias SessionTicketHandler = (_ ticket: [UInt8], _ clientRandom: [UInt8], _ serverRandom: [UInt8]) -> [UInt8]?

extension TLSSession {
    /// Server: asks this about session tickets that clients bring, up to TLS 1.2. Set it before the first octet is received.
    ///
    /// The handshake is an abbreviated one when it answers a secret; ``isResumed`` stays false.
    public func setSessionTicketHandler(_ handler: @escaping SessionTicketHandler) {
        ticketHandler = handler
        SSL_set_session_ticket_ext_cb(
            pointer,
            { ssl, bytes, length, _ in
                guard let session = TLSSession.of(ssl), let bytes, length > 0 else { return 1 }
                session.presentedTicket = [UInt8](UnsafeBufferPointer(start: bytes, count: Int(length)))
                return 1
            }, nil)
        installSecret()
    }

    /// Client: presents a ticket; `masterSecret` derives what the server may derive from it, and always answers.
    public func presentSessionTicket(_ ticket: [UInt8], masterSecret: @escaping SessionTicketHandler) {
        ticketHandler = masterSecret
        presentedTicket = ticket
        ticket.withUnsafeBytes {
            _ = SSL_set_session_ticket_ext(pointer, UnsafeMutableRawPointer(mutating: $0.baseAddress), Int32($0.count))
        }
        installSecret()
    }

    private func installSecret() {
        SSL_set_session_secret_cb(
            pointer,
            { ssl, secret, length, offered, cipher, _ in
                guard let session = TLSSession.of(ssl), !session.presentedTicket.isEmpty, let handler = session.ticketHandler,
                    let secret, let length,
                    let found = handler(session.presentedTicket, session.clientRandom, session.serverRandom), found.count <= length.pointee
                else { return 0 }
                if let offered {
                    // Without a choice of ours OpenSSL would take a suite for whose key exchange it has a certificate at hand.
                    guard let choice = session.suite(among: offered) else { return 0 }
                    cipher?.pointee = choice
                }
                secret.copyMemory(from: found, byteCount: found.count)
                length.pointee = Int32(found.count)
                return 1
            }, nil)
    }

    /// The first of our suites that the client offers and that the version allows; an abbreviated handshake exchanges no keys.
    private func suite(among offered: OpaquePointer) -> OpaquePointer? {
        let identifiers = Set((0..<OPENSSL_sk_num(offered)).map { SSL_CIPHER_get_id(OpaquePointer(OPENSSL_sk_value(offered, $0))) })
        let ours = SSL_get_ciphers(pointer)
        return (0..<max(0, OPENSSL_sk_num(ours))).lazy.compactMap { OPENSSL_sk_value(ours, $0).map { OpaquePointer($0) } }.first {
            guard identifiers.contains(SSL_CIPHER_get_id($0)), SSL_CIPHER_get_kx_nid($0) != NID_kx_any else { return false }
            return SSL_version(self.pointer) >= TLS1_2_VERSION || String(cString: SSL_CIPHER_get_version($0)) != "TLSv1.2"
        }
    }
}
