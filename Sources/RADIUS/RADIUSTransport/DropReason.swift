/// Why a datagram got no reply. The raw values are stable: counters, logs and traces use them.
public enum DropReason: String, Sendable, Codable, CaseIterable {
    /// No NAS client covers the source address.
    case invalidClient = "invalid-client"
    /// Header or attributes break RFC 2865 §3 or §5, or the datagram exceeds 4096 octets.
    case malformed
    /// The packet code does not belong on this listener.
    case unexpectedCode = "unexpected-code"
    case tooManyAttributes = "too-many-attributes"
    /// Required by EAP-Message, Status-Server or the NAS's settings, but absent.
    case missingMessageAuthenticator = "missing-message-authenticator"
    /// Not made with the NAS's shared secret.
    case badMessageAuthenticator = "bad-message-authenticator"
    /// An Accounting-, CoA- or Disconnect-Request not made with the NAS's shared secret (RFC 2866 §3, RFC 5176 §2.3).
    case badRequestAuthenticator = "bad-request-authenticator"
    /// A CoA- or Disconnect-Request whose Event-Timestamp is too far from now, or missing where it is required (RFC 5176 §6.3).
    case staleTimestamp = "stale-timestamp"
    /// Proxy-State without Message-Authenticator from a NAS limited by `limitProxyState`.
    case proxyStateUnprotected = "proxy-state-unprotected"
    /// Waited longer in the socket than `maximumQueueAge`.
    case tooOld = "too-old"
    /// A retransmission of a request that is still being worked on.
    case duplicateInProgress = "duplicate-in-progress"
    /// More requests in progress than the duplicate cache holds.
    case tooManyRequests = "too-many-requests"
    /// Not decided within `maximumRequestTime`.
    case deadlineExceeded = "deadline-exceeded"
    /// Decided after its deadline, or after a new request took over its identifier (RFC 5080 §2.2.2).
    case lateReply = "late-reply"
    /// Whoever took the request over let it go without an answer.
    case unanswered
    /// The reply did not fit a packet.
    case unencodableReply = "unencodable-reply"
    /// A full work queue shed the request.
    case queueFull = "queue-full"
    case databaseUnavailable = "database-unavailable"
    /// The accounting record was refused as invalid, so that the NAS cannot be told it is stored.
    case unusableRecord = "unusable-record"
    /// Policy asked for silence.
    case policy
}
