/// A network as NetJSON's NetworkGraph describes it: undirected, at most one link between two nodes.
public struct NetworkGraph: Sendable, Equatable {
    /// The routing protocol or the program, such as "OLSR".
    public var protocolName: String
    /// Nil only where the protocol is "static".
    public var version: String?
    public var revision: String?
    /// What costs are, such as "ETX".
    public var metric: String?
    public var nodes: [GraphNode]
    public var links: [GraphLink]

    public init(
        protocolName: String, version: String?, revision: String? = nil, metric: String?, nodes: [GraphNode] = [], links: [GraphLink] = []
    ) {
        self.protocolName = protocolName
        self.version = version
        self.revision = revision
        self.metric = metric
        self.nodes = nodes
        self.links = links
    }
}

/// A node of a ``NetworkGraph``.
public struct GraphNode: Sendable, Equatable {
    /// Its main address or name; unique in the graph.
    public let id: String
    /// Empty where it has none.
    public var label: String
    /// Its other addresses, in the order of the input.
    public var localAddresses: [String]
    public var properties: Properties

    public init(id: String, label: String = "", localAddresses: [String] = [], properties: Properties = [:]) {
        self.id = id
        self.label = label
        self.localAddresses = localAddresses
        self.properties = properties
    }

    /// Whether all but the id is equal.
    func hasAttributes(of other: GraphNode) -> Bool {
        label == other.label && localAddresses == other.localAddresses && properties == other.properties
    }
}

/// A link of a ``NetworkGraph``; which end is called source means nothing.
public struct GraphLink: Sendable, Equatable {
    /// Ids of nodes.
    public let source, target: String
    /// In the graph's metric; finite.
    public var cost: Double
    /// The cost as its source words it, such as "12 MBit/s"; empty where it does not.
    public var costText: String
    public var properties: Properties

    public init(source: String, target: String, cost: Double, costText: String = "", properties: Properties = [:]) {
        self.source = source
        self.target = target
        self.cost = cost
        self.costText = costText
        self.properties = properties
    }

    /// Whether all but the ends is equal.
    func hasAttributes(of other: GraphLink) -> Bool {
        cost == other.cost && costText == other.costText && properties == other.properties
    }
}
