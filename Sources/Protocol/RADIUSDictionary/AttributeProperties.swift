/// What the flag word of an ATTRIBUTE says.
struct AttributeProperties {
    var flags = AttributeFlags()
    /// Version 4 writes `tlv extended` and `tlv long_extended` for types of their own in version 3.
    var isExtended = false
    var isLongExtended = false
    /// The attribute or ENUM whose values this one takes.
    var enumeration: String?
}

extension DictionaryParser {
    /// Reads flags separated by commas, without blanks.
    func attributeProperties(_ word: String) throws(DictionaryError) -> AttributeProperties {
        var properties = AttributeProperties()
        for flag in word.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = flag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let argument = parts.count == 2 ? String(parts[1]) : nil
            switch (foldName(parts.first ?? ""), argument) {
            case ("has_tag", nil): properties.flags.hasTag = true
            case ("concat", nil): properties.flags.concat = true
            case ("array", nil): properties.flags.array = true
            case ("virtual", nil): properties.flags.virtual = true
            case ("secret", nil): properties.flags.secret = true
            case ("internal", nil): properties.flags.isInternal = true
            case ("extended", nil): properties.isExtended = true
            case ("long_extended", nil): (properties.isExtended, properties.isLongExtended) = (true, true)
            case ("encrypt", let argument?): properties.flags.encryption = try encryption(argument)
            case ("enum", let argument?): properties.enumeration = argument
            // Of other protocols, or of no effect on RADIUS's encoding.
            case ("abinary", nil), ("counter", nil), ("flat", nil), ("key", _), ("unsafe", nil): break
            case ("clone", _?), ("length", _?), ("offset", _?), ("precision", _?), ("ref", _?), ("subtype", _?): break
            default: throw failure("unknown flag \(flag)")
            }
        }
        if properties.flags.encryption != .none { properties.flags.secret = true }
        return properties
    }

    private func encryption(_ argument: String) throws(DictionaryError) -> Encryption {
        switch foldName(argument) {
        case "1", "user-password": .userPassword
        case "2", "tunnel-password": .tunnelPassword
        case "3", "ascend-secret": .ascendSecret
        default: throw failure("unknown encryption \(argument)")
        }
    }
}
