import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// The request that asks a home server whether it lives.
enum StatusCheckRequest {
    /// - Parameter number: tells one check from the other in the home server's log.
    /// - Returns: nil where the server is not checked.
    static func make(_ check: StatusCheck, role: ProxyRole, number: UInt64, dictionary: AttributeDictionary) -> OutgoingRequest? {
        let identity = Array("Status check \(number). Are you alive?".utf8)
        switch check {
        case .none: return nil
        case .statusServer:
            return OutgoingRequest(code: .statusServer) { vector, secret throws(WireError) in
                var encoder = AttributeEncoder(secret: secret, vector: vector)
                try encoder.append(type: ForwardedAttribute.nasIdentifier, identity)
                return encoder.bytes
            }
        case .request(let user, let password) where role == .authentication:
            return OutgoingRequest(code: .accessRequest) { vector, secret throws(WireError) in
                var encoder = AttributeEncoder(secret: secret, vector: vector)
                try encoder.append(type: AttributeType.userName, user.utf8)
                if let definition = dictionary.attribute(standard: AttributeType.userPassword) {
                    try encoder.append(Attribute(definition, value: .text(password)))
                }
                try encoder.append(type: ForwardedAttribute.nasIdentifier, identity)
                // Authenticate Only: no session follows (RFC 2865 §5.6).
                try encoder.append(type: ForwardedAttribute.serviceType, [0, 0, 0, 8])
                return encoder.bytes
            }
        case .request(let user, _):
            return OutgoingRequest(code: .accountingRequest) { vector, secret throws(WireError) in
                var encoder = AttributeEncoder(secret: secret, vector: vector)
                try encoder.append(type: AttributeType.userName, user.utf8)
                // Stop of a session that never was.
                try encoder.append(type: ForwardedAttribute.acctStatusType, [0, 0, 0, 2])
                try encoder.append(type: ForwardedAttribute.acctSessionID, "00000000".utf8)
                try encoder.append(type: ForwardedAttribute.nasIdentifier, identity)
                return encoder.bytes
            }
        }
    }
}
