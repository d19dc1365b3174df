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

    private let code: HMACSHA256
    private let lifetime: Double
    private let capacity: Int
    private let generations = NIOLockedValueBox(Generations())

    /// - Parameter lifetimeSeconds: 0 remembers nothing.
    public init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(2, capacity)
        code = HMACSHA256(key: randomOctets(32))
    }

    /// Whether the password matched a short while ago.
    /// - Parameters:
    ///   - stored: what it matched.
    ///   - now: seconds since 1970 UTC.
    public func contains(_ stored: String, _ password: [UInt8], now: Double) -> Bool {
        guard lifetime > 0 else { return false }
        let digest = digest(stored, password)
        let expiry = generations.withLockedValue { $0.young[digest] ?? $0.old[digest] }
        return expiry.map { $0 > now } ?? false
    }

    /// Remembers that the password matched.
    public func insert(_ stored: String, _ password: [UInt8], now: Double) {
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

    /// Of both values; the length in front keeps their border.
    private func digest(_ stored: String, _ password: [UInt8]) -> [UInt8] {
        let length = UInt64(stored.utf8.count)
        return code.authenticate((0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + Array(stored.utf8) + password)
    }
}
