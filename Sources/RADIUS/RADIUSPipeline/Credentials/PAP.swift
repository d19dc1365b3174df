import Digests

/// Compares the User-Password with the known-good passwords (RFC 2865 §5.2). Any of several may match; FreeRADIUS looks at the first only.
///
/// Slow hashes leave the packet thread, unless the same password matched the same hash a short while ago.
public struct PAP: Stage {
    public let name = "PAP"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.isAuthenticated, case .pap(let password) = context.credential else { return .next }
        guard !context.passwords.isEmpty else { return verifyDecoy(password, &context) }
        var slow: [KnownPassword] = []
        for known in context.passwords {
            if known.stored.isSlow {
                slow.append(known)
            } else if matches(known, password, context) {
                return accept(known, &context)
            }
        }
        guard !slow.isEmpty else { return .decided(.reject(.passwordMismatch)) }
        let cache = context.environment.verifiedPasswords
        for known in slow where cache.contains(known.text, password, now: context.receivedEpoch) {
            context.note("\(known.stored.kind) matched before")
            return accept(known, &context)
        }
        return .offload { [slow] context in
            for known in slow where known.stored.verify(password) {
                context.environment.verifiedPasswords.insert(known.text, password, now: context.receivedEpoch)
                context.environment.decoy.remember(known.stored)
                return accept(known, &context)
            }
            return .decided(.reject(.passwordMismatch))
        }
    }

    private func accept(_ known: KnownPassword, _ context: inout RequestContext) -> StageResult {
        context.isAuthenticated = true
        context.provenBy = known
        context.note("\(known.stored.kind) of \(known.row.table.rawValue) \(known.row.id) matches")
        return .next
    }

    @inline(__always) private func matches(_ known: KnownPassword, _ password: [UInt8], _ context: RequestContext) -> Bool {
        if known.stored.verify(password) { return true }
        guard let address = context.stationAddress, MACAddress(String(decoding: password, as: UTF8.self)) == address else { return false }
        return context.clearTexts(of: known).contains { constantTimeEqual($0, Array(address.text(.upperDashes).utf8)) }
    }

    /// Spends the time of a comparison on a user without a password, so that the delay does not tell who exists.
    private func verifyDecoy(_ password: [UInt8], _ context: inout RequestContext) -> StageResult {
        let reason = context.reasonWithoutPassword
        guard let decoy = context.environment.decoy.stored else { return .decided(.reject(reason)) }
        return .offload { _ in
            _ = decoy.verify(password)
            return .decided(.reject(reason))
        }
    }
}
