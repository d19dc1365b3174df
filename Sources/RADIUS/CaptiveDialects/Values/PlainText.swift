/// Texts of strangers, made harmless to show.
enum PlainText {
    /// Without control and direction characters and outer spaces, cut at a character so that it has at most `limit` octets.
    static func cleaned(_ text: some StringProtocol, limit: Int) -> String {
        var cleaned = String.UnicodeScalarView()
        var octets = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb: continue
            default: break
            }
            if cleaned.isEmpty, scalar == " " { continue }
            octets += String(scalar).utf8.count
            if octets > limit { break }
            cleaned.append(scalar)
        }
        while cleaned.last == " " { cleaned.removeLast() }
        return String(cleaned)
    }

    /// Whether all octets are letters, digits or one of `others`; at least one, at most `limit`.
    static func isToken(_ text: some StringProtocol, others: String = "-_.", limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: others.utf8.contains(octet)
                }
            }
    }
}
