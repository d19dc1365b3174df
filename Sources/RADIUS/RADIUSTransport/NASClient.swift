public import RADIUSWire

/// One of the BlastRADIUS switches (CVE-2024-3596): fixed, or to be learned from the NAS's first packet.
public enum Requirement: String, Sendable, Codable, CaseIterable {
    case yes, no, auto
}

/// A NAS, or a range of them, that may send requests.
public struct NASClient: Sendable {
    /// Row in `nas`; nil for one from the configuration file.
    public var id: Int64?
    public var name: String
    /// Source addresses; the longest matching prefix of all clients wins.
    public var prefix: IPPrefix
    public var secret: SharedSecret
    /// FreeRADIUS's `nas.type`, such as `other` or `mikrotik`.
    public var type: String
    /// The organization whose users are asked; nil for a NAS shared by all.
    public var organizationID: String?
    /// Whether an Access-Request must carry a Message-Authenticator.
    public var requireMessageAuthenticator: Requirement
    /// Whether Proxy-State is refused in an Access-Request without Message-Authenticator.
    public var limitProxyState: Requirement
    /// False only for a NAS that drops replies with a Message-Authenticator; replies to it can be forged.
    public var sendMessageAuthenticator: Bool
    /// Delay of an Access-Reject, counted from receipt; nil for the listener's.
    public var rejectDelay: Duration?

    public init(
        id: Int64? = nil, name: String, prefix: IPPrefix, secret: SharedSecret, type: String = "other", organizationID: String? = nil,
        requireMessageAuthenticator: Requirement = .auto, limitProxyState: Requirement = .auto, sendMessageAuthenticator: Bool = true,
        rejectDelay: Duration? = nil
    ) {
        self.id = id
        self.name = name
        self.prefix = prefix
        self.secret = secret
        self.type = type
        self.organizationID = organizationID
        self.requireMessageAuthenticator = requireMessageAuthenticator
        self.limitProxyState = limitProxyState
        self.sendMessageAuthenticator = sendMessageAuthenticator
        self.rejectDelay = rejectDelay
    }
}
