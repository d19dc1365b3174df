import Accounts
public import Database
import Foundation

/// What operators do about one user's verification in one organization.
public struct UserVerification {
    /// What is known of it.
    public struct State: Sendable {
        public var registration: RegisteredUser?
        /// The newest code that was sent.
        public var token: PhoneToken?
        public var code: Code
    }

    /// What became of the newest code.
    public enum Code: String, Sendable {
        case none = "none was sent"
        case pending
        case used
        case blocked = "tried too often"
        case expired
    }

    private let connection: any DatabaseConnection
    private let user: User
    private let organization: Organization
    private let settings: RegistrationSettings
    private let now: Int64

    /// - Parameter now: microseconds since 1970 UTC; nil for the clock's.
    /// - Throws: ``Accounts/AccountsError`` for a user or an organization that is not there, or one that is no member.
    public init(
        _ connection: any DatabaseConnection, username: String, organizationSlug: String,
        settings: RegistrationSettings = RegistrationSettings(), now: Int64? = nil
    ) throws {
        guard let user = try UserStore(connection).user(named: username) else { throw AccountsError.userUnknown(username: username) }
        guard let organization = try OrganizationStore(connection).organization(slug: organizationSlug) else {
            throw AccountsError.organizationUnknown(slug: organizationSlug)
        }
        guard try MembershipStore(connection).role(user.id, organization.id) != nil else {
            throw AccountsError.notMember(username: username, slug: organizationSlug)
        }
        self.connection = connection
        self.user = user
        self.organization = organization
        self.settings = settings
        self.now = now ?? Int64(Date().timeIntervalSince1970 * 1_000_000)
    }

    /// Takes the user for verified; a method that identifies nobody becomes `manual`.
    public func verify() throws {
        let store = RegisteredUserStore(connection)
        let present = try store.registration(of: user.id, in: organization.id)?.method
        let isStrong = present.flatMap { RegistrationMethods()[$0]?.isStrong } ?? false
        try store.set(
            RegisteredUser(
                userID: user.id, organizationID: organization.id, method: isStrong ? present ?? "manual" : "manual", isVerified: true,
                modified: now))
    }

    /// Takes back the verification.
    public func unverify() throws(DatabaseError) {
        try RegisteredUserStore(connection).unverify(user.id, in: organization.id, at: now)
    }

    /// How the verification stands.
    public func state() throws(DatabaseError) -> State {
        let token = try PhoneTokenStore(connection).newest(of: user.id, in: organization.id)
        return State(
            registration: try RegisteredUserStore(connection).registration(of: user.id, in: organization.id), token: token,
            code: token.map(code) ?? .none)
    }

    private func code(_ token: PhoneToken) -> Code {
        if token.isVerified { return .used }
        if token.attempts >= settings.codeAttempts { return .blocked }
        return token.validUntil > now ? .pending : .expired
    }
}
