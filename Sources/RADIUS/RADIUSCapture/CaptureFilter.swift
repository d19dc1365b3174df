import RADIUSWire

/// Which exchanges a reader wants.
public struct CaptureFilter: Sendable {
    /// UDP ports of RADIUS: RFC 2865, 2866, 5176 and the numbers before them.
    public static let usualPorts: [UInt16] = [1812, 1813, 3799, 1645, 1646]

    private let user: String?
    private let station: String?

    /// - Parameters:
    ///   - user: User-Name, whatever its case; nil for all.
    ///   - station: Calling-Station-Id in any notation; nil for all.
    public init(user: String? = nil, station: String? = nil) {
        self.user = user?.lowercased()
        self.station = station.map(Self.digits)
    }

    /// Whether an exchange is wanted; replies follow their requests.
    public func matches(_ observation: Observation) -> Bool {
        let packet = observation.subject
        if let user, packet.text(AttributeType.userName)?.lowercased() != user { return false }
        if let station {
            let seen = [packet.text(31), packet.text(AttributeType.userName)].compactMap { $0.map(Self.digits) }
            if !seen.contains(station) { return false }
        }
        return true
    }

    /// In libpcap's language: UDP on these ports, on Ethernet also inside of VLAN tags.
    /// - Parameter linkType: libpcap's number (`DLT_…`).
    public static func expression(ports: [UInt16], linkType: Int32) -> String {
        let udp = "udp and (" + ports.map { "port \($0)" }.joined(separator: " or ") + ")"
        // The word `vlan` moves all that follows it behind the tag; other link layers have none, and libpcap refuses it there.
        return linkType != 1 ? udp : "(\(udp)) or (vlan and \(udp))"
    }

    private static func digits(_ text: String) -> String { String(text.lowercased().filter { !"-:. ".contains($0) }) }
}
