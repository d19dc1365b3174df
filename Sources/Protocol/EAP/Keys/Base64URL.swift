internal import COpenSSL

/// Octets as letters that a user name may hold: base64 with `-` and `_`, without padding (RFC 4648 §5).
enum Base64URL {
    static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text = [UInt8](repeating: 0, count: (octets.count + 2) / 3 * 4 + 1)
        let length = EVP_EncodeBlock(&text, octets, Int32(octets.count))
        return text.prefix(Int(max(0, length))).compactMap { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: character
            }
        }
    }

    /// - Returns: nil for anything that ``encode(_:)`` does not make.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var padded: [UInt8] = []
        for character in text {
            switch character {
            case UInt8(ascii: "-"): padded.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): padded.append(UInt8(ascii: "/"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                padded.append(character)
            default: return nil
            }
        }
        let missing = (4 - padded.count % 4) % 4
        guard missing < 3 else { return nil }
        padded += [UInt8](repeating: UInt8(ascii: "="), count: missing)
        var octets = [UInt8](repeating: 0, count: padded.count / 4 * 3)
        guard EVP_DecodeBlock(&octets, padded, Int32(padded.count)) == Int32(octets.count) else { return nil }
        return octets.dropLast(missing)
    }
}
