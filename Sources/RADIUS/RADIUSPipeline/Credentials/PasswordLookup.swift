import Digests

extension RequestContext {
    /// Why there is no known-good password to compare with.
    public var reasonWithoutPassword: RejectReason {
        if isBackEndMissing { return .backEndUnavailable }
        return switch evaluation {
        case .matched: .passwordUnknown
        case .mismatch: .policyMismatch
        case .notFound, .notEvaluated: policy?.account == nil ? .userUnknown : .passwordUnknown
        }
    }

    /// Clear-text candidates of a known-good password: itself, and for a station's address every notation of it.
    func clearTexts(of password: KnownPassword) -> [[UInt8]] {
        guard let clear = password.stored.cleartext else { return [] }
        guard let stationAddress, MACAddress(String(decoding: clear, as: UTF8.self)) == stationAddress else { return [clear] }
        return [clear] + MACAddress.Style.allCases.map { Array(stationAddress.text($0).utf8) }.filter { $0 != clear }
    }
}
