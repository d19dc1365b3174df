import Digests
import RADIUSWire

/// Gives each Accept, where the settings ask for it, a Class by which its accounting is recognised (`ai:` and 32 hex digits), whatever
/// ports and names the NAS sends later.
///
/// A Class set by policy stays alone, since some NASes return only one. A session that is authorized anew keeps its own.
public struct AccountingClass: Stage {
    public let name = "Class"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard context.settings.sendsAccountingClass, !context.isEstablished,
            let definition = context.environment.known.classAttribute,
            !context.reply.contains(where: { $0.attribute.definition == definition })
        else { return .next }
        let session = Hexadecimal.encode(randomOctets(16))
        context.append(.text("ai:" + session), definition)
        return .next
    }
}
