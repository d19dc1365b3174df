public import RADIUSDictionary
public import RADIUSWire

/// One request and its reply over UDP, on a socket of its own, sent again until it is answered (RFC 5080 §2.2.1).
///
/// Every call blocks the calling thread. Replies are verified: Response Authenticator, and Message-Authenticator where there is one.
public struct Exchange: Sendable {
    /// Acct-Status-Type (RFC 2866 §5.1).
    public enum AccountingStatus: UInt32, Sendable {
        case start = 1
        case stop = 2
        case interimUpdate = 3
        case accountingOn = 7
        case accountingOff = 8
    }

    public let server: ServerAddress
    public let secret: SharedSecret
    public let dictionary: AttributeDictionary
    /// How long the first packet waits for its reply; each further one waits twice as long as the one before.
    public var timeout: Duration
    /// Packets sent before giving up, the first included.
    public var attempts: Int
    /// Signs Access-Requests and Accounting-Requests with a Message-Authenticator; Status-Server always carries one (RFC 5997 §3).
    public var messageAuthenticator: Bool

    public init(
        server: ServerAddress, secret: SharedSecret, dictionary: AttributeDictionary, timeout: Duration = .seconds(1), attempts: Int = 3,
        messageAuthenticator: Bool = true
    ) {
        self.server = server
        self.secret = secret
        self.dictionary = dictionary
        self.timeout = timeout
        self.attempts = attempts
        self.messageAuthenticator = messageAuthenticator
    }

    /// Sends an Access-Request.
    /// - Parameters:
    ///   - password: in clear, up to 128 octets.
    ///   - attributes: further ones, after User-Name and the password's.
    /// - Throws: ``ClientError`` when there is no valid reply. A reject is a reply.
    public func authenticate(
        user: String, password: String, method: AuthenticationMethod, attributes: [Attribute] = []
    ) throws(ClientError) -> ClientReply {
        guard password.utf8.count <= 128 else { throw .passwordTooLong(limit: 128) }
        guard let userPassword = dictionary.attribute(standard: AttributeType.userPassword) else {
            throw .invalidSetting("the dictionary has no attribute 2, User-Password")
        }
        var generator = SystemRandomNumberGenerator()
        var proof: MSCHAPv2Proof?
        return try send(.accessRequest) { encoder, authenticator throws(WireError) in
            try encoder.append(type: AttributeType.userName, user.utf8)
            proof = try encoder.append(
                method, user: user, password: password, authenticator: authenticator, userPassword: userPassword, using: &generator)
            for attribute in attributes { try encoder.append(attribute) }
        } verdict: {
            verdict(on: $0, proof: proof)
        }
    }

    /// Sends an Accounting-Request.
    /// - Parameter attributes: all but Acct-Status-Type; the server wants Acct-Session-Id and a NAS address or name (RFC 2866 §5.13).
    /// - Throws: ``ClientError`` when there is no valid reply.
    public func account(_ status: AccountingStatus, attributes: [Attribute]) throws(ClientError) -> ClientReply {
        try send(.accountingRequest) { encoder, _ throws(WireError) in
            try encoder.append(type: 40, withUnsafeBytes(of: status.rawValue.bigEndian, Array.init))
            for attribute in attributes { try encoder.append(attribute) }
        } verdict: { _ in
            .acknowledged
        }
    }

    /// Sends a Status-Server (RFC 5997), to either port of a server.
    /// - Throws: ``ClientError`` when there is no valid reply.
    public func status(attributes: [Attribute] = []) throws(ClientError) -> ClientReply {
        try send(.statusServer) { encoder, _ throws(WireError) in
            for attribute in attributes { try encoder.append(attribute) }
        } verdict: { _ in
            .acknowledged
        }
    }

    /// Sends a request of any code.
    /// - Throws: ``ClientError`` when there is no valid reply. A reject or a NAK is a reply.
    public func perform(_ request: CustomRequest) throws(ClientError) -> ClientReply {
        var generator = SystemRandomNumberGenerator()
        var proof: MSCHAPv2Proof?
        guard let userPassword = dictionary.attribute(standard: AttributeType.userPassword) else {
            throw .invalidSetting("the dictionary has no attribute 2, User-Password")
        }
        return try send(request.code) { encoder, authenticator throws(WireError) in
            for attribute in request.attributes { try encoder.append(attribute) }
            guard let password = request.password else { return }
            proof = try encoder.append(
                password.method, user: request.userName, password: password.text, authenticator: authenticator,
                userPassword: userPassword, using: &generator)
        } verdict: {
            verdict(on: $0, proof: proof)
        }
    }

