import Digests

/// Unpredictable texts for tokens.
enum RandomText {
    /// 256 bits in 43 characters that may stand in addresses and cookies.
    static func token() -> String { Base64URL.encode(octets(32)) }

    /// 128 bits as 32 hexadecimal digits.
    static func id() -> String { Hexadecimal.encode(octets(16)) }

    static func octets(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// What tables keep of a token: its SHA-256 in hexadecimal digits. Tokens have so many bits that a salt would add nothing.
    static func digest(_ token: String) -> String { Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array(token.utf8))) }
}
