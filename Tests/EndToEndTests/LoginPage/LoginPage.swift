import Foundation

/// The stock login page: the calls that its server makes of ours, in its encodings, and what it keeps between them.
struct LoginPage {
    var web: WebClient
    let slug: String
    /// The API token, as the page keeps it in a cookie; nil when nobody is logged in.
    private(set) var token: String?

    init(web: WebClient, slug: String) {
        self.web = web
        self.slug = slug
    }

    private var base: String { "/api/v1/radius/organization/\(slug)/account/" }

    /// Members of every answer that tells who somebody is.
    static let user: Set<String> = [
        "username", "email", "phone_number", "first_name", "last_name", "birth_date", "location", "is_active", "is_verified", "method",
        "password_expired", "radius_user_token",
    ]

    private var authorized: WebClient {
        var web = web
        if let token { web.fields["Authorization"] = "Bearer \(token)" }
        return web
    }

    /// The registration form; the token of the answer is kept.
    mutating func signUp(_ fields: [String: Any]) throws -> WebClient.Answer {
        let answer = try web.post(base, .json(fields))
        if answer.status == 201 { token = answer.text("key") }
        return answer
    }

    /// The login form. Both 200 and 401 of an active user are success for the page.
    mutating func logIn(_ username: String, _ password: String) throws -> WebClient.Answer {
        let answer = try web.post(base + "token/", .form([("username", username), ("password", password)]))
        if answer.status == 200 || answer.status == 401 && answer.flag("is_active") == true { token = answer.text("key") }
        return answer
    }

    /// A link with a token that is good once.
    mutating func logIn(oneTimeToken: String) throws -> WebClient.Answer {
        var web = web
        web.fields["Authorization"] = "sesame \(oneTimeToken)"
        let answer = try web.post(base + "token/")
        if answer.status == 200 { token = answer.text("key") }
        return answer
    }

    /// Comes with a token from elsewhere, as after a social login.
    mutating func come(with token: String) { self.token = token }

    mutating func logOut() { token = nil }

    /// What the status page begins with.
    func validate() throws -> WebClient.Answer {
        try web.post(base + "token/validate/", .form([("token", token ?? ""), ("session", "false")]))
    }

    func sessions(_ query: String) throws -> WebClient.Answer { try authorized.get(base + "session/?" + query) }
    func usage() throws -> WebClient.Answer { try authorized.get(base + "usage/") }
    func sendCode(_ number: String? = nil) throws -> WebClient.Answer {
        try authorized.post(base + "phone/token/", number.map { .form([("phone_number", $0)]) } ?? .form([]))
    }
    func codeStatus() throws -> WebClient.Answer { try authorized.get(base + "phone/token/active/") }
    func verify(_ code: String) throws -> WebClient.Answer { try authorized.post(base + "phone/verify/", .form([("code", code)])) }
    func changeNumber(_ number: String) throws -> WebClient.Answer {
        try authorized.post(base + "phone/change/", .form([("phone_number", number)]))
    }
    func changePassword(_ current: String, _ new: String, again: String? = nil) throws -> WebClient.Answer {
        try authorized.post(
            base + "password/change/", .json(["current_password": current, "new_password": new, "confirm_password": again ?? new]))
    }
    func forget(_ input: String) throws -> WebClient.Answer { try web.post(base + "password/reset/", .form([("input", input)])) }
    func reset(_ new: String, again: String? = nil, uid: String, token: String) throws -> WebClient.Answer {
        try web.post(
            base + "password/reset/confirm/",
            .form([("new_password1", new), ("new_password2", again ?? new), ("uid", uid), ("token", token)]))
    }
    func choose(_ method: String) throws -> WebClient.Answer {
        try authorized.post(base + "registration-method/", .json(["method": method]))
    }
}
