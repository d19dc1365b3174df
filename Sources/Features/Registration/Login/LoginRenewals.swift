import Localization
import OrganizationSettings
import ServerKernel
import WebRouting

/// What a login and a check of a token have in common: last login, language, the RADIUS user token. Those that arrive together share a
/// transaction, and its statements.
struct LoginRenewals: Sendable {
    struct Renewal: Sendable {
        enum Subject: Sendable {
            /// Somebody who proved who it is.
            case login(userID: String, isPasswordBased: Bool)
            /// Whoever an API token belongs to.
            case token(String)
        }

        let subject: Subject
        let context: OrganizationContext
        /// What the client asked for; nil keeps the user's.
        let language: Language?

        var isPasswordBased: Bool? {
            if case .login(_, let isPasswordBased) = subject { isPasswordBased } else { nil }
        }
    }

    /// Nil for a user or token that there is not; a problem for somebody who is not let in.
    typealias Outcome = Result<AccountState?, Problem>

    private let environment: RegistrationEnvironment
    private let transactions: SharedTransactions<Renewal, Never, Outcome>

    init(_ environment: RegistrationEnvironment) {
        self.environment = environment
        transactions = SharedTransactions(environment.kernel, keys: { _ in [] }) { renewals, connection in
            try LoginRenewalBatch(environment: environment, connection: connection).run(renewals)
        }
    }

    /// - Returns: nil for a user or token that there is not.
    /// - Throws: 403 for somebody who is not let in, 503 when too many wait, or the database's error.
    func renew(_ renewal: Renewal) async throws -> AccountState? {
        let state = try await transactions.run(renewal).get()
        if let ended = state?.endedSession { environment.kernel.events.publish(ended) }
        return state
    }
}
