import ServicePlans

/// What beside disconnecting and changing a session a NAS may be told to do.
public enum PortCommand: String, Sendable, Hashable, CaseIterable, Codable {
    /// Authenticate the station again, without dropping it.
    case reauthenticate
    /// Take the port's link down for a moment, so that the device asks for a new address.
    case bouncePort = "bounce-port"
    /// Take the port down until an operator brings it back.
    case disablePort = "disable-port"
}

/// How one kind of NAS wants Disconnect- and CoA-Requests.
struct NASDialect: Sendable {
    /// Canonical names (``ServicePlans/NASType``).
    let types: [String]
    let identity: [IdentityPart]
    /// Where it listens unless told otherwise.
    var port: UInt16 = 3799
    var commands: [PortCommand: (attribute: String, value: String)] = [:]

    static func of(_ nasType: String) -> NASDialect {
        let type = NASType.canonicalName(nasType) ?? ""
        return table.first { $0.types.contains(type) } ?? usual
    }

    private static let usual = NASDialect(types: [], identity: [.acctSessionID, .callingStationID, .userName, .nasAddress])

    /// A NAS that is strict refuses what it does not know, so that each gets no more than it wants.
    private static let table: [NASDialect] = [
        NASDialect(
            types: ["cisco"], identity: [.auditSessionID, .acctSessionID, .callingStationID, .nasAddress], port: 1700,
            commands: [
                .reauthenticate: ("Cisco-AVPair", "subscriber:command=reauthenticate"),
                .bouncePort: ("Cisco-AVPair", "subscriber:command=bounce-host-port"),
                .disablePort: ("Cisco-AVPair", "subscriber:command=disable-host-port"),
            ]),
        NASDialect(
            types: ["cisco-wlc", "meraki"], identity: [.auditSessionID, .acctSessionID, .callingStationID, .nasAddress], port: 1700,
            commands: [.reauthenticate: ("Cisco-AVPair", "subscriber:command=reauthenticate")]),
        NASDialect(types: ["mikrotik"], identity: [.userName, .framedIPAddress, .acctSessionID]),
        NASDialect(types: ["coovachilli"], identity: [.userName, .acctSessionID]),
        NASDialect(types: ["unifi"], identity: [.acctSessionID, .callingStationID]),
        NASDialect(types: ["pfsense", "opnsense"], identity: [.userName, .acctSessionID, .callingStationID]),
        NASDialect(
            types: ["aruba"], identity: [.userName, .callingStationID, .acctSessionID, .nasAddress],
            commands: [.bouncePort: ("Aruba-Port-Bounce-Host", bounceSeconds)]),
        NASDialect(
            types: ["hpe"], identity: [.acctSessionID, .callingStationID, .userName, .nasAddress],
            commands: [.bouncePort: ("HP-Port-Bounce-Host", bounceSeconds)]),
        NASDialect(
            types: ["arista"], identity: [.acctSessionID, .callingStationID, .userName, .nasAddress],
            commands: [.bouncePort: ("Arista-PortFlap", "1")]),
        NASDialect(types: ["erx", "alcatel-sr"], identity: [.acctSessionID, .userName]),
        NASDialect(
            types: ["fortinet", "huawei", "h3c", "zte"], identity: [.acctSessionID, .userName, .framedIPAddress, .callingStationID]),
    ]

    /// How long a bounced port stays down; long enough for a device to notice.
    private static let bounceSeconds = "12"
}
