import Digests

/// The sixteen octets of the Authenticator field (RFC 2865 §3), held as two words in wire order.
public struct Authenticator: Hashable, Sendable {
    var digest: MD5Digest

    init(_ digest: MD5Digest) {
        self.digest = digest
    }

    /// Reads sixteen octets at `offset`; the buffer must hold them.
    init(loading buffer: UnsafeRawBufferPointer, at offset: Int) {
        digest = MD5Digest(loading: buffer, at: offset)
    }

    /// Takes exactly sixteen octets.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        digest = Array(bytes).withUnsafeBytes { MD5Digest(loading: $0) }
    }

    /// Sixteen zero octets.
    public static let zero = Authenticator(MD5Digest(low: 0, high: 0))

    /// Draws a Request Authenticator.
    /// - Parameter generator: must be unpredictable (RFC 2865 §3); `SystemRandomNumberGenerator` is.
    public static func random(using generator: inout some RandomNumberGenerator) -> Authenticator {
        Authenticator(MD5Digest(low: generator.next(), high: generator.next()))
    }

    /// The sixteen octets.
    public var bytes: [UInt8] { digest.bytes }
}
