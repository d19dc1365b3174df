extension TLSContext {
    /// Whether a chain that another context accepted is still good by this one's trust anchors, revocation lists and the time of day.
    /// - Parameter chain: leaf first.
    public func accepts(_ chain: [Certificate]) -> Bool {
        guard let session = try? TLSSession(self, verification: .required) else { return false }
        return TLSVerification.isStillGood(chain.map(\.der), for: session)
    }
}
