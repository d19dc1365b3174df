import AccessPolicy
import Accounts
import HTTPTypes
import Localization
import OrganizationSettings
import Sessions
import WebRouting

/// What all routes under an organization's `account/` share.
struct AccountRoutes: Sendable {
    static let section = "Account"
    static let base = "/api/v1/radius/organization/:slug/account/"
    static let unknown = Reply(.notFound, "There is no such organization.", .detail)
    static let unauthorized = Reply(.unauthorized, "No good token.", .detail)

    let environment: RegistrationEnvironment

    /// Every route of the login page.
    var all: [Route] { signUp + login + own + passwords + phone }

    /// The organization of a request; the precondition made sure that there is one.
    func context(_ request: WebRequest) throws(Problem) -> OrganizationContext { try environment.directory.organization(of: request) }

    private var signUp: [Route] {
        let service = RegistrationService(environment: environment)
        let directory = environment.directory
        let settable = environment.settings.settableMethods
        return [
            Route(
                .post, Self.base, "Sign up", section: Self.section, throttle: .others, form: SignUpForm.description,
                replies: [
                    Reply(.created, "The new user's tokens.", .object([("key", .string), ("radius_user_token", .string)])),
                    Reply(.badRequest, "What is wrong with the fields.", .fieldErrors),
                    Reply(.forbidden, "Nobody may sign up here.", .detail), Self.unknown,
                    Reply(
                        .conflict, "There is an account in other organizations.",
                        .object([
                            ("details", .string), ("organizations", .array(.object([("slug", .string), ("name", .string)]))),
                        ])),
                ],
                precondition: { request in
                    let context = try directory.organization(of: request)
                    if request.head.method == .post, !context.settings.registrationEnabled {
                        throw Problem(.forbidden, "Registration is disabled for this organization.")
                    }
                }
            ) { request in
                let credentials = try await service.signUp(request, in: try context(request))
                return .json(
                    ["key": .string(credentials.apiToken), "radius_user_token": .string(credentials.radiusToken)], .created)
            },
            Route(
                .post, Self.base + "registration-method/", "Choose how to be verified", section: Self.section, access: .user,
                form: Form([Field("method", required: true, blank: true, maximumLength: 64, help: settable.joined(separator: ", "))]),
                replies: [
                    Reply(.ok, "What was chosen.", .object([("method", .string)])),
                    Reply(.badRequest, "It was chosen before, or cannot be chosen.", .fieldErrors), Self.unauthorized, Self.unknown,
                ], precondition: directory.precondition
            ) { request in
                let method = request.values.text("method") ?? ""
                try await service.choose(method, for: try request.user(), in: try context(request))
                return .json(["method": .string(method)])
            },
        ]
    }

    private var own: [Route] {
        let usage = UsageService(environment.kernel, counters: environment.counters, calendar: environment.calendar)
        let sessions = SessionList(environment.kernel)
        return [
            Route(
                .get, Self.base + "session/", "List one's own sessions", section: Self.section, access: .user, throttle: .others,
                query: SessionList.query.filter { $0.name != "username" },
                replies: [
                    Reply(.ok, "The newest first; more pages by the field Link.", .array(SessionList.schema)), Self.unauthorized,
                    Self.unknown,
                ], precondition: environment.directory.precondition
            ) { request in
                var filter = try SessionList.filter(request)
                filter.username = try request.user().username
                return try await sessions.response(to: request, filter, in: .only([try context(request).organization.id]))
            },
            Route(
                .get, Self.base + "usage/", "Tell one's own limits and usage", section: Self.section, access: .user, throttle: .others,
                replies: [
                    Reply(
                        .ok, "One entry for each limit of the user's group.",
                        .object([
                            (
                                "checks",
                                .array(
                                    .object([
                                        ("attribute", .string), ("op", .string), ("value", .string), ("result", .nullable(.integer)),
                                        ("type", .nullable(.string)),
                                    ]))
                            )
                        ])), Self.unauthorized, Reply(.notFound, "There is no such organization, or no group.", .detail),
                ], precondition: environment.directory.precondition
            ) { request in
                let checks = try await usage.checks(
                    username: try request.user().username, organizationID: try context(request).organization.id,
                    at: environment.now() / 1_000_000)
                guard let checks else { throw Problem.notFound }
                return .json(["checks": .array(checks.map(\.document))])
            },
        ]
    }
}

extension UsageCheck {
    /// As users are told.
    fileprivate var document: JSONValue {
        [
            "attribute": .string(attribute), "op": .string(op), "value": .string(value), "result": .optional(result),
            "type": .optional(type),
        ]
    }
}
