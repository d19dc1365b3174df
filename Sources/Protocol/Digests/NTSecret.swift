/// The NT hash of one password and its own hash, which MS-CHAPv2 needs at each login (RFC 2759 §8.3, §8.4).
public final class NTSecret: Sendable {
    /// ``NTHash``, 16 octets.
    public let hash: [UInt8]
    /// ``NTHash/hashOfHash(_:)``, 16 octets.
    public let hashOfHash: [UInt8]

    /// - Parameter hash: 16 octets.
    public init(_ hash: [UInt8]) {
        self.hash = hash
        hashOfHash = NTHash.hashOfHash(hash)
    }
}
