/// The tables of olsrd's txtinfo: a title, a line of column names, rows, an empty line.
enum OLSRText {
    static func parse(_ lines: [TextLine]) throws(TopologyFormatError) -> NetworkGraph {
        let topology = try table("Table: Topology", in: lines)
        var aliases: [String: [String]] = [:]
        for line in try table("Table: MID", in: lines) {
            let columns = line.fields(separatedBy: UInt8(ascii: "\t"))
            guard columns.count >= 2, !columns[0].isEmpty else { throw unrecognized(line.place) }
            aliases[columns[0], default: []] += columns[1].split(separator: ";").map(String.init)
        }
        var builder = GraphBuilder()
        for line in topology {
            // Destination, last hop, link quality, neighbour's link quality, ETX.
            let columns = line.fields(separatedBy: UInt8(ascii: "\t"))
            guard columns.count >= 5, !columns[0].isEmpty, !columns[1].isEmpty, let quality = number(columns[2]),
                let neighborQuality = number(columns[3]), let cost = columns[4] == "INFINITE" ? Double.infinity : number(columns[4])
            else { throw unrecognized(line.place) }
            OLSRParser.add(
                to: &builder, lastHop: columns[1], destination: columns[0], cost: cost,
                quality: ["link_quality": .number(quality), "neighbor_link_quality": .number(neighborQuality)], aliases: aliases)
        }
        return OLSRParser.graph(builder)
    }

    private static func table(_ title: StaticString, in lines: [TextLine]) throws(TopologyFormatError) -> ArraySlice<TextLine> {
        guard let index = lines.firstIndex(where: { $0.equals(title) }) else { throw unrecognized(.document) }
        let rows = lines[(index + 1)...].dropFirst()
        // An output that was cut off would take links down.
        guard let end = rows.firstIndex(where: \.isBlank) else { throw unrecognized(.line(lines.count)) }
        return rows[..<end]
    }

    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { $0.isNaN ? nil : $0 }
    }

    private static func unrecognized(_ place: TopologyFormatError.Place) -> TopologyFormatError {
        TopologyFormatError(.structure, "Unrecognized format", place)
    }
}
