import HTTPTypes
import Localization
import WebRouting

/// The few pages that links in letters and answers lead to: plain HTML without scripts, so that every browser shows them.
struct AccountPages: Sendable {
    let signIn: SignInService
    let emails: EmailAddressService
    let passwords: PasswordService
    let siteName: String

    var all: [Route] { [showConfirmation, confirm, showReset, reset, showChange, change] }

    /// Programs that look at links in letters ahead of people must not use them up: only the button does.
    private var showConfirmation: Route {
        Route(.get, "/accounts/confirm-email/:key/", "Ask to confirm an e-mail address") { request in
            guard let address = try await emails.address(of: request.parameter("key")) else { return invalid(request) }
            return page(
                "Confirm your e-mail address", request,
                [.text(Message("Is {email} your address?", ["email": address]))], button: "Yes, confirm it")
        }
    }

    private var confirm: Route {
        Route(.post, "/accounts/confirm-email/:key/", "Confirm an e-mail address", throttle: .others) { request in
            guard let address = try await emails.confirm(request.parameter("key")) else { return invalid(request) }
            return page("Thank you", request, [.text(Message("{email} is confirmed.", ["email": address]))])
        }
    }

    private var showReset: Route {
        Route(.get, "/accounts/password/reset/key/:uid/:token/", "Ask for a new password") { request in
            passwordForm(request, errors: [])
        }
    }

    private var reset: Route {
        Route(
            .post, "/accounts/password/reset/key/:uid/:token/", "Set a new password", throttle: .userAuthentication,
            form: Form(["new_password1", "new_password2"].map { Field($0, .password, blank: true, maximumLength: 4096) })
        ) { request in
            do {
                try await passwords.confirmReset(
                    userID: request.parameter("uid"), ticket: request.parameter("token"),
                    PasswordService.Choice(
                        first: request.values.text("new_password1") ?? "", second: request.values.text("new_password2") ?? "",
                        field: "new_password1", repetition: "new_password2"))
            } catch let problem as Problem {
                guard case .fields(let fields) = problem.content else { throw problem }
                if fields.contains(where: { ["uid", "token"].contains($0.field) }) { return invalid(request) }
                return passwordForm(request, errors: fields.flatMap(\.messages))
            }
            return page("Thank you", request, [.text("Password has been reset with the new password.")])
        }
    }

    private func passwordForm(_ request: WebRequest, errors: [Message]) -> WebResponse {
        page(
            "Choose a new password", request,
            errors.map { .error($0) } + [.password("new_password1", "New password"), .password("new_password2", "New password again")],
            button: "Set the password", status: errors.isEmpty ? .ok : .badRequest)
    }

    private func invalid(_ request: WebRequest) -> WebResponse {
        page(
            "This link does not work", request, [.text("It was used before, is too old, or was not copied as a whole.")],
            status: .notFound)
    }

    enum Part {
        case text(Message)
        case error(Message)
        case password(String, Message)
        /// Name, label, what browsers fill in, and what it holds already.
        case line(String, Message, autocomplete: String, value: String)
    }

    func page(
        _ title: Message, _ request: WebRequest, _ parts: [Part], button: Message? = nil, status: HTTPResponse.Status = .ok
    ) -> WebResponse {
        func text(_ message: Message) -> String { Self.escaped(message.text(in: request.language)) }
        var body = ""
        for part in parts {
            switch part {
            case .text(let message): body += "<p>\(text(message))</p>\n"
            case .error(let message): body += "<p role=\"alert\">\(text(message))</p>\n"
            case .password(let name, let label):
                body +=
                    "<p><label>\(text(label))<br><input type=\"password\" name=\"\(name)\" autocomplete=\"new-password\" required></label></p>\n"
            case .line(let name, let label, let autocomplete, let value):
                let kind = autocomplete == "current-password" ? "password" : "text"
                body +=
                    "<p><label>\(text(label))<br><input type=\"\(kind)\" name=\"\(name)\" autocomplete=\"\(autocomplete)\" value=\"\(Self.escaped(value))\"></label></p>\n"
            }
        }
        if let button { body = "<form method=\"post\">\n\(body)<p><button>\(text(button))</button></p>\n</form>\n" }
        let html = """
            <!DOCTYPE html>
            <html lang="\(request.language.rawValue)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(text(title))</title></head>
            <body>
            <p>\(Self.escaped(siteName))</p>
            <h1>\(text(title))</h1>
            \(body)</body>
            </html>

            """
        var response = WebResponse(status, contentType: "text/html; charset=utf-8", body: html)
        // The address of the page holds the secret: it must not be told to other sites or kept.
        response.headers[.cacheControl] = "no-store"
        response.headers[HTTPField.Name(parsed: "referrer-policy")!] = "no-referrer"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        return response
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
