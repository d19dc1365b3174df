/// Whose rows count for one request.
///
/// A row without an organization counts everywhere. A shared NAS serves a name only while all its other rows belong to one organization.
struct OrganizationScope {
    let organizationID: String?

    /// - Parameter organizationID: the NAS's or the realm's; nil for a shared NAS.
    /// - Returns: nil when the name belongs to several organizations and none was asked for.
    init?(_ policy: UserPolicy, organizationID: String?) {
        if let organizationID {
            self.organizationID = organizationID
            return
        }
        if policy.isAmbiguous { return nil }
        var only: String?
        for owner in policy.checks.lazy.map(\.organizationID) where !Self.join(&only, owner) { return nil }
        for owner in policy.replies.lazy.map(\.organizationID) where !Self.join(&only, owner) { return nil }
        for owner in policy.groups.lazy.map(\.organizationID) where !Self.join(&only, owner) { return nil }
        self.organizationID = only
    }

    func covers(_ owner: String?) -> Bool {
        owner == nil || owner == organizationID
    }

    /// The groups whose memberships count.
    func covered(_ groups: [GroupPolicy]) -> [GroupPolicy] {
        groups.allSatisfy { covers($0.organizationID) } ? groups : groups.filter { covers($0.organizationID) }
    }

    private static func join(_ only: inout String?, _ owner: String?) -> Bool {
        guard let owner else { return true }
        if only == nil { only = owner }
        return only == owner
    }
}
