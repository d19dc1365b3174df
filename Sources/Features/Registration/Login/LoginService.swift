import AccessPolicy
import Accounts
import Database
import HTTPTypes
import Localization
import OrganizationSettings
import ServerKernel
import WebRouting

/// Lets people in, and tells login pages whom a token belongs to.
struct LoginService: Sendable {
    let environment: RegistrationEnvironment

    private static let form = Form([
        Field("username", required: true, maximumLength: 254), Field("password", .password, required: true, maximumLength: 4096),
        Field("code", blank: true, null: true, maximumLength: 32),
    ])

    /// Logs somebody in by name, address or number and password, or by a one-time token that was shown with the request.
    ///
    /// Also for inactive users, who get to know that they are inactive.
    func login(_ request: WebRequest, in context: OrganizationContext) async throws -> AccountState {
        if let principal = request.principal {
            return try await enter(principal.id, isPasswordBased: false, request, context)
        }
        let values = try Self.form.check(request.values)
        let attempt = SignInService.Attempt(identifier: values.text("username") ?? "", password: values.text("password") ?? "")
        guard let user = try await environment.signIn.user(attempt, from: request.clientAddress, includesInactive: true) else {
            throw Problem.nonField("Unable to log in with provided credentials.")
        }
        try await environment.signIn.checkSecondFactor(values.nonEmptyText("code"), of: user, from: request.clientAddress)
        return try await enter(user.id, isPasswordBased: true, request, context)
    }

    /// Tells whom an API token belongs to, and renews the RADIUS user token as a login does.
    /// - Returns: nil for a token of nobody.
    func validate(_ token: String, _ request: WebRequest, in context: OrganizationContext) async throws -> AccountState? {
        try await renewing { connection -> AccountState? in
            let store = APITokenStore(connection, key: try environment.keys.apiToken(over: connection))
            guard let userID = try store.userID(token: token), let user = try UserStore(connection).user(id: userID) else { return nil }
            var state = try renew(user, isPasswordBased: nil, apiToken: token, request, context, connection)
            if !environment.methods.isIdentified(state.registration) {
                state.pendingNumber = try PhoneTokenStore(connection).newest(of: userID, in: context.organization.id)?.number
            }
            return state
        }
    }

    private func enter(
        _ userID: String, isPasswordBased: Bool, _ request: WebRequest, _ context: OrganizationContext
    ) async throws -> AccountState {
        let state = try await renewing { connection -> AccountState? in
            guard let user = try UserStore(connection).user(id: userID) else { return nil }
            try admit(user, to: context, connection)
            return try renew(user, isPasswordBased: isPasswordBased, request, context, connection)
        }
        guard let state else { throw Problem.notFound }
        return state
    }

    /// Runs a change that renews a token, and tells of the session that it ended.
    private func renewing(_ body: @escaping @Sendable (any DatabaseConnection) throws -> AccountState?) async throws -> AccountState? {
        let state = try await environment.change(queuesMessages: false, body)
        if let ended = state?.endedSession { environment.kernel.events.publish(ended) }
        return state
    }

    /// Makes a member of somebody from another organization, who has to choose then how to be verified.
    private func admit(_ user: User, to context: OrganizationContext, _ connection: any DatabaseConnection) throws {
        let organizationID = context.organization.id
        guard !user.isSuperuser, try MembershipStore(connection).role(user.id, organizationID) == nil else { return }
        guard context.settings.registrationEnabled else { throw Problem(.forbidden, "You are not a member of this organization.") }
        guard user.isUsable(at: environment.now()) else { return }
        try environment.join(user.id, organizationID, over: connection)
        try RegisteredUserStore(connection).add(
            RegisteredUser(
                userID: user.id, organizationID: organizationID, method: RegistrationMethod.pending, isVerified: false,
                modified: environment.now()))
    }

    /// What login and validation have in common: last login, language, the RADIUS user token.
    /// - Parameter apiToken: the user's, where it is known.
    private func renew(
        _ user: User, isPasswordBased: Bool?, apiToken: String? = nil, _ request: WebRequest, _ context: OrganizationContext,
        _ connection: any DatabaseConnection
    ) throws -> AccountState {
        let (now, organizationID) = (environment.now(), context.organization.id)
        var user = user
        user.passwordBasedToken = isPasswordBased ?? user.passwordBasedToken
        try UserStore(connection).touchLogin(user.id, language: request.askedLanguage, passwordBased: isPasswordBased, at: now)
        // A login shows that the password is known: links to set another one are not needed any more.
        try TicketStore(connection).removeAll(of: user.id, purpose: .passwordReset)
        let isMember = try user.isSuperuser || MembershipStore(connection).role(user.id, organizationID) != nil
        let isUsable = user.isUsable(at: now)
        var radiusToken: RADIUSToken?
        if isMember, isUsable {
            radiusToken = try RADIUSTokenStore(connection).renew(
                userID: user.id, organizationID: organizationID, isDisposable: environment.settings.disposesUserTokens,
                canAuthenticate: true, isPasswordBased: user.passwordBasedToken, at: now / 1_000_000)
        }
        let registration = try RegisteredUserStore(connection).registration(of: user.id, in: organizationID)
        return AccountState(
            user: user, registration: registration, isUsable: isUsable, isPasswordExpired: try isExpired(user, connection),
            radiusToken: radiusToken?.key, endedSession: radiusToken?.endedSession,
            apiToken: try apiToken ?? environment.apiToken(user.id, over: connection),
            isIdentified: isUsable && (!context.settings.needsIdentityVerification || environment.methods.isIdentified(registration)))
    }

    /// Whether the login rests on a local password that is too old.
    private func isExpired(_ user: User, _ connection: any DatabaseConnection) throws -> Bool {
        guard user.passwordBasedToken != false, environment.accounts.isPasswordExpired(user, at: environment.now()) else { return false }
        return try PasswordStore(connection).isUsable(username: user.username)
    }
}
