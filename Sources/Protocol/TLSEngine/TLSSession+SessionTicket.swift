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

    /// Client: presents a ticket; `masterSecret` derives what the server will derive from it.
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
            { ssl, secret, length, _, _, _ in
                guard let session = TLSSession.of(ssl), !session.presentedTicket.isEmpty, let handler = session.ticketHandler,
                    let secret, let length,
                    let found = handler(session.presentedTicket, session.clientRandom, session.serverRandom), found.count <= length.pointee
                else { return 0 }
                secret.copyMemory(from: found, byteCount: found.count)
                length.pointee = Int32(found.count)
                return 1
            }, nil)
    }
}
