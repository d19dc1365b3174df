/// What a link sent and received since it was made.
public struct OutgoingCounts: Sendable, Equatable {
    /// Requests, each once.
    public var sent: UInt64 = 0
    public var retransmitted: UInt64 = 0
    /// Datagrams the kernel refused.
    public var sendFailures: UInt64 = 0
    /// Verified replies to requests under way.
    public var replies: UInt64 = 0
    /// Genuine, but to a request that had its reply or was given up.
    public var late: UInt64 = 0
    /// Octets that are no RADIUS packet.
    public var malformed: UInt64 = 0
    /// Response Authenticator or Message-Authenticator wrong, or no such request: another secret, or somebody else's work.
    public var forged: UInt64 = 0
    /// Without the Message-Authenticator that the peer has to send (CVE-2024-3596).
    public var missingMessageAuthenticator: UInt64 = 0
    /// With a Proxy-State that was not sent, as a forged reply has it (CVE-2024-3596).
    public var unknownProxyState: UInt64 = 0
    /// Genuine, but of a code that does not answer the request's.
    public var unexpectedCode: UInt64 = 0

    public init() {}
}
