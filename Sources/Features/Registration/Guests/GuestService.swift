import AccessPolicy
import Accounts
import Database
import Digests
import Foundation
import HTTPTypes
import Localization
public import OrganizationSettings
import ServerKernel
public import Sessions
import WebRouting

/// Lets devices in whose people need no account: a guest is known by the address of the device, so that limits hold for it.
///
/// A guest has no password and no pages: the RADIUS user token of this login is all there is.
public struct GuestService: Sendable {
    let environment: RegistrationEnvironment

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
    }

    /// Who was let in.
    public struct Guest: Sendable {
        public var userID: String
        public var username: String
        /// Good once.
        public var radiusToken: String
        /// In another organization; publish it.
        public var endedSession: SessionEnded?
    }

    /// Makes a guest of a device, or finds the one that it was before.
    /// - Parameter station: the device's address in one spelling; nil when it is not known, for a guest that comes once.
    /// - Throws: 403 where people have to say who they are, and for guests that were shut out.
    public func enter(station: String?, in context: OrganizationContext) async throws -> Guest {
        if context.settings.needsIdentityVerification {
            throw Problem(.forbidden, "Here you have to say who you are: log in or sign up.")
        }
        let organizationID = context.organization.id
        let guest = try await environment.change { connection -> Guest in
            let key = try ServerSecrets.key("guests", over: connection)
            let device = "\(organizationID) \(station ?? UUID().uuidString)"
            let name = "guest-" + Hexadecimal.encode(HMACSHA256(key: key).authenticate(Array(device.utf8)).prefix(8))
            let now = environment.now()
            let user = try UserStore(connection).user(named: name) ?? add(name, context, connection)
            guard user.isUsable(at: now), try MembershipStore(connection).role(user.id, organizationID) != nil else {
                throw Problem(.forbidden, "This device is shut out. Ask the staff.")
            }
            try UserStore(connection).touchLogin(user.id, language: nil, passwordBased: false, at: now)
            let token = try RADIUSTokenStore(connection).renew(
                userID: user.id, organizationID: organizationID, isDisposable: environment.settings.disposesUserTokens,
                canAuthenticate: true, isPasswordBased: false, at: now / 1_000_000)
            return Guest(userID: user.id, username: name, radiusToken: token.key, endedSession: token.endedSession)
        }
        if let ended = guest.endedSession { environment.kernel.events.publish(ended) }
        return guest
    }

    private func add(_ name: String, _ context: OrganizationContext, _ connection: any DatabaseConnection) throws -> User {
        let user = User(username: name, passwordBasedToken: false, created: environment.now())
        try UserStore(connection).add(user)
        try environment.join(user.id, context.organization.id, over: connection)
        try RegisteredUserStore(connection).set(
            RegisteredUser(
                userID: user.id, organizationID: context.organization.id, method: "", isVerified: false, modified: environment.now()))
        return user
    }
}
