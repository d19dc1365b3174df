import Accounts
import HTTPTypes
import Localization
import OrganizationSettings
import Registration
import WebRouting

extension PortalPages {
    /// The first page, with the ways that the organization offers.
    /// - Parameter person: who may go on by one button.
    func logInPage(
        _ visit: Visit, known person: Person? = nil, errors: PageErrors = PageErrors(), notice: Message? = nil, voucher: PageErrors? = nil,
        click: PageErrors? = nil
    ) -> Page {
        let portal = visit.context.settings.portal
        let byPassword = portal.offers(.password)
        let byVoucher = portal.offers(.voucher)
        let byClick = portal.offers(.clickThrough) && !visit.context.settings.needsIdentityVerification
        var fields = [
            PageField(
                name: "username", label: "User name, e-mail address or telephone number", kind: .identifier, autocomplete: "username",
                value: visit.text("username"), error: errors.about("username"), longest: 254),
            PageField(
                name: "password", label: "Password", kind: .password, autocomplete: "current-password", error: errors.about("password")),
        ]
        // Only who has a second factor is asked for it, once the password was right.
        if errors.asksCode || visit.request.values.contains("otp") {
            fields.append(
                PageField(
                    name: "otp", label: "Code of your authenticator, if you use one", kind: .text, autocomplete: "one-time-code",
                    error: errors.about("otp", "code"), longest: 32))
        }
        let vouchers = [
            PageField(
                name: "code", label: "Voucher code", kind: .text, autocomplete: "off", value: visit.text("code"),
                hint: "User name and password of a voucher with two are written with a blank between them.", error: voucher?.about("code"),
                longest: 512)
        ]
        var page = Page(template: "log-in", title: person == nil ? "Go online" : "Welcome back")
        page.notice = notice
        page.errors = PageErrors(alerts: errors.alerts + (voucher?.alerts ?? []) + (click?.alerts ?? []))
        if byPassword { page.fields += fields }
        if byVoucher { page.fields += vouchers }
        page.values = [
            "known": person.map { Message("You are logged in as {name}.", ["name": $0.user.username]) }.orFalse, "byPassword": byPassword,
            "byVoucher": byVoucher, "byClick": byClick,
            "bySignUp": portal.offers(.signUp) && visit.context.settings.registrationEnabled, "loginFields": fields.map(\.values),
            "voucherFields": vouchers.map(\.values), "voucherClass": byPassword ? "" : "main",
            "clickClass": byPassword || byVoucher ? "" : "main", "clickIsFirst": !byPassword && !byVoucher,
            "signUpIsFirst": !byPassword && !byVoucher && !byClick,
        ]
        page.values.merge(consent(visit, error: click)) { first, _ in first }
        page.hasForm = person != nil || byPassword || byVoucher || byClick || page.values["bySignUp"] as? Bool == true
        if !errors.isEmpty || voucher != nil || click != nil { page.status = .badRequest }
        return page
    }

    /// What the part with the terms needs.
    func consent(_ visit: Visit, error: PageErrors?) -> [String: any Sendable] {
        ["asksConsent": visit.termsURL != nil, "consentID": "terms", "consentError": (error?.about("terms")).orFalse]
    }

    /// Whether the terms are accepted as far as the organization wants that.
    func hasConsent(_ visit: Visit) -> Bool { visit.termsURL == nil || visit.text("terms") == "yes" }

    /// The terms are not accepted.
    static let noConsent: PageErrors = {
        let sentence: Message = "Accept the terms of use to go on."
        return PageErrors(alerts: [sentence], fields: ["terms": sentence])
    }()

    /// Logs in by name and password. A form without our state is a NAS's, which brings the browser here.
    func logIn(_ visit: inout Visit) async throws -> Page {
        if !visit.request.values.contains("state") {
            let values = visit.request.values
            let fields = values.names.compactMap { name in values.text(name).map { WebRequest.QueryItem(name, $0) } }
            return try await enter(&visit, visit.request.query + fields)
        }
        if visit.isView { return logInPage(visit) }
        guard visit.context.settings.portal.offers(.password) else { return logInPage(visit) }
        do {
            let account = try await login.login(
                visit.service(["username": visit.text("username"), "password": visit.text("password"), "code": visit.text("otp")]),
                in: visit.context)
            return try await advance(&visit, account)
        } catch let problem as Problem where [.badRequest, .forbidden, .tooManyRequests].contains(problem.status) {
            var page = logInPage(visit, errors: PageErrors(problem))
            page.status = problem.status
            return page
        }
    }

    /// Goes on as who the page is for.
    func goOn(_ visit: inout Visit) async throws -> Page {
        if visit.isView {
            guard let person = try await person(visit) else { return logInPage(visit) }
            return logInPage(visit, known: person)
        }
        return try await advance(&visit)
    }

    /// Logs in by the one code of a voucher: user name and password with a blank between them, or one word that is both.
    func useVoucher(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return logInPage(visit) }
        let words = visit.text("code").split(whereSeparator: \.isWhitespace).map(String.init)
        let wrong = PageErrors(fields: ["code": "This voucher is not right. Check each letter and try again."])
        guard visit.context.settings.portal.offers(.voucher), (1...2).contains(words.count), let name = words.first,
            let password = words.last
        else { return logInPage(visit, voucher: wrong) }
        do {
            let account = try await login.login(
                visit.service(["username": name, "password": password]), in: visit.context)
            return try await advance(&visit, account)
        } catch let problem as Problem where problem.status == .badRequest {
            return logInPage(visit, voucher: wrong)
        } catch let problem as Problem where [.forbidden, .tooManyRequests].contains(problem.status) {
            var page = logInPage(visit, voucher: PageErrors(problem))
            page.status = problem.status
            return page
        }
    }

    /// Lets a device in whose owner accepts the terms and is asked nothing else.
    func clickThrough(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return logInPage(visit) }
        guard visit.context.settings.portal.offers(.clickThrough) else { return logInPage(visit) }
        guard hasConsent(visit) else {
            return logInPage(visit, click: Self.noConsent)
        }
        guard visit.captive != nil else {
            return logInPage(visit, click: PageErrors(alerts: ["Open this page from the network that you want to use."]))
        }
        let guest = try await GuestService(environment: registration).enter(station: visit.station, in: visit.context)
        try await keepConsent(of: guest.userID, visit)
        visit.state.token = nil
        visit.state.guest = guest.username
        return try await handOff(&visit, username: guest.username, radiusToken: guest.radiusToken)
    }
}
