import Digests
import Foundation

/// A code that was sent to a telephone, and what became of it. The code itself is not kept.
public struct PhoneToken: Sendable, Equatable {
    /// UUID.
    public var id: String
    public var userID: String
    /// The organization that sent it; it is worth nothing in another.
    public var organizationID: String
    /// E.164.
    public var number: String
    /// Of ``PhoneCodes/digest(_:of:)``.
    public var codeHash: String
    /// Microseconds since 1970 UTC.
    public var validUntil: Int64
    /// How often it was checked.
    public var attempts: Int
    public var isVerified: Bool
    /// Where the request came from.
    public var address: String
    /// Microseconds since 1970 UTC.
    public var created: Int64

    /// What a check of a code finds.
    public enum Verdict: Sendable, Equatable {
        case right, wrong, verifiedBefore, tooManyAttempts, expired
    }

    /// Checks a code, and counts that.
    ///
    /// In this order: used before, too many checks (even of the right code), too old, wrong.
    /// - Parameters:
    ///   - codeHash: of the code that was typed.
    ///   - limit: checks that a code survives.
    ///   - time: microseconds since 1970 UTC.
    mutating func check(_ codeHash: String, limit: Int, at time: Int64) -> Verdict {
        if isVerified { return .verifiedBefore }
        attempts += 1
        if attempts > limit { return .tooManyAttempts }
        if time >= validUntil { return .expired }
        guard constantTimeEqual(Array(codeHash.utf8), Array(self.codeHash.utf8)) else { return .wrong }
        isVerified = true
        return .right
    }

    /// Seconds until the next code may be sent to the same number.
    func cooldown(_ seconds: Int, at time: Int64) -> Int {
        let left = created + Int64(seconds) * 1_000_000 - time
        return left > 0 ? Int((left + 999_999) / 1_000_000) : 0
    }
}
