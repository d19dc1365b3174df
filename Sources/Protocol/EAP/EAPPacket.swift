/// What an EAP packet is (RFC 3748 §4).
public enum EAPCode: UInt8, Sendable {
    case request = 1
    case response = 2
    case success = 3
    case failure = 4
}

/// One EAP packet (RFC 3748 §4).
public struct EAPPacket: Sendable, Equatable {
    /// Octets before the type-data of a request or response: code, identifier, length, type.
    static let headerLength = 5
    /// The most type-data that the length field can announce.
    static let maximumDataLength = 0xffff - headerLength

    public var code: EAPCode
    /// Pairs a response with its request.
    public var identifier: UInt8
    /// Present in requests and responses only.
    public var type: EAPType?
    /// Type-data: what follows the type octet; empty in Success and Failure.
    public var data: [UInt8]

    /// Makes a request or a response.
    /// - Parameter data: at most 65 530 octets; what is beyond them is cut off.
    public init(_ code: EAPCode, identifier: UInt8, type: EAPType, data: [UInt8]) {
        self.code = code
        self.identifier = identifier
        self.type = type
        self.data = data.count > Self.maximumDataLength ? Array(data.prefix(Self.maximumDataLength)) : data
    }

    /// Makes a Success.
    public static func success(identifier: UInt8) -> EAPPacket { EAPPacket(result: .success, identifier) }

    /// Makes a Failure.
    public static func failure(identifier: UInt8) -> EAPPacket { EAPPacket(result: .failure, identifier) }

    private init(result code: EAPCode, _ identifier: UInt8) {
        self.code = code
        self.identifier = identifier
        type = nil
        data = []
    }

    /// Reads a packet. Octets after the announced length are padding of the lower layer (RFC 3748 §4.1).
    /// - Throws: ``EAPFailure/malformed(_:)`` for an unknown code, a length beyond `bytes`, and a length that does not suit the code.
    public init(_ bytes: [UInt8]) throws(EAPFailure) {
        guard bytes.count >= 4 else { throw .malformed("header") }
        guard let code = EAPCode(rawValue: bytes[0]) else { throw .malformed("code") }
        let length = Int(bytes[2]) << 8 | Int(bytes[3])
        guard length <= bytes.count else { throw .malformed("length") }
        switch code {
        case .success, .failure:
            guard length == 4 else { throw .malformed("length") }
            self.init(result: code, bytes[1])
        case .request, .response:
            guard length >= Self.headerLength else { throw .malformed("length") }
            self.init(code, identifier: bytes[1], type: EAPType(rawValue: bytes[4]), data: Array(bytes[Self.headerLength..<length]))
        }
    }

    /// The packet as it goes into EAP-Message.
    public var bytes: [UInt8] {
        guard let type else { return [code.rawValue, identifier, 0, 4] }
        let length = Self.headerLength + data.count
        return [code.rawValue, identifier, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), type.rawValue] + data
    }
}
