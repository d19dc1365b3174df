import Accounts
import CaptiveDialects
import Localization
import OrganizationSettings
import RADIUSPipeline
import Registration
import ServerKernel
import Sessions
import WebRouting

extension PortalPages {
    /// Sessions of who is logged in that the page shows.
    private static let shownSessions = 10

    /// Whether somebody is online, with what is left. Who is logged in sees everything; the device of an open session sees that one.
    func status(_ visit: inout Visit, notice: Message? = nil) async throws -> Page {
        let person = try await person(visit)
        if person == nil { visit.state.token = nil }
        let own = try await ownSession(visit)
        // Where RADIUS is not asked no session will tell: the NAS sends nobody here whom it has not let in.
        if visit.request.query("online") == "told" { visit.captive?.phase = .success }
        var wasLetIn =
            visit.request.query("online") == "told" || visit.captive.map { $0.phase == .success || $0.phase == .online } ?? false
        if own == nil, try await hasEnded(visit, person) {
            wasLetIn = false
            visit.captive?.phase = .loggedOut
        }
        visit.state.online = wasLetIn ? visit.state.online ?? epoch : nil
        let isAwaited = own == nil && (wasLetIn || visit.request.query("online") == "1")
        let isOnline = own != nil || wasLetIn
        if person == nil, !isOnline, !isAwaited {
            return logInPage(visit, notice: visit.isStale ? "Log in again." : nil)
        }
        var page = Page(template: "status", title: isOnline ? "You are online" : isAwaited ? "One moment" : "You are not online")
        page.notice = notice ?? (isAwaited && !isOnline ? "The network is letting you in. This page tells when you are online." : nil)
        // Asked for again without a form, the page must find out by itself whose it is.
        if visit.hasCookie || own.map({ $0.framedIPAddress == visit.request.clientAddress }) ?? false {
            page.refreshSeconds = isAwaited ? 5 : 60
        } else if isAwaited {
            page.refreshSeconds = 5
        }
        let username = person?.user.username ?? own?.userName
        let limits = if let username { try await self.limits(of: username, visit) } else { [UsageLimit]() }
        let listed = if let person { try await sessions(of: person.user.username, visit) } else { [SessionDetails]() }
        let canConnect = own == nil && person != nil && visit.captive.map { [.login, .failed, .loggedOut].contains($0.phase) } ?? false
        page.values = [
            "facts": facts(person, own, visit), "limits": shown(limits, visit), "sessions": shown(listed, own, visit),
            "successURL": (isOnline ? visit.context.settings.portal.successURL : nil).orFalse, "canConnect": canConnect,
            "canLogOut": person != nil || own != nil || wasLetIn, "canLogIn": person == nil && !isOnline, "isKnown": person != nil,
            "canChangePassword": person?.hasPassword ?? false,
            "canChangeNumber": visit.context.settings.smsVerification && person?.registration?.method == RegistrationMethod.mobilePhone,
            "address": Message(
                "You can come back to this page at {address}",
                ["address": visit.address.split(separator: "://").last.map(String.init) ?? ""]),
        ]
        return page
    }

    /// Whether accounting has told of the end of the device's session since the NAS let it in.
    private func hasEnded(_ visit: Visit, _ person: Person?) async throws -> Bool {
        guard let online = visit.state.online, let station = visit.station, let username = person?.user.username ?? visit.state.guest else {
            return false
        }
        return try await sessions(of: username, visit).contains { details in
            details.hasStation(station) && details.session.stoppedAt.map { $0 >= online } ?? false
        }
    }

    private func facts(_ person: Person?, _ session: Session?, _ visit: Visit) -> [[String: any Sendable]] {
        var facts: [[String: any Sendable]] = []
        func add(_ label: Message, _ value: String) { facts.append(["label": label, "value": value]) }
        if let person { add("Account", person.user.email ?? person.user.phoneNumber ?? person.user.username) }
        if let session {
            add("Online for", Amounts.duration(session.startedAt.map { epoch - $0 } ?? session.sessionTimeSeconds))
            add("Data of this session", Amounts.volume(session.inputOctets &+ session.outputOctets, in: visit.language))
        }
        return facts
    }

    private func shown(_ limits: [UsageLimit], _ visit: Visit) -> [[String: any Sendable]] {
        limits.enumerated().map { index, limit in
            let most = max(1, limit.value)
            let left = limit.amount(limit.left, in: visit.language)
            let text: Message =
                if limit.left == 0 {
                    limit.renewal.map { RejectWords.renewal($0, at: epoch, registration.calendar, in: visit.language) }
                        ?? "Nothing is left."
                } else {
                    Message("{left} of {amount} left", ["left": left, "amount": limit.amount(limit.value, in: visit.language)])
                }
            return [
                "id": "limit-\(index)", "label": limit.label, "most": String(most), "used": String(min(limit.used, most)),
                "percent": "\(min(limit.used, most) * 100 / most) %", "text": text,
            ]
        }
    }

    private func shown(_ sessions: [SessionDetails], _ own: Session?, _ visit: Visit) -> [[String: any Sendable]] {
        sessions.enumerated().map { index, details in
            let session = details.session
            let begun = session.startedAt ?? 0
            let zone = registration.calendar.zone
            let arguments = [
                "date": Amounts.date(begun, in: zone, visit.language), "time": Amounts.time(begun, in: zone),
                "duration": Amounts.duration(details.isOpen ? epoch - begun : session.sessionTimeSeconds),
                "data": Amounts.volume(session.inputOctets &+ session.outputOctets, in: visit.language),
            ]
            return [
                "id": "session-\(index)", "sessionID": session.uniqueID,
                "device": session.callingStationID.isEmpty ? session.framedIPAddress : session.callingStationID,
                "isThis": session.uniqueID == own?.uniqueID, "isOpen": details.isOpen,
                "text": details.isOpen
                    ? Message("Since {date}, {time}: {duration}, {data}", arguments)
                    : Message("{date}, {time}: {duration}, {data}", arguments),
            ]
        }
    }

    /// The newest sessions of a user, in the organization of the page.
    func sessions(of username: String, _ visit: Visit) async throws -> [SessionDetails] {
        var filter = SessionFilter()
        filter.username = username
        let organizationID = visit.context.organization.id
        return try await registration.kernel.withConnection { [filter] connection in
            try SessionListStore(connection).sessions(
                filter, in: .only([organizationID]), page: WebRouting.Page(number: 1, size: Self.shownSessions)
            ).sessions
        }
    }
}

extension SessionDetails {
    var isOpen: Bool { session.stoppedAt == nil }

    /// Whether it is a device's, whatever the spelling of its address.
    /// - Parameter station: with hyphens, in upper case.
    func hasStation(_ station: String) -> Bool {
        let digits = session.callingStationID.filter(\.isHexDigit).uppercased()
        return digits == station.filter(\.isHexDigit).uppercased() && digits.count == 12
    }
}
