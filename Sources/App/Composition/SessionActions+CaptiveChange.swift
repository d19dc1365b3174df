import CaptiveDialects
import RADIUSPipeline
import SessionActions

extension SessionActions {
    /// Sends what a login page wants a NAS to be told.
    /// - Returns: what went wrong; nil once the NAS has acknowledged it.
    @Sendable func carryOut(
        _ change: CaptiveChange, organizationID: String, requestedBy: String
    ) async throws -> CaptiveProblem? {
        guard let station = change.clientMAC.flatMap({ MACAddress($0.description) }) else { return .malformed }
        let outcome = try await self.change(
            StationChange(
                station: station, organizationID: organizationID, vendorSessionID: change.vendorSessionID,
                attributes: change.attributes.map { ($0.name, $0.value) }, nasTypes: change.nasTypes, reason: "login page",
                requestedBy: requestedBy, isDisconnect: change.isDisconnect))
        return switch outcome.result {
        case .acknowledged, .initiated: nil
        case .refused, .ended: .refused
        case .timedOut, .unreachable, .unsupported: .nasFault
        }
    }
}
