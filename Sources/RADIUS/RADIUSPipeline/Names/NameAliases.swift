/// What else than a user name a typed name may be.
public enum NameAliases {
    /// - Parameter phonePrefixes: calling codes for numbers without one, such as `+39`.
    /// - Returns: phone numbers (E.164), as typed and with each prefix, also without the zero in front; then the e-mail address in lower
    ///   case. Empty for a name that is neither.
    public static func of(_ name: String, phonePrefixes: [String]) -> [String] {
        if name.utf8.contains(UInt8(ascii: "@")) { return [name.lowercased()] }
        // Most names have a letter and end here.
        guard name.utf8.allSatisfy({ (0x28...0x39).contains($0) || $0 == UInt8(ascii: " ") }) else { return [] }
        let digits = name.filter { !" -()./".contains($0) }
        let bare = digits.hasPrefix("+") ? digits.dropFirst() : digits[...]
        guard (5...15).contains(bare.count), bare.allSatisfy({ ("0"..."9").contains($0) }) else { return [] }
        if digits.hasPrefix("+") { return [digits] }
        let national = bare.hasPrefix("0") ? [bare, bare.dropFirst()] : [bare]
        return ["+\(bare)"] + phonePrefixes.flatMap { prefix in national.map { prefix + $0 } }
    }
}
