public import Foundation
public import WebRouting

/// What an operator decides about topologies.
public struct TopologySettings: Sendable {
    /// Time between two fetches of a topology.
    public var updateInterval: Duration = .seconds(300)
    /// For an answer to a fetch.
    public var timeoutSeconds: Double = 8
    /// Octets of an input, fetched or received.
    public var largestInput = 16 << 20
    /// Networks inside which fetching is allowed although they are loopback, private or reserved.
    public var allowedNetworks: [AddressBlock] = []
    /// Days after which links that stay down are deleted; nil keeps them.
    public var linkExpirationDays: Int64? = 60
    /// Days after which nodes without a link that nothing changed are deleted; nil keeps them.
    public var nodeExpirationDays: Int64?
    /// Days for which snapshots are kept; nil keeps them for ever.
    public var snapshotDays: Int64?
    /// Whether reading asks who reads. Writing always does.
    public var readingNeedsLogin = true
    /// `https://radius.example.org` of inputs, where they come in elsewhere than the API; nil for the request's.
    public var receiveOrigin: String?
    /// Template of map tiles, `https://tiles.example.org/{z}/{x}/{y}.png`; nil shows outlines without a map behind.
    public var mapTiles: String?
    /// Whom the tiles are owed to.
    public var mapAttribution = ""
    /// Whose days snapshots are of.
    public var timeZone = TimeZone.current

    public init() {}
}
