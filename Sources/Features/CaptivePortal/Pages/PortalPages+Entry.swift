import Accounts
import CaptiveDialects
import HTTPTypes
import Localization
import OrganizationSettings
import RADIUSPipeline
import Registration
import ServerKernel
import Sessions
import WebRouting

extension PortalPages {
    /// All pages.
    var routes: [Route] {
        [
            route(.get, "", "Show the login page to whoever a NAS sends") { visit in try await enter(&visit, visit.request.query) },
            Route(.post, "/login/:slug/", "Log in, or answer a gateway that asks who may go online", bodyLimit: 64 << 10) { request in
                if let response = try await gatewayAnswer(request) { return response }
                return try await answer(request, logIn)
            },
            route(.post, "continue/", "Go on as who is logged in", goOn),
            route(.post, "voucher/", "Log in with a voucher", useVoucher),
            route(.post, "click-through/", "Go online without an account", clickThrough),
            route(.get, "sign-up/", "Show the form for new accounts") { visit in signUpPage(visit) },
            route(.post, "sign-up/", "Make an account", signUp), route(.post, "verify/", "Type the code that was sent", verify),
            route(.post, "verify/send/", "Send another code", sendCode),
            route(.post, "verify/number/", "Send a code to another number", changeNumber),
            route(.post, "verify/mail/", "Send the letter that confirms an address again", sendMail),
            route(.get, "password/forgotten/", "Ask for a new password") { visit in forgottenPage(visit) },
            route(.post, "password/forgotten/", "Send a link for a new password", forgotten),
            route(.get, "password/reset/:uid/:token/", "Ask for a new password by a link") { visit in resetPage(visit) },
            route(.post, "password/reset/:uid/:token/", "Set a new password by a link", reset),
            route(.get, "password/change/", "Ask for the old and a new password", showPasswordChange),
            route(.post, "password/change/", "Change the password", changePassword),
            route(.get, "terms/", "Show the terms of use") { visit in termsPage(visit) },
            route(.post, "terms/", "Accept the terms of use", acceptTerms),
            route(.get, "status/", "Show time and data left, and sessions") { visit in try await status(&visit) },
            route(.post, "status/", "Show them again") { visit in try await status(&visit) },
            route(.post, "status/end/", "End one session", endSession), route(.post, "log-out/", "Log out", logOut),
            route(.get, "delete/", "Ask whether the account shall go", showDeletion),
            route(.post, "delete/", "Delete the account", deleteAccount), uniFiRoute,
        ]
    }

    /// Somebody comes: sent by a NAS, or by himself.
    /// - Parameter fields: of the query, or of a form that a NAS sent.
    func enter(_ visit: inout Visit, _ fields: [WebRequest.QueryItem]) async throws -> Page {
        do {
            if let captive = try environment.nas.request(fields, in: visit.context) {
                visit.captive = captive
                return try await arrive(&visit, captive)
            }
        } catch let problem as CaptiveProblem {
            return logInPage(visit, errors: PageErrors(alerts: [problem.words]))
        }
        if try await person(visit) != nil { return try await status(&visit) }
        if try await session(of: visit) != nil { return try await status(&visit) }
        return logInPage(visit)
    }

    private func arrive(_ visit: inout Visit, _ captive: CaptiveRequest) async throws -> Page {
        switch captive.phase {
        case .success, .online: return try await status(&visit)
        case .loggedOut: return logInPage(visit, notice: (captive.problem ?? .loggedOut).words)
        case .failed: return try await logInPage(visit, errors: PageErrors(alerts: refusal(visit, captive)))
        case .login:
            guard let person = try await person(visit) else { return logInPage(visit) }
            return logInPage(visit, known: person)
        }
    }

    /// Why the NAS sent the browser back: RADIUS' own reason where it is known who was refused, else what the NAS says.
    private func refusal(_ visit: Visit, _ captive: CaptiveRequest) async throws -> [Message] {
        let (now, organizationID) = (epoch, visit.context.organization.id)
        let known = visit.station.flatMap { handOffs.username(station: "\(organizationID) \($0)", at: now) }
        if let known {
            if let reason = try await rejectReason(of: known.name, since: known.time - 5, visit) {
                let limit = try await usedUpLimit(of: known.name, reason, visit)
                return RejectWords.sentences(reason, limit: limit, at: now, registration.calendar, in: visit.language)
            }
        }
        return [(captive.problem ?? .refused).words]
    }

    /// Looks in between, and looks at most, for a decision that is about to be logged.
    private static let pause = Duration.milliseconds(100)
    private static let mostLooks = 10

    /// Why RADIUS refused somebody. The log is written a moment after the NAS got its answer, and browsers can be faster.
    /// - Parameter epoch: decisions before it do not count; seconds since 1970 UTC.
    private func rejectReason(of username: String, since epoch: Int64, _ visit: Visit) async throws -> RejectReason? {
        let organizationID = visit.context.organization.id
        for look in 1...Self.mostLooks {
            let code = try await registration.kernel.withConnection {
                try RecentRejection($0).reason(of: username, in: organizationID, since: epoch)
            }
            if let code { return RejectReason(rawValue: code) }
            if look < Self.mostLooks { try await Task.sleep(for: Self.pause) }
        }
        return nil
    }

    /// The open session of the address that asks; nil for none.
    func session(of visit: Visit) async throws -> Session? {
        let (address, organizationID) = (visit.request.clientAddress, visit.context.organization.id)
        return try await registration.kernel.withConnection {
            try SessionStore($0).openSession(address: address, organizationID: organizationID)
        }
    }
}
