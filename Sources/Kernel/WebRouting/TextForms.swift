import Foundation

extension String {
    /// Without white space and line ends at both ends. Most texts have none there, and are not copied for Foundation to look at.
    var trimmingBlanks: String {
        func isPlain(_ octet: UInt8?) -> Bool { octet.map { (0x21...0x7E).contains($0) } ?? true }
        return isPlain(utf8.first) && isPlain(utf8.last) ? self : trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Whether it holds U+0000, which no database takes.
    var hasNullCharacter: Bool { utf8.contains(0) }

    /// One `@` between a local part and a domain with a dot, no blanks, no list, at most 254 octets: the rest is the mail server's to say.
    var isEmailAddress: Bool {
        let parts = split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, utf8.count <= 254 else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") }
            && allSatisfy { !$0.isWhitespace && !",;<>()[]\"\\".contains($0) && $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
    }

    /// E.164: `+` and 7 to 15 digits, the first not 0.
    var isPhoneNumber: Bool {
        let digits = dropFirst()
        return hasPrefix("+") && (7...15).contains(digits.count) && digits.first != "0" && digits.allSatisfy { ("0"..."9").contains($0) }
    }

    /// An absolute http or https address with a host.
    var isWebAddress: Bool {
        guard let url = URLComponents(string: self), let scheme = url.scheme?.lowercased() else { return false }
        return ["http", "https"].contains(scheme) && url.host?.isEmpty == false && !contains { $0.isWhitespace }
    }

    /// `2026-02-28` that exists.
    var isCalendarDate: Bool { WebTime.days(self) != nil }

    var isIPAddress: Bool {
        var octets = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, self, &octets) == 1 || inet_pton(AF_INET6, self, &octets) == 1
    }
}
