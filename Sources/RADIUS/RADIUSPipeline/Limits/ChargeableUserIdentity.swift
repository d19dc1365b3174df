import Digests
import RADIUSWire

/// Answers a NAS that asks for Chargeable-User-Identity (RFC 4372) with an opaque name of the user: the same at each login, different for
/// each operator, and telling nothing without the key.
public struct ChargeableUserIdentity: Stage {
    public let name = "Chargeable-User-Identity"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        let key = context.settings.chargeableUserIdentityKey
        let definition = context.environment.known.chargeableUserIdentity
        guard !key.isEmpty, context.packet.contains(StandardAttribute.chargeableUserIdentity),
            !context.reply.contains(where: { $0.attribute.definition == definition })
        else { return .next }
        let operatorName = context.packet.text(StandardAttribute.operatorName) ?? ""
        let user = [context.organizationID ?? "", context.userName.lowercased(), operatorName].joined(separator: "\u{0}")
        let identity = HMACSHA256(key: key).authenticate(Array(user.utf8))
        context.append(.bytes(Array(Hexadecimal.encode(identity).utf8)), definition)
        return .next
    }
}
