/// A session without a stop, as `radian who` shows it.
public struct OnlineSession: Sendable, Equatable, Codable {
    public var userName: String
    /// Calling-Station-Id; empty when unknown.
    public var callingStationID: String
    /// Framed-IP-Address, else Framed-IPv6-Address; empty when unknown.
    public var address: String
    /// NAS-IP-Address.
    public var nasAddress: String
    /// NAS-Port-Id or NAS-Port; empty when unknown.
    public var port: String
    /// Network name after the colon of Called-Station-Id (RFC 3580 §3.20); empty when unknown.
    public var ssid: String
    /// Acct-Session-Id.
    public var sessionID: String
    /// Seconds since 1970 UTC.
    public var startedAt: Int64?
    /// When the NAS last told about it, seconds since 1970 UTC.
    public var updatedAt: Int64?
    /// Seconds between the last two reports; 0 when unknown.
    public var intervalSeconds: Int64
    /// From the user.
    public var inputOctets: Int64
    /// To the user.
    public var outputOctets: Int64

    /// Seconds after which a session is suspect whose NAS sends no interim updates.
    static let silentLimit: Int64 = 86_400
    /// Interim updates that may be lost.
    static let lostUpdates: Int64 = 3

    /// Whether the NAS has been silent about the session for so long that it is probably over.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    public func isStale(at epoch: Int64) -> Bool {
        guard let last = updatedAt ?? startedAt else { return true }
        return epoch - last > (intervalSeconds > 0 ? max(intervalSeconds * Self.lostUpdates, 600) : Self.silentLimit)
    }

    /// What follows the colon behind the access point's address: `02-00-00-00-00-01:office`.
    static func ssid(of calledStationID: String) -> String {
        guard let colon = calledStationID.lastIndex(of: ":") else { return "" }
        let name = calledStationID[calledStationID.index(after: colon)...]
        // Two digits behind a colon are the end of an address written with colons.
        let isOctet = name.utf8.count == 2 && name.allSatisfy(\.isHexDigit) && calledStationID.utf8.count == 17
        return isOctet ? "" : String(name)
    }
}
