import Digests

/// Unpredictable texts for tokens.
enum RandomText {
    /// 256 bits in 43 characters that may stand in addresses and cookies.
    static func token() -> String { Base64URL.encode(randomOctets(32)) }

    /// 128 bits as 32 hexadecimal digits.
    static func id() -> String { Hexadecimal.encode(randomOctets(16)) }

    /// What tables keep of a token: its SHA-256 in hexadecimal digits. Tokens have so many bits that a salt would add nothing.
    static func digest(_ token: String) -> String { Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array(token.utf8))) }
}
