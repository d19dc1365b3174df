/// Reads the status file of an OpenVPN server, in any of its three versions.
///
/// The file must be whole, to its END: OpenVPN rewrites it in place, and one that was read in between would take clients down.
struct OpenVPNStatusReader {
    /// A row of a table, its columns found by the names in the table's heading.
    private struct Row {
        let columns: [String: String]
        let line: TextLine

        init(_ fields: ArraySlice<String>, heading: [String], line: TextLine) throws(TopologyFormatError) {
            guard fields.count == heading.count else {
                throw OpenVPNStatusReader.error("\(fields.count) columns instead of \(heading.count)", line)
            }
            columns = Dictionary(zip(heading, fields)) { first, _ in first }
            self.line = line
        }

        func text(_ name: String) throws(TopologyFormatError) -> String {
            guard let text = columns[name], !text.isEmpty else { throw OpenVPNStatusReader.error("no \(name)", line) }
            return text
        }

        func integer(_ name: String) throws(TopologyFormatError) -> Int64 {
            guard let integer = Int64(try text(name)) else { throw OpenVPNStatusReader.error("\(name) is no number", line) }
            return integer
        }
    }

    private let lines: [TextLine]
    private var position = 0
    private var status = OpenVPNStatus()

    static func read(_ lines: [TextLine]) throws(TopologyFormatError) -> OpenVPNStatus {
        var reader = OpenVPNStatusReader(lines: lines.filter { !$0.isBlank })
        guard let first = reader.lines.first else { return reader.status }
        if first.equals("OpenVPN CLIENT LIST") {
            try reader.readVersion1()
        } else if first.begins(with: "TITLE,") {
            try reader.readRecords(version: "2", separator: UInt8(ascii: ","))
        } else if first.begins(with: "TITLE\t") {
            try reader.readRecords(version: "3", separator: UInt8(ascii: "\t"))
        } else if first.equals("OpenVPN STATISTICS") {
            throw error("this is the status of a client", first)
        } else {
            throw error("no client list", first)
        }
        return reader.status
    }

    private init(lines: [TextLine]) {
        self.lines = lines
    }

    private static func error(_ details: String, _ line: TextLine) -> TopologyFormatError {
        TopologyFormatError(.conversion, "OpenVPN parsing error: \(details)", line.place)
    }

    private mutating func next() throws(TopologyFormatError) -> TextLine {
        guard position < lines.count else {
            throw TopologyFormatError(
                .conversion, "OpenVPN parsing error: the end is missing", .line(lines.last?.number ?? 1))
        }
        position += 1
        return lines[position - 1]
    }

    // MARK: - Version 1

    private mutating func readVersion1() throws(TopologyFormatError) {
        let comma = UInt8(ascii: ",")
        position = 1
        let updated = try next()
        guard updated.begins(with: "Updated,") else { throw Self.error("no moment of the update", updated) }

        let clientHeading = try heading(with: "Common Name")
        var line = try next()
        while !line.equals("ROUTING TABLE") {
            try addClient(Row(line.fields(separatedBy: comma)[...], heading: clientHeading, line: line))
            line = try next()
        }
        let routeHeading = try heading(with: "Virtual Address")
        line = try next()
        while !line.equals("GLOBAL STATS") {
            try addRoute(Row(line.fields(separatedBy: comma)[...], heading: routeHeading, line: line))
            line = try next()
        }
        while !line.equals("END") { line = try next() }
        try expectNothing()
    }

    private mutating func heading(with column: String) throws(TopologyFormatError) -> [String] {
        let line = try next()
        let heading = line.fields(separatedBy: UInt8(ascii: ","))
        guard heading.contains(column) else { throw Self.error("no heading", line) }
        return heading
    }

    // MARK: - Versions 2 and 3

    private mutating func readRecords(version: String, separator: UInt8) throws(TopologyFormatError) {
        status.version = version
        var headings: [String: [String]] = [:]
        while true {
            let line = try next()
            if line.equals("END") { return try expectNothing() }
            let fields = line.fields(separatedBy: separator)
            let kind = fields[0]
            switch kind {
            case "HEADER":
                guard fields.count > 2 else { throw Self.error("no heading", line) }
                headings[fields[1]] = Array(fields[2...])
            case "CLIENT_LIST", "ROUTING_TABLE":
                guard let heading = headings[kind] else { throw Self.error("no heading for this row", line) }
                let row = try Row(fields[1...], heading: heading, line: line)
                if kind == "CLIENT_LIST" { try addClient(row) } else { try addRoute(row) }
            case "TITLE", "TIME", "GLOBAL_STATS": continue
            default: throw Self.error("an unknown kind of row", line)
            }
        }
    }

    // MARK: - Rows

    private mutating func addClient(_ row: Row) throws(TopologyFormatError) {
        let connectedSince: String
        if row.columns["Connected Since (time_t)"] != nil {
            guard let time = UTCTime.text(epoch: try row.integer("Connected Since (time_t)")) else {
                throw Self.error("Connected Since (time_t) is no moment", row.line)
            }
            connectedSince = time
        } else {
            guard let time = UTCTime.text(reading: try row.text("Connected Since")) else {
                throw Self.error("Connected Since is no moment", row.line)
            }
            connectedSince = time
        }
        let username = row.columns["Username"].flatMap { $0.isEmpty || $0 == OpenVPNStatus.undefined ? nil : $0 }
        status.add(
            OpenVPNStatus.Client(
                commonName: try row.text("Common Name"), realAddress: RealAddress(try row.text("Real Address")),
                connectedSince: connectedSince, bytesReceived: try row.integer("Bytes Received"),
                bytesSent: try row.integer("Bytes Sent"), username: username))
    }

    private mutating func addRoute(_ row: Row) throws(TopologyFormatError) {
        guard let virtualAddress = Self.virtualAddress(try row.text("Virtual Address")) else {
            throw Self.error("Virtual Address is no address", row.line)
        }
        status.add(
            OpenVPNStatus.Route(
                virtualAddress: virtualAddress, commonName: try row.text("Common Name"),
                realAddress: RealAddress(try row.text("Real Address"))))
    }

    /// An address, a network, or a MAC address, without the C of an entry that comes from OpenVPN's cache.
    private static func virtualAddress(_ text: String) -> String? {
        if text.hasSuffix("C") {
            let address = String(text.dropLast())
            if AddressText.isIP(address) { return address }
        }
        if AddressText.isIP(text) || AddressText.isNetwork(text) { return text }
        // Behind a MAC address its VLAN may stand.
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let mac = parts.first.flatMap({ AddressText.canonicalMAC(String($0)) }) else { return nil }
        return parts.count == 1 || parts[1] == "0" ? mac : "\(mac)@\(parts[1])"
    }

    private func expectNothing() throws(TopologyFormatError) {
        if position < lines.count { throw Self.error("something follows the end", lines[position]) }
    }
}
