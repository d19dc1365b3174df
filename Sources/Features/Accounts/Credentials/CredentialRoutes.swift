import HTTPTypes
import Localization
import WebRouting

/// Routes by which consoles and programs log in and out.
struct CredentialRoutes: Sendable {
    let logins: LoginService
    let factors: SecondFactorService
    let settings: AccountsSettings

    private static let section = "Sign in"
    private static let credentials = Form([
        Field("username", required: true, maximumLength: 254, help: "User name, e-mail address or telephone number."),
        Field("password", .password, required: true, maximumLength: 4096),
        Field("code", blank: true, maximumLength: 32, help: "Of the authenticator, or a recovery code, where there is a second factor."),
    ])
    private static let sessionSchema = JSONSchema.named(
        "BrowserSession",
        .object(
            [
                ("authenticated", .boolean), ("csrf_token", .nullable(.string)),
                (
                    "user",
                    .nullable(
                        .object([
                            ("id", .uuid), ("username", .string), ("is_staff", .boolean), ("is_superuser", .boolean),
                            ("language", .nullable(.string)), ("password_expired", .boolean), ("permissions", .array(.string)),
                            ("organizations", .map(.string)),
                            ("organization_details", .array(.object([("id", .uuid), ("name", .string), ("slug", .string)]))),
                        ]))
                ),
            ]))
    private static let tokenSchema = JSONSchema.named(
        "AccessToken",
        .object([("access_token", .string), ("token_type", .string), ("expires_in", .integer), ("jti", .string)]))
    private static let loginSchema = JSONSchema.named(
        "Login",
        .object([
            ("id", .string), ("kind", .string), ("client_address", .string), ("user_agent", .string), ("created", .dateTime),
            ("expires", .dateTime), ("current", .boolean),
        ]))

    var all: [Route] { session + tokens + list + secondFactor }

    private var session: [Route] {
        [
            Route(
                .get, "/api/v1/auth/session/", "Tell who is logged in", section: Self.section, access: .optional, credentials: [.session],
                replies: [Reply(.ok, "The session, or none.", Self.sessionSchema)], allowsExpiredPassword: true
            ) { request in
                guard let principal = request.principal else {
                    return .json(["authenticated": false, "csrf_token": nil, "user": nil])
                }
                return .json(
                    Self.document(
                        principal, csrfToken: try await logins.csrfToken(request),
                        organizations: try await logins.organizations(of: principal)))
            },
            Route(
                .post, "/api/v1/auth/session/", "Log a browser in", section: Self.section, form: Self.credentials,
                replies: [
                    Reply(.ok, "The session; its cookie is set.", Self.sessionSchema),
                    Reply(.badRequest, "Wrong credentials, or a missing code.", .fieldErrors), .tooManyGuesses,
                ]
            ) { request in
                // Another site's page must not log its visitor in as somebody else.
                if request.head.headerFields[Self.fetchSite] == "cross-site" { throw Problem.forbidden }
                let session = try await logins.openSession(request.signIn, request)
                var response = WebResponse.json(
                    Self.document(
                        session.principal, csrfToken: session.csrfToken,
                        organizations: try await logins.organizations(of: session.principal)))
                response.headers[.setCookie] = SessionCookie.field(
                    session.token, seconds: settings.sessionSeconds, isSecure: request.origin.hasPrefix("https:"))
                return response
            },
            Route(
                .delete, "/api/v1/auth/session/", "Log the browser out", section: Self.section, access: .user, credentials: [.session],
                replies: [Reply(.noContent, "The session is over.")], allowsExpiredPassword: true
            ) { request in
                try await logins.closeSession(request)
                return WebResponse(
                    .noContent,
                    headers: [.setCookie: SessionCookie.field("", seconds: 0, isSecure: request.origin.hasPrefix("https:"))])
            },
        ]
    }

    private var tokens: [Route] {
        [
            Route(
                .post, "/api/v1/auth/token/", "Get a JSON Web Token", section: Self.section, form: Self.credentials,
                replies: [
                    Reply(.ok, "A token for `Authorization: Bearer`.", Self.tokenSchema),
                    Reply(.badRequest, "Wrong credentials, or a missing code.", .fieldErrors), .tooManyGuesses,
                ]
            ) { request in
                Self.document(try await logins.token(request.signIn, request))
            },
            Route(
                .post, "/api/v1/auth/token/refresh/", "Replace a JSON Web Token", section: Self.section, access: .user,
                credentials: [.bearer],
                replies: [Reply(.ok, "A new token; the old one counts for ten more seconds.", Self.tokenSchema)],
                allowsExpiredPassword: true
            ) { request in
                Self.document(try await logins.refresh(request))
            },
            Route(
                .delete, "/api/v1/auth/token/", "Revoke a JSON Web Token", section: Self.section, access: .user, credentials: [.bearer],
                replies: [Reply(.noContent, "The token is worth nothing any more.")], allowsExpiredPassword: true
            ) { request in
                try await logins.revoke(request)
                return .empty(.noContent)
            },
        ]
    }

