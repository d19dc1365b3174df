/// E-mail addresses as they go into SMTP commands and header fields (RFC 5321 §4.1.2).
public enum EmailAddress {
    /// Whether a message can be sent to `text`: one `local@domain` without blanks, control characters or brackets. Quoted local parts are
    /// not taken.
    public static func isValid(_ text: String) -> Bool {
        guard (3...254).contains(text.utf8.count), let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        guard (1...64).contains(local.utf8.count), !domain.isEmpty, !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..")
        else {
            return false
        }
        let forbidden = "\"(),:;<>@[\\] "
        let isClean = text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7f && $0.properties.generalCategory != .control && !$0.properties.isWhitespace
        }
        guard isClean, !local.contains(where: forbidden.contains), !domain.contains(where: forbidden.contains) else { return false }
        return domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-")
        }
    }
}
