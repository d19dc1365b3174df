internal import Digests

/// A datagram of the portal protocol that Huawei, H3C and Ruijie controllers speak (China Mobile's specification, versions 1 and 2).
///
/// Header: version, type, 0 for CHAP or 1 for PAP, reserved, serial number (2), request id (2), client's IPv4 address (4), port (2), error
/// code, number of attributes; version 2 adds an authenticator of 16 octets: MD5 of the packet with that of the request in its place (zeros
/// in a request) and the key behind it. Attributes are type, length with these two octets, value.
public struct PortalProtocolPacket: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        case challengeRequest = 1
        case challengeReply, authenticationRequest, authenticationReply, logoutRequest, logoutReply, acknowledgement, logoutNotice
        case informationRequest, informationReply
    }

    public enum Attribute: UInt8, Sendable { case username = 1, password, challenge, chapPassword }

    public var version: UInt8 = 2
    public var kind: Kind
    public var isPAP = false
    public var serial: UInt16
    public var requestID: UInt16 = 0
    /// Four octets.
    public var client: [UInt8]
    /// 0: success. Of a challenge: 1 refused, 2 online already, 3 another login goes on, 4 failed; of a login the same.
    public var errorCode: UInt8 = 0
    public var attributes: [(Attribute, [UInt8])] = []

    /// - Parameter authenticator: of the request that this answers, sixteen octets; zeros in a request.
    public func encoded(secret: String, authenticator: [UInt8] = [UInt8](repeating: 0, count: 16)) -> [UInt8] {
        var header: [UInt8] = [version, kind.rawValue, isPAP ? 1 : 0, 0]
        header += [UInt8(serial >> 8), UInt8(serial & 255), UInt8(requestID >> 8), UInt8(requestID & 255)]
        header += client + [0, 0, errorCode, UInt8(attributes.count)]
        let body = attributes.flatMap { [$0.0.rawValue, UInt8(truncatingIfNeeded: $0.1.count + 2)] + $0.1.prefix(253) }
        guard version == 2 else { return header + body }
        return header + MD5.hash(header + authenticator + body + Array(secret.utf8)).bytes + body
    }

    /// - Parameter authenticator: of the request that this answers.
    /// - Returns: nil for what is no packet and, of version 2, for one that was not made with the key.
    public init?(_ octets: [UInt8], secret: String, authenticator: [UInt8] = [UInt8](repeating: 0, count: 16)) {
        let headerLength = octets.first == 2 ? 32 : 16
        guard octets.count >= headerLength, octets.count <= 1024, octets[0] == 1 || octets[0] == 2, let kind = Kind(rawValue: octets[1])
        else { return nil }
        let body = octets.dropFirst(headerLength)
        if octets[0] == 2 {
            let expected = MD5.hash(octets.prefix(16) + authenticator + body + Array(secret.utf8)).bytes
            guard constantTimeEqual(expected, Array(octets[16..<32])) else { return nil }
        }
        version = octets[0]
        self.kind = kind
        isPAP = octets[2] == 1
        serial = UInt16(octets[4]) << 8 | UInt16(octets[5])
        requestID = UInt16(octets[6]) << 8 | UInt16(octets[7])
        client = Array(octets[8..<12])
        errorCode = octets[14]
        var rest = body
        for _ in 0..<octets[15] {
            guard let type = rest.popFirst(), let length = rest.popFirst(), length >= 2, rest.count >= Int(length) - 2 else { return nil }
            if let attribute = Attribute(rawValue: type) { attributes.append((attribute, Array(rest.prefix(Int(length) - 2)))) }
            rest = rest.dropFirst(Int(length) - 2)
        }
    }

    init(_ kind: Kind, serial: UInt16, client: [UInt8]) {
        self.kind = kind
        self.serial = serial
        self.client = client
    }

    public static func == (a: Self, b: Self) -> Bool { a.encoded(secret: "") == b.encoded(secret: "") }
}
