/// Telephone numbers as the outbox holds them (E.164).
public enum PhoneNumber {
    /// Whether `text` is `+`, a digit that is not 0, and 6 to 14 more.
    public static func isValid(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: "+") && (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether the number begins with one of the prefixes, such as `+39`; without prefixes all do.
    ///
    /// No calling code is the beginning of another, so a prefix that is one takes the numbers of that code only.
    public static func isAllowed(_ number: String, prefixes: [String]) -> Bool {
        prefixes.isEmpty || prefixes.contains { !$0.isEmpty && number.hasPrefix($0) }
    }
}
