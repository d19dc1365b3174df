import COpenSSL
import Digests
public import RADIUSPipeline

/// Time-based one-time passwords (RFC 6238 over RFC 4226).
public struct TOTP: Sendable {
    private let secret: OneTimePasswordSecret

    public init(_ secret: OneTimePasswordSecret) {
        self.secret = secret
    }

    /// The period that a moment falls into.
    /// - Parameter epoch: seconds since 1970 UTC.
    public func counter(at epoch: Double) -> Int64 {
        Int64(max(0, min(epoch, 1e15))) / Int64(max(1, secret.periodSeconds))
    }

    /// The code of a period (RFC 4226 §5.3): decimal digits, zeros in front.
    public func code(_ counter: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> Int64(56 - 8 * $0)) }
        let function =
            switch secret.algorithm {
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard COpenSSL.HMAC(function, secret.secret, Int32(secret.secret.count), message, message.count, &digest, &length) != nil,
            length >= 20
        else { return "" }
        let offset = Int(digest[Int(length) - 1] & 0x0f)
        let number = digest[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let modulus = (0..<secret.digits).reduce(UInt64(1)) { value, _ in value * 10 }
        let digits = String(UInt64(number) % modulus)
        return String(repeating: "0", count: max(0, secret.digits - digits.count)) + digits
    }

    /// The period whose code this is.
    /// - Parameters:
    ///   - window: periods before and after the moment that count too, for clocks that differ.
    /// - Returns: nil when the code is of none of them.
    public func counter(of code: [UInt8], at epoch: Double, window: Int) -> Int64? {
        let now = counter(at: epoch)
        var found: Int64?
        for counter in now - Int64(window)...now + Int64(window) where counter >= 0 {
            let expected = Array(self.code(counter).utf8)
            // All are compared, so that the time tells nothing.
            if !expected.isEmpty, constantTimeEqual(expected, code) { found = counter }
        }
        return found
    }
}
