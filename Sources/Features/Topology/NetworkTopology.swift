public import Foundation
public import TopologyFormats

/// A network that is watched: where its graph comes from, and what was last said of it.
public struct NetworkTopology: Sendable, Equatable {
    /// How inputs come. The raw values are stored and sent.
    public enum Strategy: String, Sendable, CaseIterable {
        /// The program asks ``NetworkTopology/url`` every few minutes.
        case fetch
        /// The network's own programs send inputs with the ``NetworkTopology/key``.
        case receive
    }

    /// UUID, lower-case text.
    public let id: String
    /// Nil is shared by all organizations.
    public var organizationID: String?
    /// 1 to 64 characters.
    public var label: String
    public var format: TopologyFormat
    public var strategy: Strategy
    /// Where inputs are fetched; empty where they are received.
    public var url: String
    /// Proves who sends inputs; 32 letters and digits where nobody chose another one.
    public var key: String
    /// Seconds after which a link that inputs no longer name goes down; 0 is at once. Counts where inputs are received.
    public var expirationTime: Int64
    /// Others are neither updated nor shown.
    public var isPublished: Bool

    /// What the last input said of itself; empty before there was one, nil where it says nothing.
    public var description: Description

    /// Microseconds since 1970 UTC.
    public let created: Int64
    public var modified: Int64
    /// Grows with each change that somebody can see.
    public var changes: Int64 = 0
    /// Grows with each change of nodes and links, seen or not.
    public var writes: Int64 = 0
    /// When an input was last taken, in microseconds since 1970 UTC; nil for never.
    public var updated: Int64?
    /// Why the last attempt to fetch failed; nil where it did not.
    public var failure: String?

    /// The envelope of a NetJSON graph.
    public struct Description: Sendable, Equatable {
        public var protocolName: String = ""
        public var version: String? = ""
        public var revision: String? = ""
        public var metric: String? = ""

        public init() {}

        /// Cut to what columns hold.
        init(_ graph: NetworkGraph) {
            func cut(_ text: String?, _ length: Int) -> String? { text.map { String($0.unicodeScalars.prefix(length)) } }
            protocolName = cut(graph.protocolName, 64) ?? ""
            version = cut(graph.version, 24)
            revision = cut(graph.revision, 64)
            metric = cut(graph.metric, 24)
        }
    }

    public init(
        id: String = UUID().uuidString.lowercased(), organizationID: String?, label: String, format: TopologyFormat,
        strategy: Strategy = .fetch, url: String = "", key: String = NetworkTopology.newKey(), expirationTime: Int64 = 0,
        isPublished: Bool = true, description: Description = Description(), created: Int64 = NetworkTopology.now(), modified: Int64? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.label = label
        self.format = format
        self.strategy = strategy
        self.url = url
        self.key = key
        self.expirationTime = expirationTime
        self.isPublished = isPublished
        self.description = description
        self.created = created
        self.modified = modified ?? created
    }

    /// When links go down that an input does not name.
    var expiry: LinkExpiry {
        strategy == .fetch || expirationTime == 0 ? .immediate : .after(microseconds: expirationTime * 1_000_000)
    }

    /// The present moment, in microseconds since 1970 UTC.
    public static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// 32 letters and digits.
    public static func newKey() -> String {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).compactMap { _ in characters.randomElement(using: &generator) })
    }

    /// Whether inputs can be fetched from there: an http, https or telnet address without a user's name.
    public static func isAddress(_ url: String) -> Bool {
        guard let parts = url.wholeMatch(of: /(https?|telnet):\/\/([^\s\/?#@]+)([\/?#]\S*)?/.ignoresCase()) else { return false }
        return !parts.2.hasPrefix(":")
    }

    /// Whether a text can be a key.
    public static func isKey(_ text: String) -> Bool {
        (1...64).contains(text.unicodeScalars.count) && !text.contains { $0.isWhitespace || $0 == "." || $0 == "/" }
    }

    /// Where inputs are sent.
    /// - Parameter origin: `https://radius.example.org`.
    public func receiveURL(origin: String) -> String {
        let characters = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        return "\(origin)/api/v1/network-topology/topology/\(id)/receive/?key="
            + (key.addingPercentEncoding(withAllowedCharacters: characters) ?? "")
    }
}
