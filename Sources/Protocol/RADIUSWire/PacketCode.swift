/// The Code field (RFC 2865 §3, RFC 2866 §3, RFC 3576, RFC 5176, RFC 5997, RFC 7930).
public struct PacketCode: RawRepresentable, Hashable, Sendable {
    /// The octet on the wire.
    public let rawValue: UInt8

    /// Any octet is a code; unknown ones have a name of the form `Code-N`.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let accessRequest = PacketCode(rawValue: 1)
    public static let accessAccept = PacketCode(rawValue: 2)
    public static let accessReject = PacketCode(rawValue: 3)
    public static let accountingRequest = PacketCode(rawValue: 4)
    public static let accountingResponse = PacketCode(rawValue: 5)
    public static let accessChallenge = PacketCode(rawValue: 11)
    public static let statusServer = PacketCode(rawValue: 12)
    public static let statusClient = PacketCode(rawValue: 13)
    public static let disconnectRequest = PacketCode(rawValue: 40)
    public static let disconnectACK = PacketCode(rawValue: 41)
    public static let disconnectNAK = PacketCode(rawValue: 42)
    public static let coaRequest = PacketCode(rawValue: 43)
    public static let coaACK = PacketCode(rawValue: 44)
    public static let coaNAK = PacketCode(rawValue: 45)
    public static let protocolError = PacketCode(rawValue: 52)

    /// The RFC's name: `Access-Request`, `CoA-NAK`.
    public var name: String {
        switch self {
        case .accessRequest: "Access-Request"
        case .accessAccept: "Access-Accept"
        case .accessReject: "Access-Reject"
        case .accountingRequest: "Accounting-Request"
        case .accountingResponse: "Accounting-Response"
        case .accessChallenge: "Access-Challenge"
        case .statusServer: "Status-Server"
        case .statusClient: "Status-Client"
        case .disconnectRequest: "Disconnect-Request"
        case .disconnectACK: "Disconnect-ACK"
        case .disconnectNAK: "Disconnect-NAK"
        case .coaRequest: "CoA-Request"
        case .coaACK: "CoA-ACK"
        case .coaNAK: "CoA-NAK"
        case .protocolError: "Protocol-Error"
        default: "Code-\(rawValue)"
        }
    }

    /// What the Authenticator field of a packet with this code holds.
    enum AuthenticatorField {
        /// Sixteen unpredictable octets (RFC 2865 §3).
        case random
        /// A digest over the request with the field zeroed (RFC 2866 §3, RFC 5176 §2.3).
        case requestDigest
        /// A digest over the reply with the request's authenticator in the field (RFC 2865 §3).
        case responseDigest
    }

    var authenticatorField: AuthenticatorField {
        switch self {
        case .accountingRequest, .disconnectRequest, .coaRequest: .requestDigest
        case .accessAccept, .accessReject, .accountingResponse, .accessChallenge, .disconnectACK, .disconnectNAK, .coaACK, .coaNAK,
            .protocolError:
            .responseDigest
        default: .random
        }
    }
}
