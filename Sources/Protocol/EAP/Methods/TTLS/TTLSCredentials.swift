/// What a TTLS peer puts into the tunnel to log in, sorted (RFC 5281 §11).
struct TTLSCredentials {
    private enum Code {
        static let userName: UInt32 = 1
        static let userPassword: UInt32 = 2
        static let chapPassword: UInt32 = 3
        static let chapChallenge: UInt32 = 60
        static let eapMessage: UInt32 = 79
        static let microsoft: UInt32 = 311
        static let mschapResponse: UInt32 = 1
        static let mschapChallenge: UInt32 = 11
        static let mschap2Response: UInt32 = 25
        static let mschap2Success: UInt32 = 26
    }

    /// Attributes beyond this many are more than any peer has to say.
    private static let maximumAttributes = 64

    private(set) var userName: [UInt8]?
    /// All EAP-Message pairs joined.
    private(set) var eapMessage: [UInt8]?
    /// What else the peer sent that RADIUS knows.
    private(set) var attributes: [(type: UInt8, value: [UInt8])] = []
    private var password: [UInt8]?
    private var chapPassword: [UInt8]?
    private var chapChallenge: [UInt8]?
    private var mschapChallenge: [UInt8]?
    private var mschapResponse: [UInt8]?
    private var mschap2Response: [UInt8]?

    /// - Throws: ``EAPFailure/malformed(_:)``, also for a mandatory pair that is unknown.
    init(_ bytes: [UInt8]) throws(EAPFailure) {
        for pair in try DiameterAVP.parse(bytes) { try take(pair) }
    }

    private mutating func take(_ pair: DiameterAVP) throws(EAPFailure) {
        switch (pair.vendor, pair.code) {
        case (0, Code.userName): userName = pair.value
        case (0, Code.userPassword): password = pair.value
        case (0, Code.chapPassword): chapPassword = pair.value
        case (0, Code.chapChallenge): chapChallenge = pair.value
        case (0, Code.eapMessage): eapMessage = (eapMessage ?? []) + pair.value
        case (Code.microsoft, Code.mschapChallenge): mschapChallenge = pair.value
        case (Code.microsoft, Code.mschapResponse): mschapResponse = pair.value
        case (Code.microsoft, Code.mschap2Response): mschap2Response = pair.value
        case (0, 1...255):
            guard attributes.count < Self.maximumAttributes else { throw .limit("AVPs") }
            attributes.append((UInt8(pair.code), pair.value))
        default:
            guard !pair.isMandatory else { throw .malformed("unknown mandatory AVP \(pair.vendor).\(pair.code)") }
        }
    }

    /// The proof that the pairs hold, and what the method is called.
    /// - Parameter challenge: makes the tunnel's implicit challenge of so many octets (RFC 5281 §11.1): a peer that computed its response with
    ///   any other may be repeating somebody else's.
    /// - Throws: ``EAPFailure/malformed(_:)`` or ``EAPFailure/proof(_:)``.
    func proof(challenge: (Int) -> [UInt8]?) throws(EAPFailure) -> (name: String, proof: EAPProof) {
        if let response = mschap2Response {
            try Self.check(mschapChallenge, 16, response, 50, challenge)
            let proof = EAPProof.mschapv2(
                identifier: response[0], challenge: mschapChallenge ?? [], peerChallenge: Array(response[2..<18]),
                ntResponse: Array(response[26...]), userName: userName ?? [])
            return ("MS-CHAPv2", proof)
        }
        if let response = mschapResponse {
            try Self.check(mschapChallenge, 8, response, 50, challenge)
            let proof = EAPProof.mschapv1(
                identifier: response[0], challenge: mschapChallenge ?? [], usesNTResponse: response[1] & 1 == 1,
                lmResponse: Array(response[2..<26]), ntResponse: Array(response[26...]))
            return ("MS-CHAP", proof)
        }
        if let response = chapPassword {
            try Self.check(chapChallenge, 16, response, 17, challenge)
            return ("CHAP", .chap(identifier: response[0], response: Array(response[1...]), challenge: chapChallenge ?? []))
        }
        guard var password else { throw .malformed("no credentials among the AVPs") }
        // Padded with zeros to hide its length (RFC 5281 §11.2.5).
        while password.last == 0 { password.removeLast() }
        return ("PAP", .pap(password: password))
    }

    /// Checks that the peer used the tunnel's challenge and identifier.
    private static func check(
        _ sent: [UInt8]?, _ length: Int, _ response: [UInt8], _ responseLength: Int, _ challenge: (Int) -> [UInt8]?
    ) throws(EAPFailure) {
        guard response.count == responseLength else { throw .malformed("response length") }
        guard let sent, sent.count == length else { throw .malformed("challenge length") }
        guard let expected = challenge(length + 1) else { throw .tls("no key material") }
        guard sent + [response[0]] == expected else { throw .proof("challenge is not the tunnel's") }
    }

    /// The pair that proves to an MS-CHAPv2 peer that the server knows the password (RFC 5281 §11.2.4).
    static func success(identifier: UInt8, _ authenticatorResponse: String) -> [UInt8] {
        DiameterAVP(code: Code.mschap2Success, vendor: Code.microsoft, value: [identifier] + authenticatorResponse.utf8).bytes
    }

    /// The pair that carries an EAP packet.
    static func eapMessage(_ packet: [UInt8]) -> [UInt8] {
        DiameterAVP(code: Code.eapMessage, value: packet).bytes
    }
}
