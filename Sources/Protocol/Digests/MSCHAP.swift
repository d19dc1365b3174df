/// The functions of MS-CHAP versions 1 and 2 (RFC 2433, RFC 2759, RFC 3079), without any state.
///
/// Challenges, hashes and responses have fixed lengths, which the caller has checked. An argument of another length
/// is cut or filled with zeros where a length matters: the result never equals a well-formed answer by accident,
/// and nothing traps.
public enum MSCHAP {
    /// The answer to a challenge (RFC 2433 §A.5, RFC 2759 §8.5 ChallengeResponse).
    ///
    /// - Parameters:
    ///   - challenge: 8 octets: version 1's challenge, or version 2's ``challengeHash(peerChallenge:authenticatorChallenge:userName:)``.
    ///   - hash: 16 octets, the NT or the LAN Manager hash.
    /// - Returns: 24 octets.
    public static func challengeResponse(challenge: [UInt8], hash: [UInt8]) -> [UInt8] {
        let clear = DES.number(challenge, from: 0, count: 8)
        var response: [UInt8] = []
        response.reserveCapacity(24)
        DES.encrypt(clear, key: DES.number(hash, from: 0, count: 7), onto: &response)
        DES.encrypt(clear, key: DES.number(hash, from: 7, count: 7), onto: &response)
        // Two octets and five zeros.
        DES.encrypt(clear, key: DES.number(hash, from: 14, count: 2) << 40, onto: &response)
        return response
    }

    /// Joins both sides' challenges into one (RFC 2759 §8.2 ChallengeHash).
    ///
    /// - Parameters:
    ///   - peerChallenge: 16 octets.
    ///   - authenticatorChallenge: 16 octets.
    ///   - userName: as the peer typed it, without a `DOMAIN\` prefix.
    /// - Returns: 8 octets.
    public static func challengeHash(peerChallenge: [UInt8], authenticatorChallenge: [UInt8], userName: [UInt8]) -> [UInt8] {
        SHA1.hash(peerChallenge, authenticatorChallenge, userName, length: 8)
    }

    /// The NT-Response that version 2's peer must send (RFC 2759 §8.1 GenerateNTResponse); 24 octets.
    public static func ntResponse(
        authenticatorChallenge: [UInt8], peerChallenge: [UInt8], userName: [UInt8], ntHash: [UInt8]
    ) -> [UInt8] {
        let challenge = challengeHash(
            peerChallenge: peerChallenge, authenticatorChallenge: authenticatorChallenge, userName: userName)
        return challengeResponse(challenge: challenge, hash: ntHash)
    }

    /// The server's proof that it knows the password (RFC 2759 §8.7 GenerateAuthenticatorResponse).
    ///
    /// - Parameters:
    ///   - hashOfHash: 16 octets, ``NTHash/hashOfHash(_:)``.
    ///   - ntResponse: the peer's 24 octets, already verified.
    ///   - challengeHash: 8 octets, ``challengeHash(peerChallenge:authenticatorChallenge:userName:)``.
    /// - Returns: `S=` and 40 upper-case hexadecimal digits.
    public static func authenticatorResponse(hashOfHash: [UInt8], ntResponse: [UInt8], challengeHash: [UInt8]) -> String {
        let digest = SHA1.hash(hashOfHash, ntResponse, signingMagic)
        return Hexadecimal.encode(SHA1.hash(digest, challengeHash, iterationMagic), digits: "0123456789ABCDEF", prefix: "S=")
    }

    private static let signingMagic = Array("Magic server to client signing constant".utf8)
    private static let iterationMagic = Array("Pad to make it do more than one iteration".utf8)
}