    private func verdict(on reply: Packet, proof: MSCHAPv2Proof?) -> ClientReply.Verdict {
        switch reply.code {
        case .accountingResponse, .disconnectACK, .coaACK: return .acknowledged
        case .accessAccept:
            guard let proof else { return .accepted }
            let success = MicrosoftAttribute.value(MicrosoftAttribute.success2, in: reply) ?? []
            return proof.matches(success) ? .accepted : .serverNotAuthenticated
        case .accessChallenge: return .challenged
        default:
            // The first octet is the identifier of the response.
            let error = MicrosoftAttribute.value(MicrosoftAttribute.error, in: reply)?.dropFirst()
            return .rejected(mschapError: error.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// Builds one request, sends it until a verified reply comes, and decodes that.
    private func send(
        _ code: PacketCode, attributes: (inout AttributeEncoder, Authenticator) throws(WireError) -> Void,
        verdict: (Packet) -> ClientReply.Verdict
    ) throws(ClientError) -> ClientReply {
        var generator = SystemRandomNumberGenerator()
        let drawn = Authenticator.random(using: &generator)
        let identifier = UInt8.random(in: 0...255, using: &generator)
        let request: [UInt8]
        do {
            // Hidden values of a request whose authenticator is computed would need the result to compute it from: they use zeros.
            let isComputed = [.accountingRequest, .disconnectRequest, .coaRequest].contains(code)
            var encoder = AttributeEncoder(secret: secret, vector: isComputed ? .zero : drawn, dictionary: dictionary)
            try attributes(&encoder, drawn)
            request = try Packet.request(
                code, identifier: identifier, authenticator: drawn, attributes: encoder.bytes, secret: secret,
                messageAuthenticator: messageAuthenticator)
        } catch {
            throw .unencodable(error)
        }
        // Computed for accounting, drawn for the others.
        guard let authenticator = Authenticator(request[4..<20]) else { throw .unencodable(.datagramTooShort(count: request.count)) }
        let answer = try RetransmittingSender(server: server, timeout: timeout, attempts: attempts)
            .send(request) { datagram throws(ClientError) in
                try accept(datagram, to: code, identifier: identifier, authenticator: authenticator)
            }
        let reply = answer.reply
        return ClientReply(
            verdict: verdict(reply), code: reply.code,
            attributes: reply.decode(dictionary, secret: secret, requestAuthenticator: authenticator),
            hasMessageAuthenticator: reply.hasMessageAuthenticator, roundTrip: answer.roundTrip, attempts: answer.attempts)
    }

    /// Judges one datagram.
    /// - Returns: the verified reply; nil for a datagram that is no reply to this request.
    /// - Throws: ``ClientError`` for a reply to this request that is wrong.
    private func accept(
        _ datagram: [UInt8], to code: PacketCode, identifier: UInt8, authenticator: Authenticator
    ) throws(ClientError) -> Packet? {
        guard let reply = try? Packet(validating: datagram), reply.identifier == identifier else { return nil }
        guard reply.verifyResponseAuthenticator(secret, requestAuthenticator: authenticator) else {
            throw .badResponseAuthenticator(server)
        }
        if reply.hasMessageAuthenticator, !reply.verifyMessageAuthenticator(secret, requestAuthenticator: authenticator) {
            throw .badMessageAuthenticator(server)
        }
        let expected: [PacketCode] =
            switch code {
            case .accountingRequest: [.accountingResponse]
            case .statusServer: [.accessAccept, .accountingResponse]
            case .disconnectRequest: [.disconnectACK, .disconnectNAK]
            case .coaRequest: [.coaACK, .coaNAK]
            default: [.accessAccept, .accessReject, .accessChallenge]
            }
        guard expected.contains(reply.code) else { throw .unexpectedReply(reply.code, to: code) }
        return reply
    }
}
