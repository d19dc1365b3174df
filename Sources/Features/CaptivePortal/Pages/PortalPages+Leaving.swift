import Accounts
import CaptiveDialects
import HTTPTypes
import Localization
import OrganizationSettings
import Registration
import Sessions
import WebRouting

extension PortalPages {
    /// Ends this device's session, and forgets who was logged in.
    func logOut(_ visit: inout Visit) async throws -> Page {
        // Who knows nothing but the address might be sent here by a page of another site, with a form that it got itself.
        let isOwnForm = visit.state.token != nil || visit.state.guest != nil || visit.state.address == visit.request.clientAddress
        let session = isOwnForm ? try await ownSession(visit) : nil
        let requestedBy = try await person(visit)?.user.username ?? "guest"
        visit.state.token = nil
        visit.state.guest = nil
        if let captive = visit.captive, session != nil || captive.phase == .success || captive.phase == .online {
            let settings = CaptiveSettings(visit.context.settings.portal)
            if let answer = try? captive.logout(sessionID: session?.sessionID, settings: settings) {
                visit.captive?.phase = .loggedOut
                do {
                    return try await page(for: answer, &visit, as: nil)
                } catch is CaptiveProblem {
                    // A Disconnect-Request has to do.
                }
            }
        }
        visit.captive?.phase = .loggedOut
        if let session { try await environment.endSession(session.uniqueID, requestedBy) }
        return farewell(visit)
    }

    /// The open session of the device that asks: of its network address, else of the user's or guest's sessions the one of its hardware
    /// address.
    func ownSession(_ visit: Visit) async throws -> Session? {
        let username = try await person(visit)?.user.username ?? visit.state.guest
        if let session = try await session(of: visit), username == nil || session.userName == username { return session }
        guard let username, let station = visit.station else { return nil }
        return try await sessions(of: username, visit).first { $0.isOpen && $0.hasStation(station) }?.session
    }

    /// Ends one session of who is logged in.
    func endSession(_ visit: inout Visit) async throws -> Page {
        if visit.isView { return try await status(&visit) }
        let person = try await knownPerson(visit)
        let wanted = visit.text("session")
        guard let session = try await sessions(of: person.user.username, visit).first(where: { $0.isOpen && $0.session.uniqueID == wanted })
        else {
            return try await status(&visit, notice: "This session is over.")
        }
        try await environment.endSession(session.session.uniqueID, person.user.username)
        return try await status(&visit, notice: "The network was asked to end the session. That takes a moment.")
    }

    private func deletionPage(_ visit: Visit, _ person: Person, errors: PageErrors = PageErrors()) -> Page {
        let fields =
            person.hasPassword
            ? [
                PageField(
                    name: "password", label: "Password", kind: .password, autocomplete: "current-password", error: errors.about("password"))
            ] : []
        return form(
            "Delete the account", visit, action: visit.base + "delete/", button: "Delete the account",
            text: "Your account and what is stored about you go for good; records that the law wants kept stay. You will be offline.",
            fields: fields, errors: errors, back: visit.base + "status/", isDangerous: true)
    }

    /// Asks whether the account shall go.
    func showDeletion(_ visit: inout Visit) async throws -> Page { deletionPage(visit, try await knownPerson(visit)) }

    /// Deletes the account.
    func deleteAccount(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        if visit.isView { return deletionPage(visit, person) }
        let open = try await sessions(of: person.user.username, visit).filter(\.isOpen)
        do {
            _ = try await OwnAccountService(environment: registration).remove(
                password: visit.text("password"), visit.service(as: person.principal), in: visit.context)
        } catch let problem as Problem where [.badRequest, .forbidden, .tooManyRequests].contains(problem.status) {
            var page = deletionPage(visit, person, errors: PageErrors(problem))
            page.status = problem.status
            return page
        }
        for session in open { try await environment.endSession(session.session.uniqueID, person.user.username) }
        visit.state.token = nil
        return message("Goodbye", ["Your account is deleted."], back: nil)
    }
}
