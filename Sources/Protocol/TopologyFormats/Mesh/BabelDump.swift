/// One router's answer to `dump`.
struct BabelDump {
    /// A neighbour is known by its link-local address, which is unique on a link only.
    struct NeighborKey: Hashable {
        let address: String
        let interface: String
    }

    struct Neighbor {
        let key: NeighborKey
        let cost: Double
        let properties: Properties
    }

    struct Route {
        let prefix: String
        let routerID: String
        let isInstalled: Bool
        let metric: Double
        /// The metric from the neighbour on; 0 for its own prefixes.
        let remainingMetric: Double
        let via: NeighborKey
    }

    private(set) var id = ""
    private(set) var host = ""
    private(set) var version: String?
    private(set) var addresses: [String] = []
    private(set) var neighbors: [Neighbor] = []
    private(set) var routes: [Route] = []
    /// How often the router said that an answer is complete: once after the greeting, once after the dump.
    private var completions = 0

    /// The router ids of neighbours, from the routes to what is their own.
    var neighborNames: [NeighborKey: String] {
        var names: [NeighborKey: String] = [:]
        for route in routes where route.remainingMetric == 0 && names[route.via] == nil { names[route.via] = route.routerID }
        return names
    }

    /// The best route in use to each router.
    var nearestRoutes: [Route] {
        var nearest: [String: Route] = [:]
        for route in routes where route.isInstalled {
            if let known = nearest[route.routerID], known.metric <= route.metric { continue }
            nearest[route.routerID] = route
        }
        return nearest.values.sorted { $0.routerID < $1.routerID }
    }

    static func read(_ lines: [TextLine]) throws(TopologyFormatError) -> [BabelDump] {
        var dumps: [BabelDump] = []
        var current: BabelDump?
        var lastLine = 1
        for line in lines where !line.isBlank {
            lastLine = line.number
            if line.begins(with: "BABEL ") {
                if let current { dumps.append(try current.complete(line.number)) }
                current = BabelDump()
            } else if current == nil {
                throw TopologyFormatError(.conversion, "Could not recognize format", line.place)
            } else {
                try current?.take(line)
            }
        }
        guard let current else { throw TopologyFormatError(.conversion, "Could not recognize format: it is empty") }
        dumps.append(try current.complete(lastLine))
        return dumps
    }

    private func complete(_ line: Int) throws(TopologyFormatError) -> BabelDump {
        guard !id.isEmpty else { throw TopologyFormatError(.structure, "Parse error, \"my-id\" key not found", .line(line)) }
        // An answer that was cut off would take links down.
        guard completions >= 2 else { throw TopologyFormatError(.structure, "Parse error, the end is missing", .line(line)) }
        return self
    }

    private mutating func take(_ line: TextLine) throws(TopologyFormatError) {
        let words = line.words
        switch words.first {
        case "ok": completions += 1
        case "version" where words.count == 2:
            version = words[1].hasPrefix("babeld-") ? String(words[1].dropFirst("babeld-".count)) : words[1]
        case "host" where words.count == 2: host = words[1]
        case "my-id" where words.count == 2: id = words[1]
        case "bad", "no": throw TopologyFormatError(.structure, "Parse error, the router refused", line.place)
        case "add" where words.count >= 3: try add(BabelRecord(words, line))
        default: throw TopologyFormatError(.structure, "Parse error, an unknown kind of line", line.place)
        }
    }

    private mutating func add(_ record: BabelRecord) throws(TopologyFormatError) {
        switch record.kind {
        case "interface":
            // Another router may have the same link-local address.
            addresses += ["ipv4", "ipv6"].compactMap { record.values[$0] }.filter { !$0.hasPrefix("fe80:") }
        case "neighbour":
            var properties: Properties = ["interface": .text(try record.text("if"))]
            for name in ["rxcost", "txcost", "rtt", "rttcost"] where record.values[name] != nil {
                properties[name] = .number(try record.number(name))
            }
            properties["reach"] = record.values["reach"].map { .text($0) }
            neighbors.append(
                Neighbor(
                    key: NeighborKey(address: try record.text("address"), interface: try record.text("if")),
                    cost: try record.number("cost"), properties: properties))
        case "route":
            routes.append(
                Route(
                    prefix: try record.text("prefix"), routerID: try record.text("id"), isInstalled: try record.text("installed") == "yes",
                    metric: try record.number("metric"), remainingMetric: try record.number("refmetric"),
                    via: NeighborKey(address: try record.text("via"), interface: try record.text("if"))))
        // What the router itself announces, and what later versions may add.
        default: break
        }
    }
}

/// A line of a dump: `add KIND NAME`, then names and values in turn.
struct BabelRecord {
    let kind: String
    private(set) var values: [String: String] = [:]
    private let line: TextLine

    /// - Parameter words: three at least.
    init(_ words: [String], _ line: TextLine) {
        kind = words[1]
        self.line = line
        var index = 3
        while index + 1 < words.count {
            values[words[index]] = words[index + 1]
            index += 2
        }
    }

    func text(_ name: String) throws(TopologyFormatError) -> String {
        guard let text = values[name] else { throw TopologyFormatError(.structure, "Parse error, \"\(name)\" key not found", line.place) }
        return text
    }

    func number(_ name: String) throws(TopologyFormatError) -> Double {
        guard let number = Double(try text(name)), number.isFinite else {
            throw TopologyFormatError(.structure, "Parse error, \"\(name)\" is not a number", line.place)
        }
        return number
    }
}
