import Digests
import RADIUSDictionary
import RADIUSWire

/// How an Access-Request proves the password. Raw values are those of the command line.
public enum AuthenticationMethod: String, CaseIterable, Sendable {
    /// User-Password (RFC 2865 §5.2).
    case pap
    /// CHAP-Password over the Request Authenticator as challenge (RFC 2865 §5.3).
    case chap
    /// MS-CHAP-Response with the NT response only (RFC 2548 §2.1.3).
    case mschapv1
    /// MS-CHAP2-Response (RFC 2548 §2.3.2), whose answer is verified.
    case mschapv2
}

/// What MS-CHAP2-Success must hold (RFC 2548 §2.3.3) for the response that was sent.
struct MSCHAPv2Proof {
    let identifier: UInt8
    /// `S=` and forty hexadecimal digits (RFC 2759 §5).
    let authenticatorResponse: String

    /// A message may follow the proof, after a space.
    func matches(_ success: some Collection<UInt8>) -> Bool {
        success.first == identifier && success.dropFirst().starts(with: authenticatorResponse.utf8)
    }
}

extension AttributeEncoder {
    /// Appends User-Password, CHAP-Password or the Microsoft attributes for a password.
    /// - Parameters:
    ///   - authenticator: the request's; the challenge of CHAP.
    ///   - userPassword: the dictionary's definition of User-Password, which says how it is hidden.
    /// - Returns: what the reply has to prove, for MS-CHAP-V2.
    mutating func append(
        _ method: AuthenticationMethod, user: String, password: String, authenticator: Authenticator, userPassword: AttributeDefinition,
        using generator: inout some RandomNumberGenerator
    ) throws(WireError) -> MSCHAPv2Proof? {
        let identifier = UInt8.random(in: 0...255, using: &generator)
        switch method {
        case .pap:
            try append(Attribute(userPassword, value: .text(password)))
        case .chap:
            try append(type: 3, [identifier] + MD5.hash([identifier] + password.utf8 + authenticator.bytes).bytes)
        case .mschapv1:
            let challenge = Self.octets(8, &generator)
            let response = MSCHAP.challengeResponse(challenge: challenge, hash: NTHash.hash(password: password))
            try appendMicrosoft(MicrosoftAttribute.challenge, challenge)
            // Flags 1: the NT response is the one to use (RFC 2548 §2.1.3).
            try appendMicrosoft(MicrosoftAttribute.response, [identifier, 1] + [UInt8](repeating: 0, count: 24) + response)
        case .mschapv2:
            let challenge = Self.octets(16, &generator)
            let peerChallenge = Self.octets(16, &generator)
            // The hash covers the name without a Windows domain (RFC 2759 §8.2).
            let name = Array((user.split(separator: "\\", maxSplits: 1).last ?? "").utf8)
            let hash = NTHash.hash(password: password)
            let challengeHash = MSCHAP.challengeHash(peerChallenge: peerChallenge, authenticatorChallenge: challenge, userName: name)
            let response = MSCHAP.challengeResponse(challenge: challengeHash, hash: hash)
            try appendMicrosoft(MicrosoftAttribute.challenge, challenge)
            try appendMicrosoft(
                MicrosoftAttribute.response2, [identifier, 0] + peerChallenge + [UInt8](repeating: 0, count: 8) + response)
            let proof = MSCHAP.authenticatorResponse(
                hashOfHash: NTHash.hashOfHash(hash), ntResponse: response, challengeHash: challengeHash)
            return MSCHAPv2Proof(identifier: identifier, authenticatorResponse: proof)
        }
        return nil
    }

    private mutating func appendMicrosoft(_ type: UInt8, _ value: [UInt8]) throws(WireError) {
        try append(type: AttributeType.vendorSpecific, MicrosoftAttribute.vendor + [type, UInt8(value.count + 2)] + value)
    }

    private static func octets(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

/// Microsoft's vendor-specific attributes for MS-CHAP (RFC 2548 §2).
enum MicrosoftAttribute {
    static let vendor: [UInt8] = [0, 0, 1, 0x37]
    static let response: UInt8 = 1
    static let error: UInt8 = 2
    static let challenge: UInt8 = 11
    static let response2: UInt8 = 25
    static let success2: UInt8 = 26

    /// The value of the first attribute of a type, where it stands alone in its Vendor-Specific attribute.
    static func value(_ type: UInt8, in packet: Packet) -> ArraySlice<UInt8>? {
        for attribute in packet.attributes where attribute.type == AttributeType.vendorSpecific && attribute.length >= 6 {
            let value = packet.bytes[attribute.range]
            if value.starts(with: vendor + [type, UInt8(attribute.length - 4)]) { return value.dropFirst(6) }
        }
        return nil
    }
}
