import RADIUSDictionary
public import RADIUSWire

/// A request of any code, made of attributes.
public struct CustomRequest: Sendable {
    /// A password in clear, proved by a method.
    public struct Password: Sendable, Equatable {
        public var method: AuthenticationMethod
        public var text: String

        public init(_ method: AuthenticationMethod, _ text: String) {
            self.method = method
            self.text = text
        }
    }

    public var code: PacketCode
    /// In the order of the packet, in clear.
    public var attributes: [Attribute]
    /// Proved behind the attributes, for the user that they name; nil for none.
    public var password: Password?

    public init(code: PacketCode, attributes: [Attribute] = [], password: Password? = nil) {
        self.code = code
        self.attributes = attributes
        self.password = password
    }

    /// User-Name among the attributes; empty when absent.
    var userName: String {
        let name = attributes.first { $0.definition.space == .standard && $0.definition.number == UInt32(AttributeType.userName) }
        guard case .bytes(let octets)? = name?.value else { return "" }
        return String(decoding: octets, as: UTF8.self)
    }

    /// The code of a reply that says yes.
    public var positiveReply: PacketCode {
        switch code {
        case .accountingRequest: .accountingResponse
        case .disconnectRequest: .disconnectACK
        case .coaRequest: .coaACK
        default: .accessAccept
        }
    }
}
