import Foundation

/// Text in the header of an e-mail (RFC 5322 §2.2.3, RFC 2047).
enum HeaderText {
    /// A whole field with its line end, folded; control characters of the value become blanks, so that it cannot hold another field.
    static func field(_ name: String, _ value: String) -> String {
        let clean = clean(value)
        let words =
            needsEncoding(clean) ? encodedWords(clean) : clean.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return folded("\(name):", words)
    }

    /// A field with one address, such as `From: "Café" <wifi@example.org>`.
    /// - Parameter display: the name beside the address; empty for none.
    static func mailbox(_ name: String, display: String, address: String) -> String {
        let clean = clean(display)
        guard !clean.isEmpty else { return "\(name): \(self.clean(address))\r\n" }
        let words: [String]
        if needsEncoding(clean) {
            words = encodedWords(clean)
        } else {
            let quoted = clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            words = "\"\(quoted)\"".split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        }
        return folded("\(name):", words + ["<\(self.clean(address))>"])
    }

    /// Blanks in place of what ends a line or a text.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}" ? " " : $0 })
        ).trimmingCharacters(in: .whitespaces)
    }

    /// What is no printable ASCII, what looks like an encoded word, and words too long for a line.
    private static func needsEncoding(_ text: String) -> Bool {
        !text.utf8.allSatisfy { (0x20...0x7e).contains($0) } || text.contains("=?")
            || text.split(separator: " ").contains { $0.utf8.count > 70 }
    }

    /// Encoded words of at most 64 characters, each with whole characters (RFC 2047 §2, §5).
    private static func encodedWords(_ text: String) -> [String] {
        // 39 octets are 52 characters of Base64, which leaves room for the field's name in the first line.
        let room = 39
        var words: [String] = []
        var octets: [UInt8] = []
        func end() {
            words.append("=?utf-8?B?\(Data(octets).base64EncodedString())?=")
            octets = []
        }
        for scalar in text.unicodeScalars {
            let next = Array(String(scalar).utf8)
            if octets.count + next.count > room { end() }
            octets += next
        }
        if !octets.isEmpty { end() }
        return words
    }

    /// Puts words into lines of at most 76 characters.
    private static func folded(_ name: String, _ words: [String]) -> String {
        var lines = [name]
        for word in words {
            let last = lines.count - 1
            // Not before the first word: a line of blanks is an error (RFC 5322 §2.2.3). An empty word is a blank of its own.
            if lines[last].utf8.count + 1 + word.utf8.count > 76, !word.isEmpty, lines[last] != name {
                lines.append(" \(word)")
            } else {
                lines[last] += " \(word)"
            }
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}
