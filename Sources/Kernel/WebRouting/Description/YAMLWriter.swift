extension JSONValue {
    /// The document in YAML 1.2, block by block; texts are quoted as in JSON, which YAML reads alike.
    public var yaml: String {
        var lines: [String] = []
        write(into: &lines, indent: "", prefix: "")
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Parameter prefix: what stands before the value on its first line: a key or the dash of a list.
    private func write(into lines: inout [String], indent: String, prefix: String) {
        switch self {
        case .object(let members) where !members.isEmpty:
            if !prefix.isEmpty { lines.append(indent + prefix) }
            let inner = prefix.isEmpty ? indent : indent + "  "
            for member in members {
                member.value.write(into: &lines, indent: inner, prefix: JSONValue.string(member.name).text + ":")
            }
        case .array(let elements) where !elements.isEmpty:
            if !prefix.isEmpty { lines.append(indent + prefix) }
            let inner = prefix.isEmpty ? indent : indent + "  "
            for element in elements { element.write(into: &lines, indent: inner, prefix: "-") }
        default:
            lines.append(indent + (prefix.isEmpty ? "" : prefix + " ") + text)
        }
    }

    private var text: String { String(decoding: bytes, as: UTF8.self) }
}
