import Digests

/// Verifies CHAP-Password (RFC 2865 §5.3, RFC 1994 §4.1), which needs the password in clear.
public struct CHAP: Stage {
    public let name = "CHAP"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.isAuthenticated, case .chap(let identifier, let response, let challenge) = context.credential else { return .next }
        guard !context.passwords.isEmpty else { return .decided(.reject(context.reasonWithoutPassword)) }
        var isSuitable = false
        for known in context.passwords {
            for clear in context.clearTexts(of: known) {
                isSuitable = true
                var digest = MD5()
                digest.update([identifier])
                digest.update(clear)
                digest.update(challenge)
                guard constantTimeEqual(digest.finish().bytes, response) else { continue }
                context.isAuthenticated = true
                context.provenBy = known
                context.note("\(known.stored.kind) of \(known.row.table.rawValue) \(known.row.id) matches")
                return .next
            }
        }
        return .decided(.reject(isSuitable ? .passwordMismatch : .passwordUnsuitable))
    }
}
