import NIOConcurrencyHelpers

/// Chains that one context found good. Its settings never change, so it would find the same again, but for the time: who logs in once more
/// need not wait for the signatures of the issuers.
final class VerifiedChains: Sendable {
    /// How long a chain is known, seconds.
    static let lifetime: Int64 = 3600

    private let capacity: Int
    /// By the leaf in DER.
    private let chains = NIOLockedValueBox<[[UInt8]: (chain: [Certificate], verified: Int64)]>([:])

    /// - Parameter capacity: chains; a full memory starts anew.
    init(capacity: Int = 1000) {
        self.capacity = capacity
    }

    /// - Parameters:
    ///   - leaf: DER.
    ///   - now: seconds since 1970.
    /// - Returns: the chain of a leaf, up to its anchor; nil when it was not verified lately, or one of its certificates is not valid now.
    func chain(of leaf: [UInt8], at now: Int64) -> [Certificate]? {
        guard let (chain, verified) = chains.withLockedValue({ $0[leaf] }), verified <= now, now < verified + Self.lifetime,
            chain.allSatisfy({ $0.notBefore <= now && now < $0.notAfter })
        else { return nil }
        return chain
    }

    /// Keeps a chain that was verified, leaf first.
    /// - Parameter now: seconds since 1970.
    func keep(_ chain: [Certificate], at now: Int64) {
        guard let leaf = chain.first else { return }
        chains.withLockedValue { chains in
            if chains.count >= capacity, chains[leaf.der] == nil { chains.removeAll(keepingCapacity: true) }
            chains[leaf.der] = (chain, now)
        }
    }
}