    private var list: [Route] {
        [
            Route(
                .get, "/api/v1/auth/sessions/", "List one's own sessions and tokens", section: Self.section, access: .user,
                replies: [Reply(.ok, "The newest first.", .array(Self.loginSchema))]
            ) { request in
                let logins = try await logins.logins(request, of: try request.user().id)
                return .json(.array(logins.map { Self.document($0.login, isCurrent: $0.isCurrent) }))
            },
            Route(
                .delete, "/api/v1/auth/sessions/:id/", "End one of one's own sessions or tokens", section: Self.section, access: .user,
                replies: [Reply(.noContent, "It is over."), Reply(.notFound, "There is none with this id.", .detail)]
            ) { request in
                try await logins.end(request.parameter("id"), of: try request.user().id)
                return .empty(.noContent)
            },
        ]
    }

    private var secondFactor: [Route] {
        let path = "/api/v1/auth/second-factor/"
        let password = Field("password", .password, required: true, maximumLength: 4096)
        let code = Field("code", required: true, maximumLength: 32)
        return [
            Route(
                .get, path, "Tell whether one has a second factor", section: Self.section, access: .user,
                replies: [Reply(.ok, "The state.", .object([("enabled", .boolean), ("recovery_codes", .integer)]))]
            ) { request in
                let state = try await factors.state(of: try request.user().id)
                return .json(["enabled": .bool(state.isEnabled), "recovery_codes": .integer(Int64(state.recoveryCodes))])
            },
            Route(
                .post, path, "Get a secret for an authenticator", section: Self.section, access: .user, form: Form([password]),
                replies: [
                    Reply(.created, "It counts once it is confirmed.", .object([("secret", .string), ("otpauth_uri", .string)])),
                    Reply(.conflict, "There is a second factor already.", .detail), .tooManyGuesses,
                ]
            ) { request in
                let made = try await factors.enrol(
                    try request.user(), password: request.values.text("password") ?? "", from: request.clientAddress)
                return .json(["secret": .string(made.secret), "otpauth_uri": .string(made.address)], .created)
            },
            Route(
                .post, path + "confirm/", "Take the authenticator into use", section: Self.section, access: .user, form: Form([code]),
                replies: [
                    Reply(.ok, "Codes for a lost authenticator, told once.", .object([("recovery_codes", .array(.string))])),
                    Reply(.conflict, "No second factor waits for its confirmation.", .detail), .tooManyGuesses,
                ]
            ) { request in
                let codes = try await factors.confirm(
                    try request.user(), code: request.values.text("code") ?? "", from: request.clientAddress)
                return .json(["recovery_codes": .array(codes.map { .string($0) })])
            },
            Route(
                .delete, path, "Do without the second factor", section: Self.section, access: .user, form: Form([password, code]),
                replies: [Reply(.noContent, "It is not asked for any more."), .tooManyGuesses]
            ) { request in
                try await factors.remove(
                    try request.user(), password: request.values.text("password") ?? "", code: request.values.text("code") ?? "",
                    from: request.clientAddress)
                return .empty(.noContent)
            },
        ]
    }

    private static let fetchSite = HTTPField.Name(parsed: "sec-fetch-site")!

    private static func document(_ principal: Principal, csrfToken: String?, organizations: [Membership]) -> JSONValue {
        let roles = principal.memberships.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string("\($0.value)")) }
        return [
            "authenticated": true, "csrf_token": .optional(csrfToken),
            "user": [
                "id": .string(principal.id), "username": .string(principal.username), "is_staff": .bool(principal.isStaff),
                "is_superuser": .bool(principal.isSuperuser), "language": .optional(principal.language?.rawValue),
                "password_expired": .bool(principal.isPasswordExpired),
                "permissions": .array(principal.permissions.sorted().map { .string($0) }), "organizations": .object(roles),
                "organization_details": .array(
                    organizations.map { ["id": .string($0.organizationID), "name": .string($0.name), "slug": .string($0.slug)] }),
            ],
        ]
    }

    private static func document(_ token: LoginService.Token) -> WebResponse {
        .json([
            "access_token": .string(token.text), "token_type": "bearer", "expires_in": .integer(token.seconds), "jti": .string(token.id),
        ])
    }

    private static func document(_ login: Login, isCurrent: Bool) -> JSONValue {
        [
            "id": .string(login.id), "kind": .string(login.kind.rawValue), "client_address": .string(login.clientAddress),
            "user_agent": .string(login.userAgent), "created": .string(WebTime.text(microseconds: login.created)),
            "expires": .string(WebTime.text(microseconds: login.expires)), "current": .bool(isCurrent),
        ]
    }
}

extension WebRequest {
    /// The fields `username`, `password` and `code`.
    var signIn: SignInService.Attempt {
        SignInService.Attempt(
            identifier: values.text("username") ?? "", password: values.text("password") ?? "", code: values.nonEmptyText("code"))
    }
}
