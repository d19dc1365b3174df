import Digests
import RADIUSWire

/// A NAS of the test's own, which carries EAP packets one by one.
struct EAPCarrier {
    let socket: RawSocket
    var secret = Site.secret
    var userName = "alice"
    /// Calling-Station-Id; nil sends none.
    var station: String? = "02-00-00-00-00-09"
    private var identifier: UInt8 = 0

    /// - Parameter host: the last octet of the NAS's address in 127.0.0.0/24.
    init(_ server: ServerUnderTest, from host: UInt8 = 1) throws {
        socket = try RawSocket(port: server.authPort, from: host)
    }

    /// An Access-Request, each with an authenticator and an identifier of its own.
    mutating func request(_ eap: [UInt8], state: [UInt8]? = nil) throws -> [UInt8] {
        identifier &+= 1
        var generator = SystemRandomNumberGenerator()
        let authenticator = Authenticator.random(using: &generator)
        var encoder = AttributeEncoder(secret: secret, vector: authenticator)
        try encoder.append(Attribute("User-Name = \(userName)"))
        if let station { try encoder.append(Attribute("Calling-Station-Id = \(station)")) }
        var bytes = encoder.bytes
        for start in stride(from: 0, to: max(1, eap.count), by: 253) {
            let piece = eap[min(start, eap.count)..<min(start + 253, eap.count)]
            bytes += [79, UInt8(piece.count + 2)] + piece
        }
        if let state { bytes += [24, UInt8(state.count + 2)] + state }
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: authenticator, attributes: bytes, secret: secret,
            messageAuthenticator: true)
    }

    /// Sends an EAP packet and waits for the reply; nil for silence.
    mutating func exchange(_ eap: [UInt8], state: [UInt8]? = nil, seconds: Double = 5) throws -> Packet? {
        let request = try request(eap, state: state)
        socket.send(request)
        return try socket.receive(seconds: seconds).map { try Packet(validating: $0) }
    }

    /// Response/Identity.
    func identity(_ name: String? = nil, identifier: UInt8 = 1) -> [UInt8] {
        EAPCarrier.response(1, Array((name ?? userName).utf8), identifier: identifier)
    }

    /// The answer to an MD5-Challenge.
    static func md5(_ challenge: Packet, password: String) -> [UInt8] {
        let eap = challenge.eap
        let value = eap.count > 21 ? Array(eap[6..<22]) : []
        let digest = MD5.hash([eap[1]] + Array(password.utf8) + value)
        return response(4, [16] + digest.bytes, identifier: eap[1])
    }

    static func response(_ type: UInt8, _ data: [UInt8], identifier: UInt8) -> [UInt8] {
        let length = 5 + data.count
        return [2, identifier, UInt8(length >> 8), UInt8(length & 0xff), type] + data
    }
}

extension Packet {
    /// EAP-Message, joined.
    var eap: [UInt8] {
        attributes.filter { $0.type == 79 }.flatMap { bytes[$0.offset..<$0.offset + $0.length] }
    }

    /// State; empty where there is none.
    var state: [UInt8] { value(24).map { Array($0) } ?? [] }
}
