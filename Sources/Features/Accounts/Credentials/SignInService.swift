import Database
import HTTPTypes
import Localization
import WebRouting

/// Logs people in with name and password, and with a code where they have a second factor.
public struct SignInService: Sendable {
    let environment: AccountsEnvironment

    /// What somebody typed to log in.
    public struct Attempt: Sendable {
        /// User name, e-mail address or telephone number.
        public var identifier: String
        public var password: String
        /// Of the authenticator, or a recovery code; nil when none was typed.
        public var code: String?

        public init(identifier: String, password: String, code: String? = nil) {
            self.identifier = identifier
            self.password = password
            self.code = code
        }
    }

    static let wrong: Message = "Unable to log in with provided credentials."

    /// The user whose identifier and password these are.
    ///
    /// Several users may match an identifier: the first whose password verifies is it. Failures count against account and address.
    /// - Parameter includesInactive: also users who are inactive or whose time is over.
    /// - Returns: nil for wrong credentials.
    /// - Throws: 429 after too many failures, 503 when too many passwords wait to be checked.
    public func user(_ attempt: Attempt, from address: String, includesInactive: Bool = false) async throws -> User? {
        let prefixes = environment.settings.phonePrefixes
        let matches = try await environment.read {
            try UserStore($0).matches(identifier: attempt.identifier, prefixes: prefixes)
        }
        let now = currentMicroseconds()
        let candidates = includesInactive ? matches : matches.filter { $0.isUsable(at: now) }
        let account = matches.first?.id ?? attempt.identifier.lowercased()
        let limited = try environment.attempts.begin(AttemptLimiter.keys(account: account, address: address))
        guard attempt.password.utf8.count <= PasswordStore.longestPassword,
            let name = try await environment.passwords.verify(attempt.password, of: candidates.map(\.username)),
            let user = candidates.first(where: { $0.username.utf8.elementsEqual(name.utf8) })
        else { return nil }
        limited.succeeded()
        return user
    }

    /// As ``user(_:from:includesInactive:)`` for active users, with the code of the second factor where there is one.
    /// - Throws: 400 for wrong credentials; 400 with the code `second_factor_required` when a code is missing.
    func userWithSecondFactor(_ attempt: Attempt, from address: String) async throws -> User {
        guard let user = try await user(attempt, from: address) else { throw Problem.nonField(Self.wrong) }
        try await checkSecondFactor(attempt.code, of: user, from: address)
        return user
    }

    /// Asks for the code of the second factor of a user who has one: whatever gives away an API token has to.
    /// - Throws: 400 for a wrong code; 400 with the code `second_factor_required` for none.
    public func checkSecondFactor(_ code: String?, of user: User, from address: String) async throws {
        try await SecondFactorService(environment: environment).check(code, of: user, from: address)
    }

    /// The user's API token.
    func apiToken(_ attempt: Attempt, _ request: WebRequest) async throws -> String {
        let user = try await userWithSecondFactor(attempt, from: request.clientAddress)
        let keys = environment.keys
        let language = request.askedLanguage
        return try await environment.change { connection in
            try UserStore(connection).touchLogin(user.id, language: language, passwordBased: true, at: currentMicroseconds())
            return try APITokenStore(connection, key: keys.apiToken(over: connection)).token(userID: user.id)
        }
    }
}

extension WebRequest {
    /// The language that the client named; nil when it named none of ours.
    var askedLanguage: Language? { head.headerFields[.acceptLanguage].flatMap { Language(acceptLanguage: $0) } }

    /// What the client says it is.
    var userAgent: String { head.headerFields[.userAgent] ?? "" }
}
