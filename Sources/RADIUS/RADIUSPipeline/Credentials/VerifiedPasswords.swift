import Digests
import NIOConcurrencyHelpers

/// Remembers for a few minutes which password matched which slow hash, as an HMAC-SHA256 under a key that exists in this process only.
///
/// A changed stored value never matches an old entry. Holds at most `capacity` entries in two generations; the older one is dropped when
/// the younger is full.
public final class VerifiedPasswords: Sendable {
    private struct Generations {
        var young: [[UInt8]: Double] = [:]
        var old: [[UInt8]: Double] = [:]
    }

    private let innerKey: [UInt8]
    private let outerKey: [UInt8]
    private let lifetime: Double
    private let capacity: Int
    private let generations = NIOLockedValueBox(Generations())

    /// - Parameter lifetimeSeconds: 0 remembers nothing.
    public init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(2, capacity)
        var generator = SystemRandomNumberGenerator()
        // As long as a block of SHA-256, so that HMAC uses it as it is.
        let key = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        innerKey = key.map { $0 ^ 0x36 }
        outerKey = key.map { $0 ^ 0x5c }
    }

    /// - Parameter now: seconds since 1970 UTC.
    func contains(_ stored: String, _ password: [UInt8], now: Double) -> Bool {
        guard lifetime > 0 else { return false }
        let digest = digest(stored, password)
        let expiry = generations.withLockedValue { $0.young[digest] ?? $0.old[digest] }
        return expiry.map { $0 > now } ?? false
    }

    func insert(_ stored: String, _ password: [UInt8], now: Double) {
        guard lifetime > 0 else { return }
        let digest = digest(stored, password)
        generations.withLockedValue { generations in
            if generations.young.count >= capacity / 2 {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[digest] = now + lifetime
        }
    }

    var count: Int { generations.withLockedValue { $0.young.count + $0.old.count } }

    /// HMAC (RFC 2104) of both values; the length in front keeps their border.
    private func digest(_ stored: String, _ password: [UInt8]) -> [UInt8] {
        let length = UInt64(stored.utf8.count)
        let message = (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + Array(stored.utf8) + password
        return DigestAlgorithm.sha256.hash(outerKey + DigestAlgorithm.sha256.hash(innerKey + message))
    }
}
