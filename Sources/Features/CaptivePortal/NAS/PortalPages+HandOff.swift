import Accounts
import CaptiveDialects
import Localization
import OrganizationSettings
import RADIUSPipeline
import Registration
import WebRouting

extension PortalPages {
    /// Sends the browser to its NAS with a password that is good once; without a NAS there is only the page of who is logged in.
    func handOff(_ visit: inout Visit, username: String, radiusToken: String) async throws -> Page {
        guard let captive = visit.captive, captive.phase != .success, captive.phase != .online else { return try await status(&visit) }
        let settings = CaptiveSettings(visit.context.settings.portal)
        let asksRADIUS = captive.dialect.asksRADIUS(settings)
        let destination = CaptiveURL(
            visit.context.settings.portal.successURL ?? visit.address + "status/?online=" + (asksRADIUS ? "1" : "told"))
        var login = CaptiveLogin(username: username, password: radiusToken, destination: destination, time: epoch)
        if !asksRADIUS {
            // Nobody else asks whether something is left.
            let limits = try await limits(of: username, visit)
            if let refusal = limits.first(where: { $0.left == 0 }) {
                return logInPage(
                    visit, errors: PageErrors(alerts: refusal.usedUpSentences(at: epoch, registration.calendar, in: visit.language)))
            }
            login.limits = CaptiveLimits(limits)
        }
        visit.state.online = nil
        if let station = visit.station {
            handOffs.remember(username, station: "\(visit.context.organization.id) \(station)", at: epoch)
        }
        return try await page(for: try captive.login(login, settings: settings), &visit, as: login)
    }

    /// Carries an answer out, or lets the browser do it.
    /// - Parameter login: who goes online; nil for going offline.
    func page(for answer: CaptiveAnswer, _ visit: inout Visit, as login: CaptiveLogin?) async throws -> Page {
        let isLogin = login != nil
        var page = Page(template: "hand-off", title: isLogin ? "Almost there" : "Log out", hasForm: false)
        page.sendsElsewhere = true
        page.values = [
            "text": isLogin
                ? Message("The network lets you in now. Press the button if nothing happens.")
                : Message("The network logs you out now. Press the button if nothing happens."),
            "button": isLogin ? Message("Go online") : Message("Log out"), "form": false,
        ]
        switch answer {
        case .form(let form):
            page.values["form"] = true
            page.values["method"] = form.method.rawValue
            page.values["action"] = form.action.description
            page.values["inputs"] = form.fields.map { ["name": $0.name, "value": $0.value] as [String: any Sendable] }
        case .redirect(let url): page.goTo = url.description
        case .call(let calls):
            if let problem = try await environment.nas.call(calls) { throw problem }
            visit.captive?.phase = isLogin ? .success : .loggedOut
            return isLogin ? try await status(&visit) : farewell(visit)
        case .changeOfAuthorization(let change):
            try await carryOut(change, login, visit)
            visit.captive?.phase = isLogin ? .success : .loggedOut
            return isLogin ? try await status(&visit) : farewell(visit)
        case .poll(let entry): return try await letIn(entry, &visit)
        case .portalProtocol: throw CaptiveProblem.unsupported
        }
        return page
    }

    /// The page after a log-out.
    func farewell(_ visit: Visit) -> Page { logInPage(visit, notice: "You are logged out.") }
}

extension CaptiveLimits {
    /// What is left of a user's limits.
    init(_ limits: [UsageLimit]) {
        self.init()
        for limit in limits {
            switch limit.measure {
            case .time, .age: seconds = Swift.min(seconds ?? limit.left, limit.left)
            case .octets: totalOctets = Swift.min(totalOctets ?? limit.left, limit.left)
            case .down: downOctets = Swift.min(downOctets ?? limit.left, limit.left)
            case .up: upOctets = Swift.min(upOctets ?? limit.left, limit.left)
            }
        }
    }
}
