public import Digests
public import RADIUSPipeline

extension TOTP {
    /// The codes of a user's secret.
    public init(_ secret: OneTimePasswordSecret) {
        let algorithm: DigestAlgorithm =
            switch secret.algorithm {
            case .sha1: .sha1
            case .sha256: .sha256
            case .sha512: .sha512
            }
        self.init(secret: secret.secret, digits: secret.digits, periodSeconds: secret.periodSeconds, algorithm: algorithm)
    }
}
