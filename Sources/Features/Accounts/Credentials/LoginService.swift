import Database
import HTTPTypes
import Localization
import WebRouting

/// Sessions of browsers and JSON Web Tokens: made, told, ended.
struct LoginService: Sendable {
    let environment: AccountsEnvironment

    /// A browser's session: its token for the cookie, and the CSRF token for its pages.
    struct Session: Sendable {
        var token: String
        var csrfToken: String
        var principal: Principal
    }

    /// A JSON Web Token and the seconds for which it is good.
    struct Token: Sendable {
        var text: String
        var id: String
        var seconds: Int64
    }

    /// Logs a browser in.
    func openSession(_ attempt: SignInService.Attempt, _ request: WebRequest) async throws -> Session {
        let user = try await SignInService(environment: environment).userWithSecondFactor(attempt, from: request.clientAddress)
        let settings = environment.settings
        let keys = environment.keys
        return try await environment.change { connection in
            let now = currentMicroseconds()
            let token = RandomText.token()
            let login = Login(
                id: RandomText.id(), kind: .session, userID: user.id, clientAddress: request.clientAddress, userAgent: request.userAgent,
                isPasswordBased: true, created: now, expires: now + settings.sessionSeconds * 1_000_000)
            try LoginStore(connection).add(login, token: token, keyID: nil)
            try UserStore(connection).touchLogin(user.id, language: request.askedLanguage, passwordBased: nil, at: now)
            return Session(
                token: token, csrfToken: SessionCookie.csrfToken(session: token, key: try keys.csrf(over: connection)),
                principal: try PrincipalStore(connection).principal(
                    user, method: .session, isPasswordExpired: settings.isPasswordExpired(user, at: now)))
        }
    }

    /// The CSRF token of the session that a request belongs to.
    func csrfToken(_ request: WebRequest) async throws -> String? {
        guard let token = SessionCookie.token(of: request) else { return nil }
        let keys = environment.keys
        return SessionCookie.csrfToken(session: token, key: try await environment.read { try keys.csrf(over: $0) })
    }

    /// The memberships of active organizations that a caller has, by slug: who may not list organizations sees the names of his own.
    func organizations(of principal: Principal) async throws -> [Membership] {
        try await environment.read { try MembershipStore($0).memberships(principal.id).filter(\.isActive) }
    }

    /// Ends the session that a request belongs to.
    func closeSession(_ request: WebRequest) async throws {
        guard let token = SessionCookie.token(of: request) else { return }
        try await environment.change { connection in
            let store = LoginStore(connection)
            if let login = try store.login(token: token, kind: .session) { try store.end(login.id, of: login.userID) }
        }
    }

    /// A JSON Web Token for name and password.
    func token(_ attempt: SignInService.Attempt, _ request: WebRequest) async throws -> Token {
        let user = try await SignInService(environment: environment).userWithSecondFactor(attempt, from: request.clientAddress)
        let seconds = environment.settings.tokenSeconds
        return try await environment.change { connection in
            try UserStore(connection).touchLogin(
                user.id, language: request.askedLanguage, passwordBased: nil, at: currentMicroseconds())
            return try Self.issue(user, isPasswordBased: true, seconds: seconds, request, over: connection)
        }
    }

    /// A new token in the place of the one that a request shows.
    /// - Throws: 401 when that was replaced before.
    func refresh(_ request: WebRequest) async throws -> Token {
        let text = try Self.bearer(request)
        let seconds = environment.settings.tokenSeconds
        return try await environment.change { connection in
            let store = LoginStore(connection)
            guard let login = try store.login(token: text, kind: .jwt), let user = try UserStore(connection).user(id: login.userID),
                try store.replace(login.id, at: currentMicroseconds())
            else {
                throw Problem(
                    .unauthorized, "The token was revoked.", code: "token_revoked", headers: [.wwwAuthenticate: "Bearer"])
            }
            return try Self.issue(user, isPasswordBased: login.isPasswordBased, seconds: seconds, request, over: connection)
        }
    }

    /// Ends the token that a request shows.
    func revoke(_ request: WebRequest) async throws {
        let text = try Self.bearer(request)
        try await environment.change { connection in
            let store = LoginStore(connection)
            if let login = try store.login(token: text, kind: .jwt) { try store.end(login.id, of: login.userID) }
        }
    }

    /// A user's sessions and tokens, the newest first.
    /// - Returns: each with whether the request belongs to it.
    func logins(_ request: WebRequest, of userID: String) async throws -> [(login: Login, isCurrent: Bool)] {
        try await environment.read { connection in
            let store = LoginStore(connection)
            let current = try Self.currentLogin(request, over: connection)?.id
            return try store.logins(of: userID).map { ($0, $0.id == current) }
        }
    }

    /// Ends one of a user's sessions or tokens.
    func end(_ id: String, of userID: String) async throws {
        guard try await environment.change({ try LoginStore($0).end(id, of: userID) }) else { throw Problem.notFound }
    }

    /// The session or token that a request shows.
    static func currentLogin(_ request: WebRequest, over connection: any DatabaseConnection) throws(DatabaseError) -> Login? {
        let store = LoginStore(connection)
        if request.principal?.method == .jwt {
            guard let text = try? bearer(request) else { return nil }
            return try store.login(token: text, kind: .jwt)
        }
        guard let token = SessionCookie.token(of: request) else { return nil }
        return try store.login(token: token, kind: .session)
    }

    private static func issue(
        _ user: User, isPasswordBased: Bool, seconds: Int64, _ request: WebRequest, over connection: any DatabaseConnection
    ) throws -> Token {
        let now = currentMicroseconds()
        let key = try SigningKeyStore(connection).current()
        let id = RandomText.id()
        let claims = JSONWebToken(
            subject: (user.isStaff || user.isSuperuser ? "admin:" : "subscriber:") + user.id, id: id, issuedAt: now / 1_000_000,
            expires: now / 1_000_000 + seconds, keyID: key.id)
        let text = claims.signed(with: key.secret)
        let login = Login(
            id: id, kind: .jwt, userID: user.id, clientAddress: request.clientAddress, userAgent: request.userAgent,
            isPasswordBased: isPasswordBased, created: now, expires: now + seconds * 1_000_000)
        try LoginStore(connection).add(login, token: text, keyID: key.id)
        return Token(text: text, id: id, seconds: seconds)
    }

    private static func bearer(_ request: WebRequest) throws -> String {
        let words = (request.head.headerFields[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw AccountsAuthenticator.invalidToken }
        return String(words[1])
    }
}
