/// The ip form of Ascend's binary filter (Ascend-Data-Filter, X-Ascend-Call-Filter): 32 octets of fixed fields.
///
/// `ip in forward srcip 1.2.3.4/5 dstip 10.11.12.13/32 tcp srcport = 5 dstport = 1234 est`
struct AscendFilter: Equatable {
    private enum Offset {
        static let forward = 1
        static let inbound = 2
        static let source = 4
        static let destination = 8
        static let sourceLength = 12
        static let destinationLength = 13
        static let networkProtocol = 14
        static let established = 15
        static let sourcePort = 16
        static let destinationPort = 18
        static let sourceComparison = 20
        static let destinationComparison = 21
    }

    private static let protocols: [(name: String, number: UInt8)] = [("icmp", 1), ("tcp", 6), ("udp", 17), ("ospf", 89)]
    /// By their number on the wire; 0 compares nothing.
    private static let comparisons = ["", "<", "=", ">", "!="]

    let octets: [UInt8]

    /// - Returns: nil when the text is no filter of the ip form.
    init?(text: String) {
        var words = text.split(whereSeparator: \.isWhitespace)[...]
        guard words.popFirst() == "ip", let direction = words.popFirst(), direction == "in" || direction == "out",
            let action = words.popFirst(), action == "forward" || action == "drop"
        else { return nil }
        var octets = [UInt8](repeating: 0, count: 32)
        octets[0] = 1
        octets[Offset.forward] = action == "forward" ? 1 : 0
        octets[Offset.inbound] = direction == "in" ? 1 : 0
        while let word = words.popFirst() {
            switch word {
            case "srcip", "dstip":
                guard let argument = words.popFirst(), let prefix = AddressText.prefix(String(argument), limit: 32),
                    let address = AddressText.ipv4(prefix.address)
                else { return nil }
                let isSource = word == "srcip"
                Self.put(UInt64(address), count: 4, at: isSource ? Offset.source : Offset.destination, in: &octets)
                octets[isSource ? Offset.sourceLength : Offset.destinationLength] = prefix.length
            case "srcport", "dstport":
                guard let symbol = words.popFirst(), let comparison = Self.comparisons.dropFirst().firstIndex(of: String(symbol)),
                    let port = words.popFirst().flatMap({ UInt16($0) })
                else { return nil }
                let isSource = word == "srcport"
                Self.put(UInt64(port), count: 2, at: isSource ? Offset.sourcePort : Offset.destinationPort, in: &octets)
                octets[isSource ? Offset.sourceComparison : Offset.destinationComparison] = UInt8(comparison)
            case "est":
                octets[Offset.established] = 1
            default:
                guard let number = Self.protocols.first(where: { $0.name == word })?.number ?? UInt8(word) else { return nil }
                octets[Offset.networkProtocol] = number
            }
        }
        self.octets = octets
    }

    /// The text of a filter.
    /// - Returns: nil unless the octets are exactly what the text would give: other forms print as octets.
    static func text(_ octets: [UInt8]) -> String? {
        guard octets.count == 32, octets[0] == 1 else { return nil }
        var words = ["ip", octets[Offset.inbound] == 1 ? "in" : "out", octets[Offset.forward] == 1 ? "forward" : "drop"]
        for (name, address, length) in [
            ("srcip", Offset.source, Offset.sourceLength), ("dstip", Offset.destination, Offset.destinationLength),
        ] {
            let number = UInt32(truncatingIfNeeded: BigEndian.unsigned(octets[address..<(address + 4)]))
            if number != 0 || octets[length] != 0 { words.append("\(name) \(AddressText.print(ipv4: number))/\(octets[length])") }
        }
        let networkProtocol = octets[Offset.networkProtocol]
        if networkProtocol != 0 { words.append(protocols.first { $0.number == networkProtocol }?.name ?? String(networkProtocol)) }
        for (name, port, comparison) in [
            ("srcport", Offset.sourcePort, Offset.sourceComparison),
            ("dstport", Offset.destinationPort, Offset.destinationComparison),
        ] where (1..<comparisons.count).contains(Int(octets[comparison])) {
            words.append("\(name) \(comparisons[Int(octets[comparison])]) \(BigEndian.unsigned(octets[port..<(port + 2)]))")
        }
        if octets[Offset.established] != 0 { words.append("est") }
        let text = words.joined(separator: " ")
        return AscendFilter(text: text)?.octets == octets ? text : nil
    }

    private static func put(_ number: UInt64, count: Int, at offset: Int, in octets: inout [UInt8]) {
        octets.replaceSubrange(offset..<(offset + count), with: BigEndian.octets(number, count: count))
    }
}
