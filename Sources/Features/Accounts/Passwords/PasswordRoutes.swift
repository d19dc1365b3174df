import HTTPTypes
import Localization
import WebRouting

/// The routes of tokens and passwords of the users API.
struct PasswordRoutes: Sendable {
    let signIn: SignInService
    let passwords: PasswordService

    private static let section = "Users"
    private static let maximum = 4096

    var all: [Route] { authentication + [byOperator] }

    private var authentication: [Route] {
        guard signIn.environment.settings.servesAuthentication else { return [] }
        return [
            Route(
                .post, "/api/v1/users/token/", "Get the API token for name and password", section: Self.section,
                throttle: .userAuthentication,
                form: Form([
                    Field("username", required: true, maximumLength: 254, help: "User name, e-mail address or telephone number."),
                    Field("password", .password, required: true, maximumLength: Self.maximum),
                    Field("code", blank: true, maximumLength: 32, help: "Where there is a second factor."),
                ]),
                replies: [
                    Reply(.ok, "The token, the same each time.", .object([("token", .string)])),
                    Reply(.badRequest, "Wrong credentials.", .fieldErrors),
                ]
            ) { request in
                .json(["token": .string(try await signIn.apiToken(request.signIn, request))])
            },
            Route(
                .post, "/api/v1/users/password/reset/", "Ask for a link to set a new password", section: Self.section,
                throttle: .userAuthentication,
                form: Form([Field("input", required: true, maximumLength: 254, help: "User name, e-mail address or telephone number.")]),
                replies: [Reply(.ok, "Whether or not there is such a user.", .detail)]
            ) { request in
                try await passwords.requestReset(request.values.text("input") ?? "", request)
                return .detail("Password reset e-mail has been sent.", request)
            },
            Route(
                .post, "/api/v1/users/password/reset/confirm/", "Set a new password by a link", section: Self.section,
                throttle: .userAuthentication,
                form: Form(
                    [Field("uid", required: true, maximumLength: 36), Field("token", required: true, maximumLength: 64)]
                        + Self.twice("new_password1", "new_password2")),
                replies: [
                    Reply(.ok, "The password is set.", .detail), Reply(.badRequest, "A wrong link or a weak password.", .fieldErrors),
                ]
            ) { request in
                try await passwords.confirmReset(
                    userID: request.values.text("uid") ?? "", ticket: request.values.text("token") ?? "",
                    request.choice("new_password1", "new_password2"))
                return .detail("Password has been reset with the new password.", request)
            },
            Route(
                .post, "/api/v1/users/user/password/change/", "Change one's own password", section: Self.section, access: .user,
                throttle: .userAuthentication,
                form: Form(
                    [Field("old_password", .password, required: true, maximumLength: Self.maximum)]
                        + Self.twice("new_password1", "new_password2")),
                replies: [Reply(.ok, "The password is changed.", .detail), Reply(.badRequest, "A wrong or weak password.", .fieldErrors)],
                allowsExpiredPassword: true
            ) { request in
                try await passwords.change(
                    request.choice("new_password1", "new_password2"), old: request.values.text("old_password") ?? "",
                    oldField: "old_password", request)
                return .detail("New password has been saved.", request)
            },
        ]
    }

    private var byOperator: Route {
        Route(
            .put, "/api/v1/users/user/:id/password/", "Set a user's password", section: Self.section, access: .user,
            form: Form(
                [
                    Field(
                        "current_password", .password, blank: true, null: true, maximumLength: Self.maximum,
                        help: "Needed to change one's own.")
                ] + Self.twice("new_password", "confirm_password")),
            replies: [
                Reply(.ok, "The password is set.", .object([("status", .string), ("message", .string)])),
                Reply(.badRequest, "A wrong or weak password.", .fieldErrors), Reply(.notFound, "No such user.", .detail), .tooManyGuesses,
            ], allowsExpiredPassword: true
        ) { request in
            try await passwords.set(
                request.choice("new_password", "confirm_password"), of: request.parameter("id").lowercased(),
                current: request.values.text("current_password"), request)
            let message: Message = "Password updated successfully"
            return .json(["status": "Success", "message": .string(message.text(in: request.language))])
        }
    }

    private static func twice(_ first: String, _ second: String) -> [Field] {
        [first, second].map { Field($0, .password, required: true, maximumLength: maximum) }
    }
}

extension WebRequest {
    fileprivate func choice(_ first: String, _ second: String) -> PasswordService.Choice {
        PasswordService.Choice(
            first: values.text(first) ?? "", second: values.text(second) ?? "", field: first, repetition: second)
    }
}

extension WebResponse {
    /// `{"detail": …}` of something that went well.
    static func detail(_ message: Message, _ request: WebRequest) -> WebResponse {
        .json(["detail": .string(message.text(in: request.language))])
    }
}
