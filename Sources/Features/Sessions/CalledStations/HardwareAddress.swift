/// A MAC address in a text, as NAS devices and certificates spell it.
enum HardwareAddress {
    /// The twelve digits of a text that is an address, in lower case: `02-00-00-00-00-01`, `0200.0000.0001`, `020000000001`.
    /// - Returns: nil for any other text.
    static func digits(_ text: String) -> String? {
        let digits = text.lowercased().filter { !":-.".contains($0) }
        return digits.utf8.count == 12 && digits.allSatisfy(isDigit) ? digits : nil
    }

    /// The first address within a text, its pairs parted by `-`; six pairs parted by `:`, `-` or nothing count as one.
    /// - Returns: nil where there is none.
    static func first(in text: String) -> String? {
        let characters = Array(text)
        for start in characters.indices {
            // A longer run of digits is something else.
            if start > 0, isDigit(characters[start - 1]) { continue }
            if let pairs = pairs(characters, from: start) { return pairs.joined(separator: "-") }
        }
        return nil
    }

    private static func pairs(_ characters: [Character], from start: Int) -> [String]? {
        var pairs: [String] = []
        var position = start
        var separator: Character?
        while position + 1 < characters.count, isDigit(characters[position]), isDigit(characters[position + 1]) {
            pairs.append(String(characters[position...position + 1]))
            position += 2
            if pairs.count == 6 { break }
            guard position < characters.count else { return nil }
            let next = characters[position]
            if pairs.count == 1, next == ":" || next == "-" { separator = next }
            if let separator {
                guard next == separator else { return nil }
                position += 1
            }
        }
        return pairs.count == 6 && (position == characters.count || !isDigit(characters[position])) ? pairs : nil
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isHexDigit }
}
