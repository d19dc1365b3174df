/// What one graph has, lacks or has otherwise than another. Nodes are the same by id, links by their pair of ends in either order.
///
/// The order of properties and the orientation of a link are no difference. Takes time in proportion to the graphs.
public struct GraphDifference: Sendable, Equatable {
    /// What only the new graph has.
    public let added: NetworkGraph?
    /// What only the old graph has, as it was there.
    public let removed: NetworkGraph?
    /// What both have with different attributes, as it is in the new one.
    public let changed: NetworkGraph?

    /// - Returns: sections with the new graph's description, in the order of ids; nil instead of an empty one.
    public init(from old: NetworkGraph, to new: NetworkGraph) {
        var numbering = NodeNumbering()
        let oldNodes = numbering.nodes(of: old)
        let newNodes = numbering.nodes(of: new)
        let oldLinks = numbering.links(of: old)
        let newLinks = numbering.links(of: new)

        var added = Section()
        var removed = Section()
        var changed = Section()
        for (number, node) in newNodes {
            if let before = oldNodes[number] {
                if !node.hasAttributes(of: before) { changed.nodes.append(node) }
            } else {
                added.nodes.append(node)
            }
        }
        for (number, node) in oldNodes where newNodes[number] == nil { removed.nodes.append(node) }
        for (pair, link) in newLinks {
            if let before = oldLinks[pair] {
                if !link.hasAttributes(of: before) { changed.links.append(link) }
            } else {
                added.links.append(link)
            }
        }
        for (pair, link) in oldLinks where newLinks[pair] == nil { removed.links.append(link) }
        self.added = added.graph(describedBy: new)
        self.removed = removed.graph(describedBy: new)
        self.changed = changed.graph(describedBy: new)
    }

    /// Whether the graphs are the same.
    public var isEmpty: Bool { added == nil && removed == nil && changed == nil }

    /// `{"added": …, "removed": …, "changed": …}` in UTF-8, null for each that is empty.
    /// - Parameter isIndented: for people to read.
    public func netJSON(isIndented: Bool = false) -> [UInt8] {
        var writer = NetJSONWriter(isIndented: isIndented)
        writer.beginObject()
        writer.name("added")
        Self.write(added, to: &writer)
        writer.name("removed")
        Self.write(removed, to: &writer)
        writer.name("changed")
        Self.write(changed, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ section: NetworkGraph?, to writer: inout NetJSONWriter) {
        if let section { section.write(to: &writer) } else { writer.value(.null) }
    }
}

/// One of the three sections, in any order.
private struct Section {
    var nodes: [GraphNode] = []
    var links: [GraphLink] = []

    func graph(describedBy graph: NetworkGraph) -> NetworkGraph? {
        guard !nodes.isEmpty || !links.isEmpty else { return nil }
        var section = graph
        section.nodes = nodes.sorted { $0.id < $1.id }
        section.links = links.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
        return section
    }
}

/// Small numbers for the nodes of several graphs, so that pairs are compared without their texts.
private struct NodeNumbering {
    private var numbers: [String: UInt32] = [:]

    private mutating func number(_ id: String) -> UInt32 {
        if let number = numbers[id] { return number }
        let number = UInt32(numbers.count)
        numbers[id] = number
        return number
    }

    mutating func nodes(of graph: NetworkGraph) -> [UInt32: GraphNode] {
        var nodes: [UInt32: GraphNode] = [:]
        nodes.reserveCapacity(graph.nodes.count)
        for node in graph.nodes { nodes[number(node.id)] = node }
        return nodes
    }

    mutating func links(of graph: NetworkGraph) -> [UInt64: GraphLink] {
        var links: [UInt64: GraphLink] = [:]
        links.reserveCapacity(graph.links.count)
        for link in graph.links {
            let source = number(link.source)
            let target = number(link.target)
            links[UInt64(min(source, target)) << 32 | UInt64(max(source, target))] = link
        }
        return links
    }
}
