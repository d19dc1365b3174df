public import Database

/// What other features do when accounts change, in the transaction of the change: Accounts knows nothing of them.
///
/// A hook that throws undoes the change.
public struct AccountHooks: Sendable {
    /// An organization is there, without members yet.
    public var organizationCreated: @Sendable (Organization, any DatabaseConnection) throws -> Void = { _, _ in }
    /// Before and after.
    public var organizationChanged: @Sendable (Organization, Organization, any DatabaseConnection) throws -> Void = { _, _, _ in }
    /// The user's and the organization's id of a new membership.
    public var memberJoined: @Sendable (String, String, any DatabaseConnection) throws -> Void = { _, _, _ in }
    /// The user's and the organization's id of a membership that ended.
    public var memberLeft: @Sendable (String, String, any DatabaseConnection) throws -> Void = { _, _, _ in }
    /// Old and new name; the account and its passwords have the new one already.
    public var userRenamed: @Sendable (String, String, any DatabaseConnection) throws -> Void = { _, _, _ in }
    /// The user as it is now, after any change.
    public var userChanged: @Sendable (User, any DatabaseConnection) throws -> Void = { _, _ in }
    /// The user was made inactive.
    public var userDeactivated: @Sendable (User, any DatabaseConnection) throws -> Void = { _, _ in }
    /// The user is removed in this transaction; what is stored under the name may go.
    public var userRemoved: @Sendable (User, any DatabaseConnection) throws -> Void = { _, _ in }

    public init() {}
}
