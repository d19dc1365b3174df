/// What is known of a session, as its NAS sent it; a NAS is told the part of it that its kind understands (RFC 5176 §3).
public struct SessionIdentity: Sendable, Hashable {
    public var userName: String?
    public var acctSessionID: String?
    public var callingStationID: String?
    public var calledStationID: String?
    /// IPv4 as text.
    public var framedIPAddress: String?
    public var nasPortID: String?
    /// NAS-IP-Address or NAS-IPv6-Address as text.
    public var nasAddress: String?
    /// The vendor's own session number, such as Cisco's audit-session-id.
    public var vendorSessionID: String?

    public init() {}
}

/// One piece of a session's identity.
enum IdentityPart: Sendable, Hashable, CaseIterable {
    case userName, acctSessionID, callingStationID, calledStationID, framedIPAddress, nasPortID, nasAddress, auditSessionID

    /// Whether it names a session; the others name the NAS.
    var namesSession: Bool { self != .nasAddress }

    /// Attribute and value; nil where it is not known.
    func attribute(of identity: SessionIdentity) -> (name: String, value: String)? {
        let known: (String, String?) =
            switch self {
            case .userName: ("User-Name", identity.userName)
            case .acctSessionID: ("Acct-Session-Id", identity.acctSessionID)
            case .callingStationID: ("Calling-Station-Id", identity.callingStationID)
            case .calledStationID: ("Called-Station-Id", identity.calledStationID)
            case .framedIPAddress: ("Framed-IP-Address", identity.framedIPAddress)
            case .nasPortID: ("NAS-Port-Id", identity.nasPortID)
            case .nasAddress:
                (identity.nasAddress?.contains(":") == true ? "NAS-IPv6-Address" : "NAS-IP-Address", identity.nasAddress)
            case .auditSessionID: ("Cisco-AVPair", identity.vendorSessionID.map { "audit-session-id=\($0)" })
            }
        guard let value = known.1, !value.isEmpty else { return nil }
        return (known.0, value)
    }
}
