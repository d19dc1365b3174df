/// What an input changes in a stored topology: nothing is in it that is stored already.
///
/// A stored node is the graph's where it has its id among its addresses, compared whole. Nodes that the graph lacks stay; links that it
/// lacks go down as ``LinkExpiry`` says. Takes time in proportion to both.
public struct TopologyUpdate<ID: Hashable & Sendable>: Sendable {
    /// An end of a link: a stored node, or one of ``newNodes`` by its index.
    public enum End: Sendable, Hashable {
        case stored(ID)
        case new(Int)
    }

    public struct NewLink: Sendable, Equatable {
        public let source, target: End
        public let attributes: LinkAttributes
    }

    /// A link that was stored, with what it has from now on.
    public struct ChangedLink: Sendable, Equatable {
        public let id: ID
        public let attributes: LinkAttributes
        /// Whether it was down.
        public let comesUp: Bool
    }

    /// What cannot be stored. The rest of the input counts all the same.
    public enum Refusal: Sendable, Equatable {
        /// The label has more than ``NodeAttributes/labelLimit`` characters.
        case label(node: String)
        /// The cost's text has more than ``LinkAttributes/costTextLimit`` characters.
        case costText(source: String, target: String)
    }

    public private(set) var newNodes: [NodeAttributes] = []
    public private(set) var changedNodes: [(id: ID, attributes: NodeAttributes)] = []
    public private(set) var newLinks: [NewLink] = []
    public private(set) var changedLinks: [ChangedLink] = []
    /// Links that were up and are no more; they keep their attributes.
    public private(set) var downLinks: [ID] = []
    /// Links that are as they were and still there: with an expiry, they count as written now.
    public private(set) var touchedLinks: [ID] = []
    public private(set) var refusals: [Refusal] = []

    /// Whether nobody could see a difference; links may still have to be touched.
    public var isEmpty: Bool {
        newNodes.isEmpty && changedNodes.isEmpty && newLinks.isEmpty && changedLinks.isEmpty && downLinks.isEmpty
    }

    /// - Parameters:
    ///   - graph: what the input says.
    ///   - now: microseconds since 1970 UTC.
    public init(of stored: StoredTopology<ID>, with graph: NetworkGraph, expiry: LinkExpiry, now: Int64) {
        let ends = compareNodes(stored.nodes, graph.nodes)
        let present = compareLinks(stored.links, graph.links, ends, expiry)
        for link in stored.links where link.isUp && !present.contains(link.id) && expiry.isOver(since: link.modified, now: now) {
            downLinks.append(link.id)
        }
    }

    /// - Returns: the stored or new node of each id of the graph; none for one that was refused.
    private mutating func compareNodes(_ stored: [StoredTopology<ID>.Node], _ nodes: [GraphNode]) -> [String: End] {
        let matches = NodeMatches(stored, nodes)
        var ends: [String: End] = [:]
        for (index, node) in nodes.enumerated() {
            let attributes = NodeAttributes(node)
            let match = matches.stored[index]
            if let match { ends[node.id] = .stored(match.id) }
            if attributes == match?.attributes { continue }
            // Characters of the column, not of the screen.
            guard node.label.unicodeScalars.count <= NodeAttributes.labelLimit else {
                refusals.append(.label(node: node.id))
                continue
            }
            if let match {
                changedNodes.append((match.id, attributes))
            } else {
                ends[node.id] = .new(newNodes.count)
                newNodes.append(attributes)
            }
        }
        return ends
    }

    /// - Returns: the stored links that the graph has.
    private mutating func compareLinks(
        _ stored: [StoredTopology<ID>.Link], _ links: [GraphLink], _ ends: [String: End], _ expiry: LinkExpiry
    ) -> Set<ID> {
        var storedLinks: [Pair: StoredTopology<ID>.Link] = [:]
        for link in stored {
            let pair = Pair(.stored(link.source), .stored(link.target))
            if storedLinks[pair] == nil { storedLinks[pair] = link }
        }
        var seen: Set<Pair> = []
        var present: Set<ID> = []
        for link in links {
            guard let source = ends[link.source], let target = ends[link.target], source != target else { continue }
            let pair = Pair(source, target)
            guard seen.insert(pair).inserted else { continue }
            let attributes = LinkAttributes(link)
            let known = storedLinks[pair]
            if let known { present.insert(known.id) }
            if let known, known.isUp, known.attributes == attributes {
                if expiry != .immediate { touchedLinks.append(known.id) }
                continue
            }
            guard link.costText.unicodeScalars.count <= LinkAttributes.costTextLimit else {
                refusals.append(.costText(source: link.source, target: link.target))
                continue
            }
            if let known {
                changedLinks.append(ChangedLink(id: known.id, attributes: attributes, comesUp: !known.isUp))
            } else {
                newLinks.append(NewLink(source: source, target: target, attributes: attributes))
            }
        }
        return present
    }

    /// Two ends in either order.
    private struct Pair: Hashable {
        private let one, other: End

        init(_ one: End, _ other: End) {
            self.one = one
            self.other = other
        }

        static func == (left: Pair, right: Pair) -> Bool {
            (left.one == right.one && left.other == right.other) || (left.one == right.other && left.other == right.one)
        }

        func hash(into hasher: inout Hasher) {
            // A sum does not know the order.
            hasher.combine(one.hashValue &+ other.hashValue)
        }
    }

    /// Which stored node each node of a graph is.
    private struct NodeMatches {
        /// By the index of the graph's node.
        private(set) var stored: [StoredTopology<ID>.Node?]

        init(_ nodes: [StoredTopology<ID>.Node], _ graph: [GraphNode]) {
            var byID: [String: Int] = [:]
            var byAddress: [String: Int] = [:]
            for (index, node) in nodes.enumerated() {
                for (position, address) in node.attributes.addresses.enumerated() {
                    if position == 0, byID[address] == nil { byID[address] = index }
                    if byAddress[address] == nil { byAddress[address] = index }
                }
            }
            stored = Array(repeating: nil, count: graph.count)
            var taken: Set<Int> = []
            // A node's id says more than an address, which it may have given to another node meanwhile.
            for indexes in [byID, byAddress] {
                for (position, node) in graph.enumerated() where stored[position] == nil {
                    guard let index = indexes[node.id], taken.insert(index).inserted else { continue }
                    stored[position] = nodes[index]
                }
            }
        }
    }
}

extension LinkExpiry {
    /// Whether a link that was last written then goes down now.
    fileprivate func isOver(since modified: Int64, now: Int64) -> Bool {
        switch self {
        case .immediate: true
        case .after(let microseconds): now - modified > microseconds
        }
    }
}
