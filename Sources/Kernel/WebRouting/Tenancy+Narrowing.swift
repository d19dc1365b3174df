extension Tenancy {
    /// The part of it that one organization is, for lists that are filtered by organization; all of it where none is named.
    public func narrowed(to organizationID: String?) -> Tenancy {
        guard let organizationID else { return self }
        return .only(contains(organizationID) ? [organizationID] : [])
    }
}
