/// `text/plain` with or without a character set.
struct InputType: Sendable {
    private let isLatin1: Bool

    /// - Returns: nil for any other type, and for a character set that is not read.
    init?(_ field: String?) {
        let parts = (field ?? "").lowercased().split(separator: ";").map { part in String(part.filter { !$0.isWhitespace && $0 != "\"" }) }
        guard parts.first == "text/plain" else { return nil }
        let set = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        switch set {
        case nil, "utf-8", "utf8", "us-ascii": isLatin1 = false
        case "iso-8859-1", "latin1": isLatin1 = true
        default: return nil
        }
    }

    /// The text in UTF-8.
    func utf8(_ octets: [UInt8]) -> [UInt8] {
        guard isLatin1, octets.contains(where: { $0 >= 0x80 }) else { return octets }
        return Array(String(String.UnicodeScalarView(octets.map { UnicodeScalar($0) })).utf8)
    }
}
