import Accounts
import HTTPTypes
import Localization
import OrganizationSettings
import Registration
import WebRouting

extension PortalPages {
    /// The form for new accounts: the name is the telephone number where codes are sent, else the e-mail address, so that there is one name
    /// less to remember.
    func signUpPage(_ visit: Visit, errors: PageErrors = PageErrors(), elsewhere: [Membership] = []) -> Page {
        let settings = visit.context.settings
        guard isSignUpOffered(visit) else {
            var page = message("No new accounts", ["Nobody can make an account here. Ask the staff."], back: visit.base)
            page.status = .forbidden
            return page
        }
        let bySMS = settings.smsVerification
        var fields: [PageField] = []
        if bySMS {
            fields.append(
                PageField(
                    name: "phone_number", label: "Mobile telephone number", kind: .phone, autocomplete: "tel",
                    value: visit.text("phone_number"), hint: "With the country code, such as +39 for Italy. We send a code to it.",
                    error: errors.about("phone_number", "username"), longest: 32))
        }
        fields.append(
            PageField(
                name: "email", label: "E-mail address", kind: .email, autocomplete: "email", value: visit.text("email"), isOptional: bySMS,
                error: bySMS ? errors.about("email") : errors.about("email", "username"), longest: 254))
        func optional(_ name: String, _ label: Message, _ setting: OptionalField, _ autocomplete: String, _ kind: PageField.Kind = .text) {
            guard setting != .disabled else { return }
            fields.append(
                PageField(
                    name: name, label: label, kind: kind, autocomplete: autocomplete, value: visit.text(name),
                    isOptional: setting == .allowed, error: errors.about(name), longest: 256))
        }
        optional("first_name", "First name", settings.firstName, "given-name")
        optional("last_name", "Last name", settings.lastName, "family-name")
        optional("birth_date", "Date of birth", settings.birthDate, "bday", .date)
        optional("location", "Place", settings.location, "address-level2")
        fields.append(
            PageField(
                name: "password1", label: "Password", kind: .password, autocomplete: "new-password", hint: "At least 8 characters.",
                error: errors.about("password1")))
        fields.append(
            PageField(
                name: "password2", label: "Password again", kind: .password, autocomplete: "new-password", error: errors.about("password2"))
        )
        var page = Page(template: "sign-up", title: "Make an account")
        page.errors = errors
        page.fields = fields
        page.values = [
            "fields": fields.map(\.values),
            "elsewhere": elsewhere.map { other in
                [
                    "url": "/login/\(other.slug)/?lang=\(visit.language.rawValue)",
                    "text": Message("Log in at {organization}", ["organization": other.name]),
                ] as [String: any Sendable]
            },
        ]
        page.values.merge(consent(visit, error: errors)) { first, _ in first }
        if !errors.isEmpty { page.status = .badRequest }
        return page
    }

    /// Another organization where somebody has an account.
    struct Membership: Sendable {
        var slug: String
        var name: String
    }

    private func isSignUpOffered(_ visit: Visit) -> Bool {
        visit.context.settings.registrationEnabled && visit.context.settings.portal.offers(.signUp)
    }

    /// Makes an account, and goes on as its owner.
    func signUp(_ visit: inout Visit) async throws -> Page {
        guard isSignUpOffered(visit), !visit.isView else { return signUpPage(visit) }
        guard hasConsent(visit) else { return signUpPage(visit, errors: Self.noConsent) }
        let bySMS = visit.context.settings.smsVerification
        let names = ["phone_number", "email", "first_name", "last_name", "birth_date", "location", "password1", "password2"]
        var values = Dictionary(uniqueKeysWithValues: names.map { ($0, visit.text($0)) })
        // People write numbers with blanks and signs between the digits.
        values["phone_number"] = values["phone_number"]?.filter { $0 == "+" || ("0"..."9").contains($0) }
        values["username"] = bySMS ? values["phone_number"] : values["email"]
        values["method"] = bySMS ? "mobile_phone" : visit.context.settings.needsIdentityVerification ? "email" : ""
        do {
            let credentials = try await RegistrationService(environment: registration).signUp(visit.service(values), in: visit.context)
            visit.state.token = credentials.apiToken
            try await keepConsent(of: try await knownPerson(visit).user.id, visit)
        } catch let problem as Problem where [.badRequest, .conflict].contains(problem.status) {
            var errors = PageErrors(problem)
            if errors.alerts == ["The two password fields didn't match."] {
                errors = PageErrors(fields: ["password2": "The two password fields didn't match."])
            }
            return signUpPage(visit, errors: errors, elsewhere: Self.memberships(problem))
        }
        return try await advance(&visit)
    }

    /// The organizations that a conflict names.
    private static func memberships(_ problem: Problem) -> [Membership] {
        guard case .document(let document) = problem.content, case .array(let list)? = document["organizations"] else { return [] }
        return list.compactMap { entry in
            entry["slug"]?.string.map { Membership(slug: $0, name: entry["name"]?.string ?? $0) }
        }
    }

    /// The page of who has to open a link in a letter.
    func mailPage(_ visit: Visit, _ email: String, notice: Message? = nil) -> Page {
        var page = Page(template: "mail", title: "Confirm your e-mail address")
        page.notice = notice
        page.values = [
            "text": Message("We sent a letter to {email}. Open the link in it, then come back here.", ["email": email])
        ]
        return page
    }

    /// Sends the letter again.
    func sendMail(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        guard !visit.isView, let email = person.user.email else { return try await advance(&visit) }
        let sent = try await RegistrationService(environment: registration).sendConfirmation(
            visit.service(as: person.principal), in: visit.context)
        return mailPage(visit, sent ?? email, notice: sent == nil ? "The address is confirmed already." : "The letter is on its way.")
    }
}
