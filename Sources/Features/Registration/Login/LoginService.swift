import Accounts
import HTTPTypes
import Localization
public import OrganizationSettings
public import WebRouting

/// Lets people in, and tells login pages whom a token belongs to.
public struct LoginService: Sendable {
    let environment: RegistrationEnvironment
    private let renewals: LoginRenewals

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
        renewals = LoginRenewals(environment)
    }

    private static let form = Form([
        Field("username", required: true, maximumLength: 254), Field("password", .password, required: true, maximumLength: 4096),
        Field("code", blank: true, null: true, maximumLength: 32),
    ])

    /// Logs somebody in by name, address or number and password, or by a one-time token that was shown with the request.
    ///
    /// Also for inactive users, who get to know that they are inactive.
    /// - Throws: 400 for wrong credentials, 403 where only members are let in, 429 after too many failures.
    public func login(_ request: WebRequest, in context: OrganizationContext) async throws -> AccountState {
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
    public func validate(_ token: String, _ request: WebRequest, in context: OrganizationContext) async throws -> AccountState? {
        guard APITokenStore.hasTokenForm(token) else { return nil }
        return try await renewals.renew(
            LoginRenewals.Renewal(subject: .token(token), context: context, language: request.askedLanguage))
    }

    private func enter(
        _ userID: String, isPasswordBased: Bool, _ request: WebRequest, _ context: OrganizationContext
    ) async throws -> AccountState {
        let renewal = LoginRenewals.Renewal(
            subject: .login(userID: userID, isPasswordBased: isPasswordBased), context: context, language: request.askedLanguage)
        guard let state = try await renewals.renew(renewal) else { throw Problem.notFound }
        return state
    }
}
