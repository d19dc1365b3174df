import Digests

/// The secret that a RADIUS client and server share (RFC 2865 §3), with its HMAC-MD5 states computed once.
///
/// Prints as `<secret>` everywhere; only ``bytes`` gives it away.
public struct SharedSecret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret, any content.
    public let bytes: [UInt8]
    let hmac: HMACMD5

    /// Takes the octets as they are.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        hmac = HMACMD5(key: bytes)
    }

    /// Reads the notation of configuration files: `0x` and an even number of hexadecimal digits, or the text itself.
    /// - Returns: nil for an empty text and for `0x` followed by anything else.
    public init?(text: String) {
        guard !text.isEmpty else { return nil }
        guard text.hasPrefix("0x") else {
            self.init(Array(text.utf8))
            return
        }
        guard let bytes = Hexadecimal.decode(text.utf8.dropFirst(2)), !bytes.isEmpty else { return nil }
        self.init(bytes)
    }

    public static func == (left: SharedSecret, right: SharedSecret) -> Bool {
        constantTimeEqual(left.bytes, right.bytes)
    }

    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
