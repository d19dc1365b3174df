/// A stored password hashed once, with or without a salt: the LDAP forms MD5, SMD5, SHA, SSHA, SHA2 and SSHA2.
public struct PasswordDigest: Sendable, Equatable {
    /// The hash function.
    let algorithm: DigestAlgorithm
    /// H(password ‖ salt), as long as the function's result.
    let hash: [UInt8]
    /// At least one octet; `nil` for the unsalted forms.
    let salt: [UInt8]?

    /// An unsalted digest; `nil` unless `octets` is as long as the function's result.
    init?(_ algorithm: DigestAlgorithm, unsalted octets: [UInt8]) {
        guard octets.count == algorithm.length else { return nil }
        self.algorithm = algorithm
        hash = octets
        salt = nil
    }

    /// A digest followed by its salt; `nil` when nothing follows the digest.
    init?(_ algorithm: DigestAlgorithm, salted octets: [UInt8]) {
        guard octets.count > algorithm.length else { return nil }
        self.algorithm = algorithm
        hash = Array(octets.prefix(algorithm.length))
        salt = Array(octets.dropFirst(algorithm.length))
    }

    func verify(_ password: [UInt8]) -> Bool {
        constantTimeEqual(algorithm.hash(password + (salt ?? [])), hash)
    }

    /// The check attribute that holds this form.
    var attributeName: String {
        switch (algorithm, salt != nil) {
        case (.md5, false): "MD5-Password"
        case (.md5, true): "SMD5-Password"
        case (.sha1, false): "SHA-Password"
        case (.sha1, true): "SSHA-Password"
        case (_, false): "SHA2-\(algorithm.length * 8)-Password"
        case (_, true): "SSHA2-\(algorithm.length * 8)-Password"
        }
    }
}
