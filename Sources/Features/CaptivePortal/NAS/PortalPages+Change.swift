import Accounts
import CaptiveDialects
import OrganizationSettings
import Registration
import ServerKernel

extension PortalPages {
    /// Has the NAS told by CoA.
    /// - Parameter login: who goes online; nil for going offline.
    /// - Throws: ``CaptiveDialects/CaptiveProblem``.
    func carryOut(_ change: CaptiveChange, _ login: CaptiveLogin?, _ visit: Visit) async throws {
        let organizationID = visit.context.organization.id
        if change.isFollowedByMACLogin {
            guard let station = visit.station else { throw CaptiveProblem.malformed }
            let now = registration.now()
            // Before the NAS asks, which it does at once.
            try await registration.kernel.withConnection { connection in
                let grants = StationGrantStore(connection)
                if let login {
                    try grants.add(
                        StationGrant(username: login.username, token: login.password, organizationID: organizationID), to: station, at: now)
                } else {
                    try grants.remove(station, in: organizationID)
                }
            }
        }
        if let problem = try await environment.nas.change(change, organizationID, login?.username ?? "guest") { throw problem }
    }
}
