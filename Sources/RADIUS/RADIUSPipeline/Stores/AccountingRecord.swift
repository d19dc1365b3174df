/// Acct-Status-Type (RFC 2866 §5.1, RFC 2867 §3).
public enum AcctStatusType: Sendable, Hashable {
    case start, stop, interimUpdate, accountingOn, accountingOff
    /// An event without a session of its own.
    case tunnel(TunnelEvent)
    /// Everything unknown; acknowledged, never stored. 0 stands for an absent attribute.
    case other(UInt32)

    public init(_ number: UInt32) {
        switch number {
        case 1: self = .start
        case 2: self = .stop
        case 3: self = .interimUpdate
        case 7: self = .accountingOn
        case 8: self = .accountingOff
        default: self = TunnelEvent(rawValue: number).map { .tunnel($0) } ?? .other(number)
        }
    }
}

/// What happened to a tunnel, or to one link in it (RFC 2867 §3), by Acct-Status-Type. Failed is kept like a rejected tunnel: an attempt
/// that never became a session.
public enum TunnelEvent: UInt32, Sendable, Hashable, CaseIterable {
    case start = 9
    case stop = 10
    case reject = 11
    case linkStart = 12
    case linkStop = 13
    case linkReject = 14
    case failed = 15

    /// As the dictionary spells it.
    public var name: String {
        switch self {
        case .start: "Tunnel-Start"
        case .stop: "Tunnel-Stop"
        case .reject: "Tunnel-Reject"
        case .linkStart: "Tunnel-Link-Start"
        case .linkStop: "Tunnel-Link-Stop"
        case .linkReject: "Tunnel-Link-Reject"
        case .failed: "Failed"
        }
    }
}

/// What an Accounting-Request tells of a tunnel (RFC 2867 §4, RFC 2868 §3); the first instance of each attribute, whatever its tag.
public struct TunnelDescription: Sendable, Hashable {
    /// Tunnel-Type and Tunnel-Medium-Type by their names.
    public var type: String?
    public var mediumType: String?
    public var clientEndpoint: String?
    public var serverEndpoint: String?
    public var clientAuthID: String?
    public var serverAuthID: String?
    public var assignmentID: String?
    /// Acct-Tunnel-Connection: the tunnel's own number, such as L2TP's call serial number.
    public var connection: String?
    /// Acct-Tunnel-Packets-Lost.
    public var packetsLost: Int64?

    public init() {}
}

/// One Accounting-Request as radacct stores it: addresses in text form, octets with gigawords applied.
public struct AccountingRecord: Sendable, Hashable {
    public var statusType: AcctStatusType
    /// Acct-Unique-Session-Id, 32 lower-case hex digits as FreeRADIUS computes them.
    public var uniqueID: String
    /// When the event happened, seconds since 1970 UTC.
    public var eventEpoch: Int64
    /// True when ``eventEpoch`` is the NAS's Event-Timestamp, false when derived from the receipt.
    public var hasEventTimestamp: Bool
    /// Organization of the NAS or of the user's realm; nil when neither is known.
    public var organizationID: String?

    /// Empty when the NAS sent none, as for Accounting-On.
    public var acctSessionID: String
    public var userName: String?
    public var realm: String?
    /// NAS-IP-Address, else NAS-IPv6-Address, else the packet's source address.
    public var nasIPAddress: String
    /// NAS-Port-Id, else NAS-Port.
    public var nasPortID: String?
    public var nasPortType: String?
    /// Acct-Session-Time in seconds.
    public var sessionTime: Int64?
    public var acctAuthentic: String?
    /// Connect-Info; the start or stop column by status type.
    public var connectInfo: String?
    /// Octets from the user, 64 bits.
    public var inputOctets: Int64?
    /// Octets to the user, 64 bits.
    public var outputOctets: Int64?
    public var calledStationID: String?
    public var callingStationID: String?
    public var terminateCause: String?
    public var serviceType: String?
    public var framedProtocol: String?
    public var framedIPAddress: String?
    public var framedIPv6Address: String?
    public var framedIPv6Prefix: String?
    public var framedInterfaceID: String?
    public var delegatedIPv6Prefix: String?
    /// Cisco's audit-session-id, by which its devices find a session for CoA.
    public var vendorSessionID: String?
    /// First Class as FreeRADIUS prints octets: `0x` and lower-case hex.
    public var classText: String?
    /// Set for ``AcctStatusType/tunnel(_:)`` only.
    public var tunnel: TunnelDescription?

    public init(
        statusType: AcctStatusType, uniqueID: String, eventEpoch: Int64, hasEventTimestamp: Bool = false, organizationID: String? = nil,
        acctSessionID: String, nasIPAddress: String
    ) {
        self.statusType = statusType
        self.uniqueID = uniqueID
        self.eventEpoch = eventEpoch
        self.hasEventTimestamp = hasEventTimestamp
        self.organizationID = organizationID
        self.acctSessionID = acctSessionID
        self.nasIPAddress = nasIPAddress
    }
}
