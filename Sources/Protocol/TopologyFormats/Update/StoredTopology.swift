/// What is stored of a topology, as far as an update looks at it. Its lists tell nodes and links apart by their places.
public struct StoredTopology: Sendable {
    public struct Link: Sendable {
        /// Places of nodes.
        public let source, target: Int
        public let attributes: LinkAttributes
        public let isUp: Bool
        /// When the link was last written, in microseconds since 1970 UTC.
        public let modified: Int64

        public init(source: Int, target: Int, attributes: LinkAttributes, isUp: Bool, modified: Int64) {
            self.source = source
            self.target = target
            self.attributes = attributes
            self.isUp = isUp
            self.modified = modified
        }
    }

    public let nodes: [NodeAttributes]
    public let links: [Link]

    public init(nodes: [NodeAttributes] = [], links: [Link] = []) {
        self.nodes = nodes
        self.links = links
    }
}

/// What an input says of a node. What operators add to it is stored apart.
public struct NodeAttributes: Sendable, Equatable {
    /// The most characters of a label.
    public static let labelLimit = 64

    public let label: String
    /// The node's id in the graph, then its other addresses.
    public let addresses: [String]
    public let properties: Properties

    public init(label: String, addresses: [String], properties: Properties) {
        self.label = label
        self.addresses = addresses
        self.properties = properties
    }

    /// Without the address twice that some programs list among the others.
    init(_ node: GraphNode) {
        self.init(label: node.label, addresses: [node.id] + Self.others(node), properties: node.properties)
    }

    /// Whether these are the attributes of a node.
    func isSame(_ node: GraphNode) -> Bool {
        guard label == node.label, addresses.first == node.id, properties == node.properties else { return false }
        if addresses.count == 1, node.localAddresses.isEmpty { return true }
        return addresses.dropFirst().elementsEqual(Self.others(node))
    }

    private static func others(_ node: GraphNode) -> [String] { node.localAddresses.filter { $0 != node.id } }
}

/// What an input says of a link.
public struct LinkAttributes: Sendable, Equatable {
    /// The most characters of a cost's text.
    public static let costTextLimit = 24
    /// What the API makes of other columns, so that no input may set it.
    public static let reserved = ["status", "status_changed", "created", "modified"]

    public let cost: Double
    public let costText: String
    public let properties: Properties

    public init(cost: Double, costText: String, properties: Properties) {
        self.cost = cost
        self.costText = costText
        self.properties = properties
    }

    init(_ link: GraphLink) {
        self.init(cost: link.cost, costText: link.costText, properties: Self.allowed(link.properties))
    }

    /// Whether these are the attributes of a link.
    func isSame(_ link: GraphLink) -> Bool {
        cost == link.cost && costText == link.costText && properties == Self.allowed(link.properties)
    }

    private static func allowed(_ properties: Properties) -> Properties {
        guard properties.members.contains(where: { reserved.contains($0.name) }) else { return properties }
        var properties = properties
        for name in reserved { properties[name] = nil }
        return properties
    }
}

/// When a link that an input does not name goes down.
public enum LinkExpiry: Sendable, Equatable {
    /// At once: inputs are fetched, or are whole each time.
    case immediate
    /// When it was not written for longer than this, in microseconds; each input that names a link counts as writing it.
    case after(microseconds: Int64)
}
