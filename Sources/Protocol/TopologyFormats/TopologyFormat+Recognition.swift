extension TopologyFormat {
    /// The format that an input seems to have, by what only that one has; nil where none does.
    ///
    /// Looks at the first lines of a text, and at the outermost names of a JSON document.
    public static func recognized(in bytes: [UInt8], options: TopologyParseOptions) -> TopologyFormat? {
        guard let input = try? TopologyInput(bytes, options) else { return nil }
        if input.looksLikeJSON {
            guard let documents = try? input.jsonSequence() else { return nil }
            return recognized(in: documents[0].value)
        }
        if input.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") { return .cnml }
        return recognized(in: input.lines)
    }

    private static func recognized(in document: PropertyValue) -> TopologyFormat? {
        switch document {
        case .object(let members):
            func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }
            if members["type"] == "NetworkGraph" { return .netjson }
            if members["type"] == "NetworkCollection" { return .olsrv2 }
            if has("topology", "mid") { return .olsr }
            if has("vis") || has("router") || has("primary") || has("secondary") { return .batman }
            if has("nodes") || has("batadv") { return .freifunk }
            let isInterfaces = members.members.allSatisfy { member in
                guard case .object(let interface) = member.value else { return false }
                return interface["peers"] != nil
            }
            return isInterfaces && !members.isEmpty ? .wireguard : nil
        case .array(let elements):
            guard case .object(let first)? = elements.first else { return nil }
            if first["links"] != nil { return .bmx6 }
            return first["role"] != nil && first["latency"] != nil ? .zerotier : nil
        default: return nil
        }
    }

    private static func recognized(in lines: [TextLine]) -> TopologyFormat? {
        guard let first = lines.first(where: { !$0.isBlank }) else { return nil }
        if first.begins(with: "OpenVPN ") || first.begins(with: "TITLE,") || first.begins(with: "TITLE\t") { return .openvpn }
        if first.begins(with: "BABEL ") { return .babel }
        if lines.contains(where: { $0.equals("Table: Topology") }) {
            return lines.contains { $0.equals("Table: MID") } ? .olsr : .batman
        }
        return first.fields(separatedBy: UInt8(ascii: "\t")).count == 5 ? .wireguard : nil
    }
}
