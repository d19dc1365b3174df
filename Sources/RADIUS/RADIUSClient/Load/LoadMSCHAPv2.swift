import Digests

/// The MS-CHAP-V2 responses of a load run's users (RFC 2759 §4, RFC 2548 §2.3).
///
/// One pair of challenges serves all requests of a thread, so that a response is computed once for each user: its three DES keys for each
/// request would make the generator the limit. The server has the same work with them as with others.
struct LoadMSCHAPv2: Sendable {
    private static let responseLength = 24

    private let challenge: [UInt8]
    private let peerChallenge: [UInt8]
    /// 24 octets for each user, once it is known.
    private var responses: [UInt8]
    private var isKnown: [Bool]

    init(users: Int) {
        challenge = randomOctets(16)
        peerChallenge = randomOctets(16)
        responses = [UInt8](repeating: 0, count: users * Self.responseLength)
        isKnown = [Bool](repeating: false, count: users)
    }

    /// Appends MS-CHAP-Challenge and MS-CHAP2-Response of one user.
    mutating func append(to writer: inout RequestWriter, user: Int, of users: LoadUsers, identifier: UInt8) {
        if !isKnown[user] { compute(user, of: users) }
        challenge.withUnsafeBytes { writer.appendMicrosoft(MicrosoftAttribute.challenge, $0) }
        peerChallenge.withUnsafeBytes { peerChallenge in
            responses.withUnsafeBytes { responses in
                let start = user * Self.responseLength
                writer.appendMSCHAPv2(
                    peerChallenge: peerChallenge,
                    response: UnsafeRawBufferPointer(rebasing: responses[start..<start + Self.responseLength]),
                    identifier: identifier)
            }
        }
    }

    private mutating func compute(_ user: Int, of users: LoadUsers) {
        var response: [UInt8] = []
        users.withUser(user) { name, password in
            // The hash covers the name without a Windows domain (RFC 2759 §8.2).
            let bare = name.split(separator: UInt8(ascii: "\\"), maxSplits: 1).last.map(Array.init) ?? []
            response = MSCHAP.ntResponse(
                authenticatorChallenge: challenge, peerChallenge: peerChallenge, userName: bare,
                ntHash: NTHash.hash(password: String(decoding: password, as: UTF8.self)))
        }
        let start = user * Self.responseLength
        responses.replaceSubrange(start..<start + Self.responseLength, with: response)
        isKnown[user] = true
    }
}

extension RequestWriter {
    /// A Vendor-Specific attribute of Microsoft's (RFC 2548 §2).
    mutating func appendMicrosoft(_ type: UInt8, _ value: UnsafeRawBufferPointer) {
        beginMicrosoft(type, length: value.count)
        appendOctets(value)
    }

    /// MS-CHAP2-Response: identifier, flags, the peer's challenge, eight reserved octets, the response (RFC 2548 §2.3.2).
    mutating func appendMSCHAPv2(peerChallenge: UnsafeRawBufferPointer, response: UnsafeRawBufferPointer, identifier: UInt8) {
        beginMicrosoft(MicrosoftAttribute.response2, length: 50)
        withUnsafeBytes(of: (identifier, UInt8(0))) { appendOctets($0) }
        appendOctets(peerChallenge)
        withUnsafeBytes(of: UInt64(0)) { appendOctets($0) }
        appendOctets(response)
    }

    private mutating func beginMicrosoft(_ type: UInt8, length: Int) {
        begin(26, length + 6)
        MicrosoftAttribute.vendor.withUnsafeBytes { appendOctets($0) }
        withUnsafeBytes(of: (type, UInt8(length + 2))) { appendOctets($0) }
    }
}
