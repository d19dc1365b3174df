internal import Digests

/// A login over the portal protocol, without I/O. Datagrams go to port 2000 of the controller, whose address the operator has set.
public struct PortalProtocolLogin: Sendable, Equatable {
    /// What follows a datagram.
    public enum Step: Sendable, Equatable {
        /// Send, and wait for the answer; send again when none comes.
        case send([UInt8])
        /// Send, nothing is answered: the client is online.
        case done([UInt8])
        case failed(CaptiveProblem)
        /// Not an answer to what was sent: go on waiting.
        case ignored
    }

    /// Four octets.
    let client: [UInt8]
    let username: String
    let password: String
    let secret: String
    let usesCHAP: Bool
    private var sent: [UInt8] = []
    private var serial: UInt16 = 0

    init(client: [UInt8], username: String, password: String, secret: String, usesCHAP: Bool) {
        self.client = client
        self.username = username
        self.password = password
        self.secret = secret
        self.usesCHAP = usesCHAP
    }

    /// The first datagram.
    /// - Parameter serial: not used for this controller lately.
    public mutating func start(serial: UInt16) -> [UInt8] {
        self.serial = serial
        sent = usesCHAP ? PortalProtocolPacket(.challengeRequest, serial: serial, client: client).encoded(secret: secret) : papRequest()
        return sent
    }

    public mutating func receive(_ octets: [UInt8]) -> Step {
        guard sent.count >= 32, let packet = PortalProtocolPacket(octets, secret: secret, authenticator: Array(sent[16..<32])),
            packet.serial == serial, packet.client == client
        else { return .ignored }
        switch (packet.kind, sent[1]) {
        case (.challengeReply, PortalProtocolPacket.Kind.challengeRequest.rawValue):
            guard packet.errorCode == 0 else { return .failed(Self.problem(packet.errorCode)) }
            guard let challenge = packet.attributes.first(where: { $0.0 == .challenge })?.1, !challenge.isEmpty else {
                return .failed(.nasFault)
            }
            sent = chapRequest(packet.requestID, challenge)
            return .send(sent)
        case (.authenticationReply, PortalProtocolPacket.Kind.authenticationRequest.rawValue):
            guard packet.errorCode == 0 else { return .failed(Self.problem(packet.errorCode)) }
            var packet = PortalProtocolPacket(.acknowledgement, serial: serial, client: client)
            packet.requestID = UInt16(sent[6]) << 8 | UInt16(sent[7])
            return .done(packet.encoded(secret: secret))
        default: return .ignored
        }
    }

    private func papRequest() -> [UInt8] {
        var packet = PortalProtocolPacket(.authenticationRequest, serial: serial, client: client)
        packet.isPAP = true
        packet.attributes = [(.username, Array(username.utf8)), (.password, Array(password.utf8))]
        return packet.encoded(secret: secret)
    }

    /// The CHAP id is the low octet of the request id.
    private func chapRequest(_ id: UInt16, _ challenge: [UInt8]) -> [UInt8] {
        var packet = PortalProtocolPacket(.authenticationRequest, serial: serial, client: client)
        packet.requestID = id
        let response = MD5.hash([UInt8(truncatingIfNeeded: id)] + Array(password.utf8) + challenge).bytes
        packet.attributes = [(.username, Array(username.utf8)), (.chapPassword, response)]
        return packet.encoded(secret: secret)
    }

    private static func problem(_ code: UInt8) -> CaptiveProblem {
        switch code {
        case 1: .wrongPassword
        case 2: .alreadyOnline
        case 3: .busy
        default: .nasFault
        }
    }
}
