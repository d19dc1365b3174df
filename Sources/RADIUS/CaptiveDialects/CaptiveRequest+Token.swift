internal import Digests

/// A request as a field of a form: captive browsers drop cookies, so that it travels with the pages.
///
/// Layout before base64url: version 1, seconds since 1970 (8 octets), then fields of tag (1), length (2) and octets; behind them an
/// HMAC-SHA256 of all that, cut to 16 octets.
extension CaptiveRequest {
    /// Longest token, in characters.
    public static let maximumToken = 1024
    private static let tagLength = 16
    private static let stateTag: UInt8 = 0x40

    /// The signed text of the request.
    ///
    /// What is only shown gives way when there is not enough room: the address wanted first, then the message.
    /// - Parameter time: seconds since 1970.
    /// - Returns: nil when the rest has no room either.
    public func token(key: [UInt8], time: Int64) -> String? {
        var request = self
        for _ in 0..<4 {
            let body = request.encoded(time: time)
            let text = Base64URL.encode(body + HMACSHA256(key: key).authenticate(body).prefix(Self.tagLength))
            if text.utf8.count <= Self.maximumToken { return text }
            if request.originalURL != nil {
                request.originalURL = nil
            } else if request.message != nil {
                request.message = nil
            } else {
                break
            }
        }
        return nil
    }

    /// Reads a token back.
    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - maximumAge: in seconds.
    /// - Returns: nil for texts that were not made with the key, that are older, or that come from the future.
    public init?(token: String, key: [UInt8], time: Int64, maximumAge: Int64) {
        guard token.utf8.count <= Self.maximumToken, let octets = Base64URL.decode(token.utf8), octets.count > 9 + Self.tagLength
        else { return nil }
        let body = Array(octets.dropLast(Self.tagLength))
        let expected = Array(HMACSHA256(key: key).authenticate(body).prefix(Self.tagLength))
        guard constantTimeEqual(expected, Array(octets.suffix(Self.tagLength))), body[0] == 1 else { return nil }
        let made = body[1..<9].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        guard made <= time + 60, time - made <= maximumAge else { return nil }
        self.init(encoded: body.dropFirst(9))
    }

    private var plain: [(UInt8, String?)] {
        [
            (1, dialect.rawValue), (2, phase == .login ? nil : phase.rawValue), (3, problem?.rawValue), (4, message), (5, clientMACText),
            (6, clientAddress), (7, nasIdentifier), (8, nasAddress), (9, ssid), (10, accessPointMAC?.description),
            (11, originalURL?.description), (12, sessionID), (13, secondsLeft.map(String.init)),
        ]
    }

    private func encoded(time: Int64) -> [UInt8] {
        var octets: [UInt8] = [1] + (0..<8).map { UInt8(truncatingIfNeeded: time >> Int64(56 - 8 * $0)) }
        func append(_ tag: UInt8, _ value: [UInt8]) {
            octets += [tag, UInt8(truncatingIfNeeded: value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value
        }
        for case (let tag, let value?) in plain where value.utf8.count < 1 << 16 { append(tag, Array(value.utf8)) }
        for (name, value) in state.sorted(by: { $0.key < $1.key }) { append(Self.stateTag, Array(name.utf8) + [0] + Array(value.utf8)) }
        return octets
    }

    private init?(encoded octets: ArraySlice<UInt8>) {
        var rest = octets
        var texts: [UInt8: String] = [:]
        var state: [String: String] = [:]
        while let tag = rest.popFirst() {
            guard let high = rest.popFirst(), let low = rest.popFirst(), rest.count >= Int(high) << 8 | Int(low) else { return nil }
            let value = rest.prefix(Int(high) << 8 | Int(low))
            rest = rest.dropFirst(value.count)
            if tag == Self.stateTag {
                guard let end = value.firstIndex(of: 0) else { return nil }
                state[String(decoding: value[..<end], as: UTF8.self)] = String(decoding: value[(end + 1)...], as: UTF8.self)
            } else {
                texts[tag] = String(decoding: value, as: UTF8.self)
            }
        }
        guard let dialect = texts[1].flatMap(CaptiveDialect.init(rawValue:)) else { return nil }
        self.init(dialect: dialect)
        phase = texts[2].flatMap(Phase.init(rawValue:)) ?? .login
        problem = texts[3].flatMap(CaptiveProblem.init(rawValue:))
        message = texts[4]
        setClient(texts[5])
        clientAddress = texts[6]
        nasIdentifier = texts[7]
        nasAddress = texts[8]
        ssid = texts[9]
        accessPointMAC = texts[10].flatMap { CaptiveMAC($0) }
        originalURL = texts[11].flatMap { CaptiveURL($0) }
        sessionID = texts[12]
        secondsLeft = texts[13].flatMap { Int($0) }
        self.state = state
    }
}
