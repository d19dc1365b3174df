/// What a parser needs to know beyond the input.
public struct TopologyParseOptions: Sendable {
    /// The moment that the input describes, in seconds since 1970 UTC: a WireGuard peer is connected for 5 minutes after its handshake.
    public var time: Int64
    /// Whether OpenVPN clients with the same common name are nodes of their own (`duplicate-cn`), named after their addresses.
    public var separatesCommonNames: Bool
    /// The longest input, in octets.
    public var sizeLimit: Int

    /// - Parameter sizeLimit: 16 MiB unless given.
    public init(time: Int64, separatesCommonNames: Bool = false, sizeLimit: Int = 16 << 20) {
        self.time = time
        self.separatesCommonNames = separatesCommonNames
        self.sizeLimit = sizeLimit
    }
}
