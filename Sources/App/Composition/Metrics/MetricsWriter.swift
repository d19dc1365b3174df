/// Writes Prometheus's text format.
struct MetricsWriter {
    private(set) var text = ""

    enum Kind: String { case counter, gauge, histogram }

    /// Begins a family; its samples follow at once.
    mutating func family(_ name: String, _ help: String, _ kind: Kind = .counter) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: some Numeric) {
        text += name
        if !labels.isEmpty { text += "{" + labels.map { "\($0.key)=\"\(Self.escape($0.value))\"" }.joined(separator: ",") + "}" }
        text += " \(value)\n"
    }

    /// The only sample of a family.
    mutating func sample(_ name: String, _ value: some Numeric) { sample(name, [:], value) }

    /// Label values may come from the network.
    private static func escape(_ text: String) -> String {
        guard text.contains(where: { "\\\"\n".contains($0) }) else { return text }
        return text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
