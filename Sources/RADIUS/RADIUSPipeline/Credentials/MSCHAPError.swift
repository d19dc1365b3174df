import Digests
import RADIUSWire

/// The text of MS-CHAP-Error (RFC 2548 §2.1.5, RFC 2759 §6), which tells the user why.
struct MSCHAPError {
    var code: Int
    /// Whether the peer may try again with the new challenge.
    var allowsRetry: Bool
    var message: String

    init(_ reason: RejectReason) {
        switch reason {
        case .loginTimeOutside, .loginTimeEnding: self.init(code: 646, allowsRetry: false, message: "Outside of the allowed hours")
        case .accountInactive, .accountExpired: self.init(code: 647, allowsRetry: false, message: "Account disabled")
        case .passwordExpired: self.init(code: 648, allowsRetry: false, message: "Password expired")
        case .policyRejected, .ruleRejected, .sessionLimit: self.init(code: 649, allowsRetry: false, message: "No permission to log in")
        case .passwordUnfit: self.init(code: 709, allowsRetry: false, message: "New password is too short or the old one")
        case .passwordChangeFailed: self.init(code: 709, allowsRetry: false, message: "Password change failed")
        default: self.init(code: 691, allowsRetry: true, message: "Authentication rejected")
        }
    }

    private init(code: Int, allowsRetry: Bool, message: String) {
        self.code = code
        self.allowsRetry = allowsRetry
        self.message = message
    }

    /// The attribute's value for one credential; nil unless it is MS-CHAP.
    /// - Parameter generator: draws the new challenge; must be unpredictable.
    func value(for credential: Credential, using generator: inout some RandomNumberGenerator) -> [UInt8]? {
        let identifier: UInt8
        let challengeLength: Int
        switch credential {
        case .mschapv1(let response): (identifier, challengeLength) = (response.identifier, 8)
        case .mschapv2(let response): (identifier, challengeLength) = (response.identifier, 16)
        case .mschapv2Change(let change): (identifier, challengeLength) = (change.response.identifier, 16)
        default: return nil
        }
        let challenge = Hexadecimal.encode((0..<challengeLength).map { _ in UInt8.random(in: 0...255, using: &generator) }).uppercased()
        return [identifier] + Array("E=\(code) R=\(allowsRetry ? 1 : 0) C=\(challenge) V=3 M=\(message)".utf8)
    }
}
