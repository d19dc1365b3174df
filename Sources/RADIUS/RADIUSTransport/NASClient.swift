import Digests
public import RADIUSWire

/// One of the BlastRADIUS switches (CVE-2024-3596): fixed, or to be learned from the NAS's first packet.
public enum Requirement: String, Sendable, Codable, CaseIterable {
    case yes, no, auto
}

/// A NAS, or a range of them, that may send requests.
public struct NASClient: Sendable {
    /// What tells one client from another while tables come and go.
    public enum Key: Hashable, Sendable {
        /// A row of `nas`.
        case row(Int64)
        /// One of the configuration file, by its name.
        case configured(String)
    }

    /// Row in `nas`; nil for one from the configuration file.
    public var id: Int64?
    public var name: String
    /// Source addresses; the longest matching prefix of all clients wins. Length 0 on a client with ``certificate`` or ``preSharedKey``
    /// stands for all addresses of both IP versions.
    public var prefix: IPPrefix
    /// On UDP and TCP; TLS and DTLS prescribe theirs.
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
    /// How its packets may come. A client with ``certificate`` or ``preSharedKey`` is found by that on TLS and DTLS, one without is found
    /// by its address and may show any certificate that the listener trusts.
    public var transports: Set<NASTransport> = [.udp, .tcp]
    /// Which certificate it shows on TLS and DTLS.
    public var certificate: CertificateRule?
    /// The key it uses on TLS and DTLS instead of a certificate.
    public var preSharedKey: NASPreSharedKey?
    /// The NAS-Identifier that its packets carry, for one of several clients behind an address; nil: any.
    public var nasIdentifier: String?
    /// Of its TCP, TLS and DTLS links.
    public var linkLimits = LinkLimits()

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

    /// Constant while the client exists.
    public var key: Key { id.map { .row($0) } ?? .configured(name) }

    /// Whether TLS and DTLS find it by what it proves and not by its address.
    public var isFoundByProof: Bool { certificate != nil || preSharedKey != nil }

    /// Whether the reply to a request carries a Message-Authenticator; nil as the code usually has it.
    func signsReply(to request: Packet) -> Bool? {
        guard sendMessageAuthenticator else { return false }
        // None belongs into accounting (RFC 3579 §3.3), and peers differ in how they compute one: FreeRADIUS 3.2 drops ours as forged.
        guard request.code != .accountingRequest else { return nil }
        return request.hasMessageAuthenticator ? true : nil
    }

    /// Whether its packets may come from an address.
    func covers(_ address: IPAddress) -> Bool {
        prefix.contains(address) || (prefix.length == 0 && isFoundByProof)
    }
}

/// A key for TLS without certificates (RFC 4279, RFC 8446 §2.2). Prints its identity only.
public struct NASPreSharedKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// As the peer sends it.
    public var identity: String
    /// 16 octets or more, random.
    public var key: [UInt8]

    public init(identity: String, key: [UInt8]) {
        self.identity = identity
        self.key = key
    }

    /// Nil unless the key is 32 hexadecimal digits or more.
    public init?(identity: String, hexadecimal: String) {
        guard let key = Hexadecimal.decode(hexadecimal.utf8), key.count >= 16 else { return nil }
        self.init(identity: identity, key: key)
    }

    /// The key as hexadecimal digits; a secret.
    public var hexadecimal: String { Hexadecimal.encode(key) }

    public var description: String { identity }
    public var customMirror: Mirror { Mirror(self, children: ["identity": identity]) }
}
