/// Whether a packet was made with the shared secret.
public enum Proof: String, Sendable, Codable {
    /// Every authenticator in the packet is right.
    case good
    /// An authenticator is wrong: another secret, or octets that were changed.
    case bad
    /// The packet carries none: an Access-Request without Message-Authenticator.
    case absent
    /// No secret is known, or the request that a reply belongs to was not seen.
    case unknown
}
