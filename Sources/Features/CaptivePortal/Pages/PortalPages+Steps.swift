import Accounts
import CaptiveDialects
import HTTPTypes
import Localization
import OrganizationSettings
import RADIUSPipeline
import Registration
import ServerKernel
import WebRouting

extension PortalPages {
    /// What is next for who is logged in: as a login page of the API goes on after it validated its token.
    func advance(_ visit: inout Visit) async throws -> Page {
        guard let token = visit.state.token,
            let account = try await login.validate(token, visit.service(), in: visit.context)
        else { throw Problem.unauthorized() }
        return try await advance(&visit, account)
    }

    /// What is next after a login.
    func advance(_ visit: inout Visit, _ account: Registration.AccountState) async throws -> Page {
        guard account.isUsable else {
            visit.state.token = nil
            let reason: RejectReason = account.user.isActive ? .accountExpired : .accountInactive
            return logInPage(
                visit,
                errors: PageErrors(
                    alerts: RejectWords.sentences(reason, at: epoch, registration.calendar, in: visit.language)))
        }
        visit.state.token = account.apiToken
        visit.state.guest = nil
        if account.isPasswordExpired {
            return passwordPage(visit, notice: "Your password is too old. Choose a new one.")
        }
        if let page = try await identification(&visit, account) { return page }
        let person = try await knownPerson(visit)
        if let version = visit.context.settings.portal.consentVersion, person.consent != version {
            if visit.text("terms") == "yes" {
                try await keepConsent(of: person.user.id, visit)
            } else {
                return consentPage(visit)
            }
        }
        guard let radiusToken = account.radiusToken else { throw Problem.unauthorized() }
        return try await handOff(&visit, username: account.user.username, radiusToken: radiusToken)
    }

    /// The page on which somebody proves who that is; nil for whoever need not.
    private func identification(_ visit: inout Visit, _ account: Registration.AccountState) async throws -> Page? {
        let settings = visit.context.settings
        let method = account.registration?.method
        if settings.smsVerification {
            let isVerified = account.registration?.isVerified == true
            let hasChosen = [RegistrationMethod.mobilePhone, RegistrationMethod.pending].contains(method ?? "")
            guard !isVerified, hasChosen || !account.isIdentified else { return nil }
            return try await verifyPage(visit, number: account.pendingNumber ?? account.user.phoneNumber)
        }
        guard !account.isIdentified else { return nil }
        // What RADIUS lets in although it is not told who it is, is let in here.
        if let registration = account.registration, registration.isVerified { return nil }
        if method == "email", let email = account.user.email { return mailPage(visit, email) }
        return message(
            "Not yet", ["The staff has to confirm who you are before you can go online. Ask there, then try again."],
            back: visit.base + "continue/", button: "Try again", acts: true)
    }

    /// The version of the terms that is asked for now, as accepted by a user.
    func keepConsent(of userID: String, _ visit: Visit) async throws {
        guard let version = visit.context.settings.portal.consentVersion else { return }
        let (organizationID, address, now) = (visit.context.organization.id, visit.request.clientAddress, registration.now())
        try await registration.kernel.withConnection {
            try TermsConsentStore($0).add(version, acceptedBy: userID, in: organizationID, from: address, at: now)
        }
    }

    private func consentPage(_ visit: Visit, error: PageErrors? = nil) -> Page {
        var page = Page(template: "form", title: "Terms of use")
        page.values = [
            "action": visit.base + "terms/", "text": Message("To go online, accept the terms of use."), "fields": false,
            "isDangerous": false,
            "button": Message("Go on"), "back": false,
        ]
        page.values.merge(consent(visit, error: error)) { first, _ in first }
        if let error {
            page.errors = error
            page.status = .badRequest
        }
        return page
    }

    /// Accepts the terms after a login.
    func acceptTerms(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return consentPage(visit) }
        guard hasConsent(visit) else { return consentPage(visit, error: Self.noConsent) }
        let person = try await knownPerson(visit)
        try await keepConsent(of: person.user.id, visit)
        return try await advance(&visit)
    }

    /// The text of the terms.
    func termsPage(_ visit: Visit) -> Page {
        guard let terms = visit.context.settings.portal.terms else {
            var page = message("There is no such page", [], back: nil)
            page.status = .notFound
            return page
        }
        let paragraphs = terms.replacing("\r\n", with: "\n").split(separator: "\n\n").map(String.init)
        return Page(template: "terms", title: "Terms of use", values: ["paragraphs": paragraphs], hasForm: false)
    }
}
