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
        var generator = SystemRandomNumberGenerator()
        let session = Hexadecimal.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        context.append(.text("ai:" + session), definition)
        return .next
    }
}
