/// What an input changes in a stored topology: nothing is in it that is stored already.
///
/// A stored node is the graph's where it has its id among its addresses, compared whole. Nodes that the graph lacks stay; links that it
/// lacks go down as ``LinkExpiry`` says. Takes time in proportion to both.
public struct TopologyUpdate: Sendable {
    public struct NewLink: Sendable, Equatable {
        /// Places of nodes: those of ``newNodes`` follow the stored ones.
        public let source, target: Int
        public let attributes: LinkAttributes
    }

    /// A link that was stored, with what it has from now on.
    public struct ChangedLink: Sendable, Equatable {
        public let place: Int
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
    public private(set) var changedNodes: [(place: Int, attributes: NodeAttributes)] = []
    public private(set) var newLinks: [NewLink] = []
    public private(set) var changedLinks: [ChangedLink] = []
    /// Links that were up and are no more; they keep their attributes.
    public private(set) var downLinks: [Int] = []
    /// Links that are as they were and still there: with an expiry, they count as written now.
    public private(set) var touchedLinks: [Int] = []
    public private(set) var refusals: [Refusal] = []

    /// Whether nobody could see a difference; links may still have to be touched.
    public var isEmpty: Bool {
        newNodes.isEmpty && changedNodes.isEmpty && newLinks.isEmpty && changedLinks.isEmpty && downLinks.isEmpty
    }

    /// - Parameters:
    ///   - graph: what the input says.
    ///   - now: microseconds since 1970 UTC.
    public init(of stored: StoredTopology, with graph: NetworkGraph, expiry: LinkExpiry, now: Int64) {
        let ends = compareNodes(stored.nodes, graph.nodes)
        let isPresent = compareLinks(stored.links, graph.links, ends, expiry)
        for place in stored.links.indices where !isPresent[place] && stored.links[place].isUp {
            if expiry.isOver(since: stored.links[place].modified, now: now) { downLinks.append(place) }
        }
    }

    /// - Returns: the place of each id of the graph; none for a node that was refused.
    private mutating func compareNodes(_ stored: [NodeAttributes], _ nodes: [GraphNode]) -> [String: Int] {
        let matches = Self.matches(stored, nodes)
        var ends: [String: Int] = Dictionary(minimumCapacity: nodes.count)
        for index in nodes.indices {
            let id = nodes[index].id
            let match = matches[index]
            if let match {
                ends[id] = match
                if stored[match].isSame(nodes[index]) { continue }
            }
            // Characters of the column, not of the screen.
            guard nodes[index].label.unicodeScalars.count <= NodeAttributes.labelLimit else {
                refusals.append(.label(node: id))
                continue
            }
            let attributes = NodeAttributes(nodes[index])
            if let match {
                changedNodes.append((match, attributes))
            } else {
                ends[id] = stored.count + newNodes.count
                newNodes.append(attributes)
            }
        }
        return ends
    }

    /// - Returns: which stored links the graph has.
    private mutating func compareLinks(
        _ stored: [StoredTopology.Link], _ links: [GraphLink], _ ends: [String: Int], _ expiry: LinkExpiry
    ) -> [Bool] {
        // Most inputs say what the one before them said: elements are read where they are, a copy of each would count references.
        var places: [UInt64: Int] = Dictionary(minimumCapacity: stored.count)
        for place in stored.indices {
            let pair = Self.pair(stored[place].source, stored[place].target)
            if let earlier = places.updateValue(place, forKey: pair) { places[pair] = earlier }
        }
        var isPresent = [Bool](repeating: false, count: stored.count)
        var newPairs: Set<UInt64> = []
        for index in links.indices {
            guard let source = ends[links[index].source], let target = ends[links[index].target], source != target else { continue }
            let pair = Self.pair(source, target)
            let place = places[pair]
            if let place {
                if isPresent[place] { continue }
                isPresent[place] = true
                if stored[place].isUp, stored[place].attributes.isSame(links[index]) {
                    if expiry != .immediate { touchedLinks.append(place) }
                    continue
                }
            } else if !newPairs.insert(pair).inserted {
                continue
            }
            let link = links[index]
            guard link.costText.unicodeScalars.count <= LinkAttributes.costTextLimit else {
                refusals.append(.costText(source: link.source, target: link.target))
                continue
            }
            let attributes = LinkAttributes(link)
            if let place {
                changedLinks.append(ChangedLink(place: place, attributes: attributes, comesUp: !stored[place].isUp))
            } else {
                newLinks.append(NewLink(source: source, target: target, attributes: attributes))
            }
        }
        return isPresent
    }

    /// Two places of nodes in either order.
    private static func pair(_ one: Int, _ other: Int) -> UInt64 { UInt64(min(one, other)) << 32 | UInt64(max(one, other)) }

    /// - Returns: for each node of the graph the place of the stored one that it is.
    private static func matches(_ nodes: [NodeAttributes], _ graph: [GraphNode]) -> [Int?] {
        var byID: [String: Int] = Dictionary(minimumCapacity: nodes.count)
        var byAddress: [String: Int] = [:]
        for place in nodes.indices {
            guard let id = nodes[place].addresses.first else { continue }
            if let earlier = byID.updateValue(place, forKey: id) { byID[id] = earlier }
            if nodes[place].addresses.count == 1 { continue }
            for address in nodes[place].addresses.dropFirst() where byAddress[address] == nil { byAddress[address] = place }
        }
        var matches = [Int?](repeating: nil, count: graph.count)
        var isTaken = [Bool](repeating: false, count: nodes.count)
        // A node's id says more than an address, which it may have given to another node meanwhile.
        for places in [byID, byAddress] where !places.isEmpty {
            for position in graph.indices where matches[position] == nil {
                guard let place = places[graph[position].id], !isTaken[place] else { continue }
                isTaken[place] = true
                matches[position] = place
            }
        }
        return matches
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
