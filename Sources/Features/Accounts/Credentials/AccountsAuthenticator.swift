import Database
import Digests
import HTTPTypes
import Localization
public import ServerKernel
public import WebRouting

/// Finds out who asks, from every credential that the API takes.
///
/// Bearer tokens are told apart by their form, without trying one after the other: three parts are a JSON Web Token, 40 hexadecimal digits
/// an API token, anything else is refused. Each request costs a few look-ups by key and nothing is cached, so that what is revoked, made
/// inactive or taken away counts at once on every node.
public struct AccountsAuthenticator: Authenticator {
    private let kernel: Kernel
    private let settings: AccountsSettings
    private let keys: ServerKeys

    public init(_ kernel: Kernel, settings: AccountsSettings, keys: ServerKeys) {
        self.kernel = kernel
        self.settings = settings
        self.keys = keys
    }

    private enum Credential {
        case apiToken(String), jwt(String), oneTimeToken(String), session(String)
    }

    public func principal(for request: WebRequest, accepting kinds: [CredentialKind]) async throws -> Principal? {
        guard let credential = try credential(of: request, accepting: kinds) else { return nil }
        let settings = settings
        let keys = keys
        return try await kernel.withConnection { connection in
            switch credential {
            case .apiToken(let token): try Self.apiToken(token, keys, over: connection)
            case .jwt(let token): try Self.jwt(token, from: request.clientAddress, settings, over: connection)
            case .oneTimeToken(let token): try Self.oneTimeToken(token, over: connection)
            case .session(let token): try Self.session(token, request, settings, keys, over: connection)
            }
        }
    }

    private func credential(of request: WebRequest, accepting kinds: [CredentialKind]) throws -> Credential? {
        if let field = request.head.headerFields[.authorization] {
            let words = field.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            switch words.first?.lowercased() {
            case "bearer" where kinds.contains(.bearer):
                guard words.count == 2 else { throw Self.invalidToken }
                if APITokenStore.hasTokenForm(words[1]) { return .apiToken(words[1]) }
                if JSONWebToken.hasTokenForm(words[1]) { return .jwt(words[1]) }
                throw Self.invalidToken
            case settings.oneTimeTokenName.lowercased() where kinds.contains(.oneTimeToken):
                return .oneTimeToken(words.count == 2 ? words[1] : "")
            default: break
            }
        }
        if kinds.contains(.session), let token = SessionCookie.token(of: request) { return .session(token) }
        return nil
    }

    static let invalidToken = Problem.unauthorized("Invalid token.")
    static let inactiveUser = Problem.unauthorized("User inactive or deleted.")

    private static func apiToken(_ token: String, _ keys: ServerKeys, over connection: any DatabaseConnection) throws -> Principal {
        let store = APITokenStore(connection, key: try keys.apiToken(over: connection))
        guard let id = try store.userID(token: token) else { throw invalidToken }
        return try active(id, over: connection, method: .apiToken) { _ in false }
    }

    private static func jwt(
        _ token: String, from address: String, _ settings: AccountsSettings, over connection: any DatabaseConnection
    ) throws -> Principal {
        let now = currentMicroseconds()
        guard let keyID = try? JSONWebToken.keyID(of: token), let key = try SigningKeyStore(connection).key(keyID) else {
            throw refused("Invalid token.", "token_invalid")
        }
        let claims: JSONWebToken
        do {
            claims = try JSONWebToken(token, secret: key.secret, now: now / 1_000_000)
        } catch JSONWebToken.Refusal.expired {
            throw refused("The token has expired.", "token_expired")
        } catch {
            throw refused("Invalid token.", "token_invalid")
        }
        guard let login = try LoginStore(connection).login(token: token, kind: .jwt), claims.userID == login.userID, claims.id == login.id,
            login.counts(at: now, from: address)
        else { throw refused("The token was revoked.", "token_revoked") }
        return try active(login.userID, over: connection, method: .jwt) {
            login.isPasswordBased && settings.isPasswordExpired($0, at: now)
        }
    }

    private static func oneTimeToken(_ token: String, over connection: any DatabaseConnection) throws -> Principal {
        guard let ticket = try TicketStore(connection).take(token, purpose: .oneTimeLogin),
            let user = try UserStore(connection).user(id: ticket.userID)
        else { throw Problem(.forbidden, "The one-time token is wrong, used or too old.") }
        // A login tells inactive users that they are inactive.
        return try PrincipalStore(connection).principal(user, method: .oneTimeToken)
    }

    /// A session that ended is no credential: browsers go on sending its cookie.
    private static func session(
        _ token: String, _ request: WebRequest, _ settings: AccountsSettings, _ keys: ServerKeys, over connection: any DatabaseConnection
    ) throws -> Principal? {
        guard let login = try LoginStore(connection).login(token: token, kind: .session),
            let user = try UserStore(connection).user(id: login.userID), user.isUsable(at: currentMicroseconds())
        else { return nil }
        if !SessionCookie.isSafe(request.head.method) {
            let expected = SessionCookie.csrfToken(session: token, key: try keys.csrf(over: connection))
            let shown = request.head.headerFields[SessionCookie.csrfField] ?? ""
            guard constantTimeEqual(Array(shown.utf8), Array(expected.utf8)) else {
                throw Problem(.forbidden, "The CSRF token is missing or wrong.", code: "csrf_failed")
            }
        }
        return try PrincipalStore(connection).principal(
            user, method: .session,
            isPasswordExpired: login.isPasswordBased && settings.isPasswordExpired(user, at: currentMicroseconds()))
    }

    private static func active(
        _ id: String, over connection: any DatabaseConnection, method: Principal.Method, isPasswordExpired: (User) -> Bool
    ) throws -> Principal {
        guard let user = try UserStore(connection).user(id: id), user.isUsable(at: currentMicroseconds()) else { throw inactiveUser }
        return try PrincipalStore(connection).principal(user, method: method, isPasswordExpired: isPasswordExpired(user))
    }

    private static func refused(_ detail: Message, _ code: String) -> Problem {
        Problem(.unauthorized, detail, code: code, headers: [.wwwAuthenticate: "Bearer"])
    }
}

extension Login {
    /// A token that a newer one replaced counts for requests under way, from where the newer one was fetched.
    fileprivate func counts(at time: Int64, from address: String) -> Bool {
        guard let replacedAt else { return true }
        return time < replacedAt + 10_000_000 && address == clientAddress
    }
}
