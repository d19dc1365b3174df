/// Base64 with the alphabet for addresses and file names, without padding (RFC 4648 §5).
public enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The text of octets.
    public static func encode(_ octets: [UInt8]) -> String { String(decoding: Base64.encode(octets, alphabet: alphabet), as: UTF8.self) }

    /// The octets of a text in its one correct form: no padding, no unused bits that are set.
    /// - Returns: nil for any other text.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let standard = text.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0 }
        guard !text.contains(where: { [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ".")].contains($0) }),
            let octets = Base64.decode(standard), encode(octets).utf8.elementsEqual(text)
        else { return nil }
        return octets
    }

    /// Whether an octet is a character of the alphabet.
    public static func isDigit(_ octet: UInt8) -> Bool { alphabet.contains(octet) }
}
