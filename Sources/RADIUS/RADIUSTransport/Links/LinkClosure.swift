/// Why a link ended. The raw values are stable: counters and logs use them.
public enum LinkClosure: String, Sendable, Codable, CaseIterable {
    /// The peer closed it.
    case peer
    /// No client covers the address, certificate or key.
    case unknownClient = "unknown-client"
    /// The client, or all clients together, have as many as they may.
    case tooManyLinks = "too-many-links"
    /// TLS refused the peer or the peer refused us.
    case handshakeFailed = "handshake-failed"
    case handshakeTimeout = "handshake-timeout"
    /// A packet began and did not end in time.
    case packetTimeout = "packet-timeout"
    /// The stream holds something else than packets; where the next would start cannot be known (RFC 6613 §2.6.4).
    case malformed
    /// A packet was not made with the shared secret (RFC 6613 §2.6.4).
    case notAuthentic = "not-authentic"
    /// What TLS received breaks TLS.
    case tlsError = "tls-error"
    case idle
    case lifetime
    /// The peer's certificate is no longer good, by a new revocation list or new trust anchors.
    case certificateRefused = "certificate-refused"
    /// The peer did not answer Status-Server (RFC 3539 §3.4).
    case watchdog
    /// The system reported an error.
    case networkError = "network-error"
    /// The listener or link stops.
    case stopped
}
