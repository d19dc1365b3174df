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

    /// All copies share them: a client goes along with each of its requests, and copying a dozen references each time costs.
    private var fields: Fields

    public init(
        id: Int64? = nil, name: String, prefix: IPPrefix, secret: SharedSecret, type: String = "other", organizationID: String? = nil,
        requireMessageAuthenticator: Requirement = .auto, limitProxyState: Requirement = .auto, sendMessageAuthenticator: Bool = true,
        rejectDelay: Duration? = nil
    ) {
        fields = Fields(
            Values(
                id: id, name: name, prefix: prefix, secret: secret, type: type, organizationID: organizationID,
                requireMessageAuthenticator: requireMessageAuthenticator, limitProxyState: limitProxyState,
                sendMessageAuthenticator: sendMessageAuthenticator, rejectDelay: rejectDelay))
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

extension NASClient {
    /// What a client consists of; see the properties of the same names.
    private struct Values {
        var id: Int64?
        var name: String
        var prefix: IPPrefix
        var secret: SharedSecret
        var type: String
        var organizationID: String?
        var requireMessageAuthenticator: Requirement
        var limitProxyState: Requirement
        var sendMessageAuthenticator: Bool
        var rejectDelay: Duration?
        var transports: Set<NASTransport> = [.udp, .tcp]
        var certificate: CertificateRule?
        var preSharedKey: NASPreSharedKey?
        var nasIdentifier: String?
        var linkLimits: LinkLimits = LinkLimits()
    }

    private final class Fields: Sendable {
        let values: Values

        init(_ values: Values) {
            self.values = values
        }
    }

    private mutating func change<Value>(_ path: WritableKeyPath<Values, Value>, to value: Value) {
        var values = fields.values
        values[keyPath: path] = value
        fields = Fields(values)
    }

    /// Row in `nas`; nil for one from the configuration file.
    public var id: Int64? {
        get { fields.values.id }
        set { change(\.id, to: newValue) }
    }

    public var name: String {
        get { fields.values.name }
        set { change(\.name, to: newValue) }
    }

    /// Source addresses; the longest matching prefix of all clients wins. Length 0 on a client with ``certificate`` or ``preSharedKey``
    /// stands for all addresses of both IP versions.
    public var prefix: IPPrefix {
        get { fields.values.prefix }
        set { change(\.prefix, to: newValue) }
    }

    /// On UDP and TCP; TLS and DTLS prescribe theirs.
    public var secret: SharedSecret {
        get { fields.values.secret }
        set { change(\.secret, to: newValue) }
    }

    /// FreeRADIUS's `nas.type`, such as `other` or `mikrotik`.
    public var type: String {
        get { fields.values.type }
        set { change(\.type, to: newValue) }
    }

    /// The organization whose users are asked; nil for a NAS shared by all.
    public var organizationID: String? {
        get { fields.values.organizationID }
        set { change(\.organizationID, to: newValue) }
    }

    /// Whether an Access-Request must carry a Message-Authenticator.
    public var requireMessageAuthenticator: Requirement {
        get { fields.values.requireMessageAuthenticator }
        set { change(\.requireMessageAuthenticator, to: newValue) }
    }

    /// Whether Proxy-State is refused in an Access-Request without Message-Authenticator.
    public var limitProxyState: Requirement {
        get { fields.values.limitProxyState }
        set { change(\.limitProxyState, to: newValue) }
    }

    /// False only for a NAS that drops replies with a Message-Authenticator; replies to it can be forged.
    public var sendMessageAuthenticator: Bool {
        get { fields.values.sendMessageAuthenticator }
        set { change(\.sendMessageAuthenticator, to: newValue) }
    }

    /// Delay of an Access-Reject, counted from receipt; nil for the listener's.
    public var rejectDelay: Duration? {
        get { fields.values.rejectDelay }
        set { change(\.rejectDelay, to: newValue) }
    }

    /// How its packets may come. A client with ``certificate`` or ``preSharedKey`` is found by that on TLS and DTLS, one without is found
    /// by its address and may show any certificate that the listener trusts.
    public var transports: Set<NASTransport> {
        get { fields.values.transports }
        set { change(\.transports, to: newValue) }
    }

    /// Which certificate it shows on TLS and DTLS.
    public var certificate: CertificateRule? {
        get { fields.values.certificate }
        set { change(\.certificate, to: newValue) }
    }

    /// The key it uses on TLS and DTLS instead of a certificate.
    public var preSharedKey: NASPreSharedKey? {
        get { fields.values.preSharedKey }
        set { change(\.preSharedKey, to: newValue) }
    }

    /// The NAS-Identifier that its packets carry, for one of several clients behind an address; nil: any.
    public var nasIdentifier: String? {
        get { fields.values.nasIdentifier }
        set { change(\.nasIdentifier, to: newValue) }
    }

    /// Of its TCP, TLS and DTLS links.
    public var linkLimits: LinkLimits {
        get { fields.values.linkLimits }
        set { change(\.linkLimits, to: newValue) }
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
