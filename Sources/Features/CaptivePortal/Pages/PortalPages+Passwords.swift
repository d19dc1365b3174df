import HTTPTypes
import Localization
import Registration
import WebRouting

extension PortalPages {
    private var passwords: OwnPasswordService { OwnPasswordService(environment: registration) }

    /// Asks whose password is forgotten.
    func forgottenPage(_ visit: Visit, errors: PageErrors = PageErrors()) -> Page {
        form(
            "Forgotten password", visit, action: visit.base + "password/forgotten/", button: "Send me a link",
            fields: [
                PageField(
                    name: "input", label: "User name, e-mail address or telephone number", kind: .identifier, autocomplete: "username",
                    value: visit.text("input").isEmpty ? visit.text("username") : visit.text("input"), error: errors.about("input"),
                    longest: 254)
            ], errors: errors, back: visit.base)
    }

    /// Sends the link; the answer is the same whether there is anybody.
    func forgotten(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return forgottenPage(visit) }
        let input = visit.text("input")
        guard (1...254).contains(input.unicodeScalars.count) else {
            return forgottenPage(visit, errors: PageErrors(fields: ["input": "This field is required."]))
        }
        let site = "{site}/login/{organization}/password/reset/{uid}/{token}/?lang=\(visit.language.rawValue)"
        let scheme = try visit.request.linkOrigin().prefix { $0 != ":" }
        try await passwords.requestReset(input, visit.service(), in: visit.context, template: "\(scheme)://\(site)")
        return message(
            "Look at your messages",
            ["If there is such an account, a message with a link to set a new password is on its way."], back: visit.base)
    }

    /// Asks for a new password by a link.
    func resetPage(_ visit: Visit, errors: PageErrors = PageErrors()) -> Page {
        let path = "password/reset/\(visit.request.parameter("uid"))/\(visit.request.parameter("token"))/"
        return form(
            "Choose a new password", visit, action: visit.base + path, button: "Set the password",
            fields: Self.newPasswords(errors, "new_password1", "new_password2"), errors: errors, back: nil)
    }

    /// Sets a new password by a link.
    func reset(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return resetPage(visit) }
        do {
            try await passwords.confirmReset(
                uid: visit.request.parameter("uid"), token: visit.request.parameter("token"), new: visit.text("new_password1"),
                repetition: visit.text("new_password2"), in: visit.context)
        } catch let problem as Problem where problem.status == .badRequest {
            let errors = PageErrors(problem)
            if errors.fields["uid"] != nil || errors.fields["token"] != nil {
                return message(
                    "This link does not work", ["It was used before, is too old, or was not copied as a whole."],
                    back: visit.base + "password/forgotten/", button: "Send me a link")
            }
            return resetPage(visit, errors: errors)
        }
        return logInPage(visit, notice: "The password is set. Log in with it.")
    }

    /// Asks for the old and a new password.
    func passwordPage(_ visit: Visit, errors: PageErrors = PageErrors(), notice: Message? = nil) -> Page {
        var page = form(
            "Change the password", visit, action: visit.base + "password/change/", button: "Set the password",
            fields: [
                PageField(
                    name: "current_password", label: "Present password", kind: .password, autocomplete: "current-password",
                    error: errors.about("current_password"))
            ] + Self.newPasswords(errors, "new_password", "confirm_password"), errors: errors, back: visit.base + "status/")
        page.notice = notice
        return page
    }

    /// The page for who is logged in.
    func showPasswordChange(_ visit: inout Visit) async throws -> Page {
        _ = try await knownPerson(visit)
        return passwordPage(visit)
    }

    /// Changes the password.
    func changePassword(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        if visit.isView { return passwordPage(visit) }
        do {
            try await passwords.change(
                current: visit.text("current_password"), new: visit.text("new_password"), repetition: visit.text("confirm_password"),
                visit.service(as: person.principal), in: visit.context)
        } catch let problem as Problem where [.badRequest, .tooManyRequests].contains(problem.status) {
            return passwordPage(visit, errors: PageErrors(problem))
        }
        return message("Thank you", ["The password was changed."], back: visit.base + "continue/", button: "Go on", acts: true)
    }

    private static func newPasswords(_ errors: PageErrors, _ first: String, _ second: String) -> [PageField] {
        [
            PageField(
                name: first, label: "New password", kind: .password, autocomplete: "new-password", hint: "At least 8 characters.",
                error: errors.about(first)),
            PageField(
                name: second, label: "New password again", kind: .password, autocomplete: "new-password", error: errors.about(second)),
        ]
    }

    /// A page with one form.
    func form(
        _ title: Message, _ visit: Visit, action: String, button: Message, text: Message? = nil, fields: [PageField], errors: PageErrors,
        back: String?, isDangerous: Bool = false
    ) -> Page {
        var page = Page(template: "form", title: title)
        page.errors = errors
        page.fields = fields
        page.values = [
            "action": action, "text": text.orFalse, "fields": fields.map(\.values), "asksConsent": false, "isDangerous": isDangerous,
            "button": button, "back": back.orFalse,
        ]
        if !errors.isEmpty { page.status = .badRequest }
        return page
    }
}
