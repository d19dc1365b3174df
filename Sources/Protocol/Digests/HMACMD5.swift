/// HMAC-MD5 (RFC 2104) under one key, whose two padded blocks are digested once.
///
/// Keeping the chaining states halves the cost of a Message-Authenticator: the key is a NAS's shared secret and signs thousands of packets.
public struct HMACMD5: Sendable {
    private let inner: MD5.State
    private let outer: MD5.State

    /// Digests the key's inner and outer pads.
    /// - Parameter key: any length; longer than 64 octets is digested first.
    public init(key: [UInt8]) {
        let shortened = key.count > 64 ? MD5.hash(key).bytes : key
        var block = shortened + [UInt8](repeating: 0, count: 64 - shortened.count)
        for index in block.indices { block[index] ^= 0x36 }
        inner = Self.state(after: block)
        for index in block.indices { block[index] ^= 0x36 ^ 0x5c }
        outer = Self.state(after: block)
    }

    /// Authenticates the message that `body` feeds.
    public func authenticate(_ body: (inout MD5) -> Void) -> MD5Digest {
        var message = MD5(resuming: inner, after: 64)
        body(&message)
        let digest = message.finish()
        var result = MD5(resuming: outer, after: 64)
        result.update(digest)
        return result.finish()
    }

    /// Authenticates one array.
    /// - Returns: 16 octets.
    public func authenticate(_ message: [UInt8]) -> [UInt8] {
        authenticate { $0.update(message) }.bytes
    }

    private static func state(after block: [UInt8]) -> MD5.State {
        var md5 = MD5()
        md5.update(block)
        return md5.state
    }
}
