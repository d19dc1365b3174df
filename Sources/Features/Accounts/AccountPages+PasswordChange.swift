import HTTPTypes
import Localization
import WebRouting

extension AccountPages {
    /// Where people whose password is too old are sent: they cannot log in to a page of ours, so this one asks who they are.
    static let changePath = "/accounts/password/change/"

    var showChange: Route {
        Route(.get, Self.changePath, "Ask for the old and a new password") { request in changeForm(request, errors: []) }
    }

    var change: Route {
        Route(
            .post, Self.changePath, "Change a password", throttle: .userAuthentication,
            form: Form([
                Field("username", blank: true, maximumLength: 254),
                Field("current_password", .password, blank: true, maximumLength: 4096), Field("code", blank: true, maximumLength: 64),
                Field("new_password1", .password, blank: true, maximumLength: 4096),
                Field("new_password2", .password, blank: true, maximumLength: 4096),
            ])
        ) { request in
            let values = request.values
            do {
                let user = try await signIn.userWithSecondFactor(
                    SignInService.Attempt(
                        identifier: values.text("username") ?? "", password: values.text("current_password") ?? "",
                        code: values.nonEmptyText("code")), from: request.clientAddress)
                try await passwords.change(
                    PasswordService.Choice(
                        first: values.text("new_password1") ?? "", second: values.text("new_password2") ?? "", field: "new_password1",
                        repetition: "new_password2"), of: user, verified: values.text("current_password") ?? "", request)
            } catch let problem as Problem {
                switch problem.content {
                case .fields(let fields): return changeForm(request, errors: fields.flatMap(\.messages))
                case .detail(let message, _) where problem.status == .badRequest: return changeForm(request, errors: [message])
                default: throw problem
                }
            }
            return page("Thank you", request, [.text("New password has been saved.")])
        }
    }

    private func changeForm(_ request: WebRequest, errors: [Message]) -> WebResponse {
        page(
            "Choose a new password", request,
            errors.map { .error($0) } + [
                .line(
                    "username", "User name, e-mail address or telephone number", autocomplete: "username",
                    value: request.values.text("username") ?? ""),
                .line("current_password", "Present password", autocomplete: "current-password", value: ""),
                .line("code", "Code of your authenticator, if you use one", autocomplete: "one-time-code", value: ""),
                .password("new_password1", "New password"), .password("new_password2", "New password again"),
            ], button: "Set the password", status: errors.isEmpty ? .ok : .badRequest)
    }
}
