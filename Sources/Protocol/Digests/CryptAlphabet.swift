/// The 64 characters `./0-9A-Za-z` in which crypt(3) and PHPass write settings and hashes.
enum CryptAlphabet {
    /// The number 0…63 that `character` stands for; `nil` outside the alphabet.
    static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "."), UInt8(ascii: "/"): character - UInt8(ascii: ".")
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 2
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A") + 12
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 38
        default: nil
        }
    }

    /// Whether all of `text` is of the alphabet.
    static func contains(_ text: some Collection<UInt8>) -> Bool {
        text.allSatisfy { value(of: $0) != nil }
    }

    /// The octets of `text`, six bits a character, least significant first.
    ///
    /// - Returns: `nil` for a character outside the alphabet, and when bits that fill no octet are not zero.
    static func decodeLittleEndian(_ text: some Collection<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        for character in text {
            guard let digit = value(of: character) else { return nil }
            pending |= UInt32(digit) << pendingBits
            pendingBits += 6
            if pendingBits >= 8 {
                octets.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingBits -= 8
            }
        }
        return pending == 0 ? octets : nil
    }
}
