/// How an attribute's value is hidden on the wire.
public enum Encryption: UInt8, Sendable {
    case none = 0
    /// User-Password's way (RFC 2865 §5.2).
    case userPassword = 1
    /// Tunnel-Password's salted way (RFC 2868 §3.5).
    case tunnelPassword = 2
    /// Ascend-Send-Secret's way: one MD5 block.
    case ascendSecret = 3
}

/// What a dictionary says of an attribute beside its type.
public struct AttributeFlags: Equatable, Sendable {
    /// A tag precedes the value (RFC 2868).
    public var hasTag = false
    /// Consecutive instances form one value, like EAP-Message.
    public var concat = false
    /// The value may hold several items of the type (DHCP).
    public var array = false
    /// Computed by the server, not stored.
    public var virtual = false
    /// Must not be shown; set for every encrypted attribute too.
    public var secret = false
    /// Never on the wire.
    public var isInternal = false
    public var encryption = Encryption.none

    public init() {}
}
