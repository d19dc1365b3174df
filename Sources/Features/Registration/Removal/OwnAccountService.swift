import Accounts
import Database
import HTTPTypes
import Localization
public import OrganizationSettings
public import WebRouting

/// Lets people remove their own accounts.
public struct OwnAccountService: Sendable {
    let environment: RegistrationEnvironment

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
    }

    /// What a removal came to.
    public enum Outcome: Sendable, Equatable {
        /// Nothing of the account is left but the records of its sessions.
        case removed
        /// The account belongs to other organizations, too: only the membership of this one has ended.
        case left
    }

    /// Removes the caller's account, or its membership where other organizations share it.
    /// - Parameter password: the account's; not asked for where the account has none.
    /// - Throws: 400 with the field `password`; 403 for staff, whose accounts others rely on.
    public func remove(password: String, _ request: WebRequest, in context: OrganizationContext) async throws -> Outcome {
        let caller = try request.user()
        let organizationID = context.organization.id
        guard caller.has(.member, in: organizationID) else { throw Problem.notMember }
        if caller.isSuperuser || caller.isStaff || !caller.managedOrganizations.isEmpty {
            throw Problem(.forbidden, "Accounts of staff are removed by an administrator.")
        }
        let (user, hasPassword) = try await environment.read { connection -> (User?, Bool) in
            let user = try UserStore(connection).user(id: caller.id)
            return (user, try user.map { try PasswordStore(connection).isUsable(username: $0.username) } ?? false)
        }
        guard let user else { throw Problem.unauthorized() }
        if hasPassword {
            let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: user.id, address: request.clientAddress))
            guard try await environment.passwords.verify(password, of: [user.username]) != nil else {
                throw Problem.field("password", "Your old password was entered incorrectly. Please enter it again.")
            }
            attempt.succeeded()
        }
        return try await environment.change { connection -> Outcome in
            let memberships = MembershipStore(connection)
            if try memberships.memberships(user.id).contains(where: { $0.organizationID != organizationID }) {
                if try memberships.leave(user.id, organizationID) { try environment.hooks.memberLeft(user.id, organizationID, connection) }
                return .left
            }
            try environment.hooks.userRemoved(user, connection)
            try PasswordStore(connection).remove(username: user.username)
            _ = try UserStore(connection).remove(username: user.username)
            try ChangeOutbox(connection).append(AccountChange(.userDisabled, user.username))
            return .removed
        }
    }
}
