import Digests
import RADIUSWire

/// The attributes of an MS-CHAPv2 login (RFC 2548 §2.3.2).
struct MSCHAPv2Login {
    var user: String
    var ntHash: String

    func attributes(_ fixture: BackEndFixture) throws -> [Attribute] {
        let challenge = [UInt8](repeating: 7, count: 16)
        let peer = [UInt8](repeating: 9, count: 16)
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: challenge, peerChallenge: peer, userName: Array(user.utf8),
            ntHash: Hexadecimal.decode(ntHash.lowercased().utf8) ?? [])
        func text(_ octets: [UInt8]) -> String { "0x" + Hexadecimal.encode(octets) }
        return [
            try fixture.attribute("User-Name", user), try fixture.attribute("MS-CHAP-Challenge", text(challenge)),
            try fixture.attribute(
                "MS-CHAP2-Response", text([1, 0] + peer + [UInt8](repeating: 0, count: 8) + response)),
        ]
    }
}
