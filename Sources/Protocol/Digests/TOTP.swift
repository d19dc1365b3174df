internal import COpenSSL

/// Time-based one-time passwords (RFC 6238 over RFC 4226).
public struct TOTP: Sendable {
    private let secret: [UInt8]
    private let digits: Int
    private let periodSeconds: Int
    private let algorithm: DigestAlgorithm

    /// - Parameters:
    ///   - secret: shared with the authenticator; as long as the digest at best (RFC 4226 §4).
    ///   - digits: of a code, 6 to 8.
    ///   - algorithm: many authenticators know SHA-1 only.
    public init(secret: [UInt8], digits: Int = 6, periodSeconds: Int = 30, algorithm: DigestAlgorithm = .sha1) {
        self.secret = secret
        self.digits = digits
        self.periodSeconds = max(1, periodSeconds)
        self.algorithm = algorithm
    }

    /// The period that a moment falls into.
    /// - Parameter epoch: seconds since 1970 UTC.
    public func counter(at epoch: Double) -> Int64 {
        Int64(max(0, min(epoch, 1e15))) / Int64(periodSeconds)
    }

    /// The code of a period (RFC 4226 §5.3): decimal digits, zeros in front.
    public func code(_ counter: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> Int64(56 - 8 * $0)) }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard HMAC(algorithm.evp, secret, Int32(clamping: secret.count), message, message.count, &digest, &length) != nil, length >= 20
        else { return "" }
        let offset = Int(digest[Int(length) - 1] & 0x0f)
        let number = digest[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let modulus = (0..<digits).reduce(UInt64(1)) { value, _ in value * 10 }
        let text = String(UInt64(number) % modulus)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
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
