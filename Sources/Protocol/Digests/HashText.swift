/// The textual parts that stored password hashes are made of.
enum HashText {
    /// Splits at every character of `separators`, which are ASCII; empty fields count.
    static func fields(_ text: some StringProtocol, separators: String = "$") -> [[UInt8]] {
        let octets = Array(text.utf8)
        return octets.split(omittingEmptySubsequences: false) { separators.utf8.contains($0) }.map { Array($0) }
    }

    /// A number of one to nine ASCII digits; `nil` for anything else, signs and leading zeros included.
    static func decimal(_ text: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(text.count), text.first != UInt8(ascii: "0") else { return nil }
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
