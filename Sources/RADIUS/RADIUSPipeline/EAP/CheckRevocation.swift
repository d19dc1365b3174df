import EAP
public import TLSEngine

/// What a certificate's authority says about it.
public enum RevocationStatus: Sendable, Equatable {
    case good
    case revoked
    /// Nobody could say; the text names the cause.
    case unknown(String)
}

/// Asks the authority of a client certificate whether it is still good (RFC 6960).
public protocol RevocationCheck: Sendable {
    /// - Parameters:
    ///   - chain: leaf first.
    ///   - completion: called once, on a thread that may visit the database.
    func status(of chain: [Certificate], completion: @escaping @Sendable (RevocationStatus) -> Void)
}

/// Refuses a client certificate that its authority has revoked, as far as the settings ask for that.
public struct CheckRevocation: Stage {
    public let name = "Revocation"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let check = context.settings.revocationCheck, let chain = context.eapExchange?.question?.certificateChain, !chain.isEmpty
        else {
            return .next
        }
        return .suspend { resumption in
            check.status(of: chain) { status in
                resumption { context in
                    switch status {
                    case .good:
                        context.note("the authority says good")
                        return .next
                    case .revoked:
                        return .decided(.reject(.certificateRevoked))
                    case .unknown(let cause):
                        context.note("the authority does not say: \(cause)")
                        return context.settings.requiresRevocationStatus ? .decided(.reject(.certificateStatusUnknown)) : .next
                    }
                }
            }
        }
    }
}
