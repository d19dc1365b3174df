import HTTPTypes
import OrganizationSettings
import WebRouting

extension AccountRoutes {
    /// Log in, and tell whom a token belongs to.
    var login: [Route] {
        let service = LoginService(environment: environment)
        return [
            Route(
                .post, Self.base + "token/", "Log in", section: Self.section, access: .optional, credentials: [.oneTimeToken],
                form: Form([
                    Field("username", blank: true, null: true, maximumLength: 254, help: "User name, e-mail address or telephone number."),
                    Field("password", .password, blank: true, null: true, maximumLength: 4096),
                    Field("code", blank: true, null: true, maximumLength: 32, help: "Where there is a second factor."),
                ]),
                replies: [
                    Reply(.ok, "Who it is.", .object(AccountState.schema + [("key", .string)])),
                    Reply(
                        .unauthorized, "Who it is; inactive, or to be verified first.", .object(AccountState.schema + [("key", .string)])),
                    Reply(.badRequest, "Wrong credentials.", .fieldErrors),
                    Reply(.forbidden, "No member, or a one-time token that is not good.", .detail), Self.unknown, .tooManyGuesses,
                ], precondition: environment.directory.precondition
            ) { request in
                let state = try await service.login(request, in: try context(request))
                return .json(
                    .object(state.members + [.init("key", .string(state.apiToken))]), state.isIdentified ? .ok : .unauthorized)
            },
            Route(
                .post, Self.base + "token/validate/", "Tell whom a token belongs to", section: Self.section,
                form: Form([Field("token", blank: true, null: true, maximumLength: 4096)]),
                replies: [
                    Reply(
                        .ok, "Who it is.", .object(AccountState.schema + [("auth_token", .string), ("response_code", .string)])),
                    Reply(.unauthorized, "Nobody's token.", .object([("response_code", .string)])), Self.unknown,
                ], precondition: environment.directory.precondition
            ) { request in
                let token = request.values.text("token") ?? ""
                guard let state = try await service.validate(token, request, in: try context(request)) else {
                    return .json(["response_code": "BLANK_OR_INVALID_TOKEN"], .unauthorized)
                }
                return .json(
                    .object(
                        state.members + [
                            .init("auth_token", .string(state.apiToken)), .init("response_code", "AUTH_TOKEN_VALIDATION_SUCCESSFUL"),
                        ]))
            },
        ]
    }
}
