public import DynamicAuthorization

/// A session as far as acting on it needs.
public struct ControlledSession: Sendable, Hashable {
    /// Acct-Unique-Session-Id.
    public var uniqueID: String
    public var identity: SessionIdentity
    /// NAS-IP-Address or NAS-IPv6-Address of its accounting, as text.
    public var nasAddress: String
    public var organizationID: String?
    /// False once a stop time is stored.
    public var isOpen: Bool

    public var userName: String { identity.userName ?? "" }
}
