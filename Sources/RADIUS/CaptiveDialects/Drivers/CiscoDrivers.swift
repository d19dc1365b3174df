/// Cisco AireOS and Catalyst 9800: local web authentication with a page elsewhere.
struct CiscoWLCDriver: CaptiveDriver {
    /// The virtual interface's address in older set-ups.
    var vendorHosts: [String] { ["1.1.1.1"] }

    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("switch_url") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let url = query.url("switch_url") else { throw .malformed }
        try request.keep("switch", url.description, limit: 256)
        request.setClient(query.raw("client_mac"))
        request.accessPointMAC = query.mac("ap_mac")
        request.ssid = query.text("wlan", "wlan_ssid", "ssid", limit: 32)
        request.originalURL = query.url("redirect") ?? query.text("redirect", limit: 512).flatMap { CaptiveURL("http://\($0)") }
        guard let code = query.token("statuscode", limit: 2) else { return }
        request.phase = .failed
        switch code {
        case "1":
            request.phase = .online
            request.problem = .alreadyOnline
        case "2": request.problem = .nasFault
        case "3": request.problem = .sessionLimit
        case "4": request.problem = .blocked
        case "5": request.problem = .wrongPassword
        default: request.problem = .refused
        }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .form(
            CaptiveForm(
                try target(request.url("switch"), settings),
                [
                    CaptiveField("username", login.username), CaptiveField("password", login.password), CaptiveField("buttonClicked", "4"),
                    CaptiveField("redirect_url", (login.destination ?? request.originalURL)?.description ?? ""),
                    CaptiveField("err_flag", "0"), CaptiveField("err_msg", ""), CaptiveField("info_flag", "0"),
                    CaptiveField("info_msg", ""),
                ]))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .redirect(try target(request.url("switch"), settings).at("/logout.html"))
    }
}

/// Cisco central web authentication: the redirect came from our own Access-Accept for the MAC address, and a change of authorization makes
/// the NAS ask again.
struct CiscoCWADriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("sessionid") && !query.has("uamip") && (query.raw("action") == "cwa" || query.has("portal", "mac", "client_mac"))
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let session = query.token("sessionid", limit: 64) else { throw .malformed }
        request.sessionID = session
        try request.keep("session", session, limit: 64)
        request.setClient(query.raw("mac", "client_mac"))
        request.clientAddress = query.address("ip")
        request.accessPointMAC = query.mac("ap_mac")
        request.ssid = query.text("wlan", "ssid", limit: 32)
        request.originalURL = query.url("redirect", "url")
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        try reauthenticate(request)
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        try reauthenticate(request)
    }

    private func reauthenticate(_ request: CaptiveRequest) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let session = request.state["session"] else { throw .malformed }
        return .changeOfAuthorization(
            CaptiveChange(
                clientMAC: request.clientMAC, vendorSessionID: session,
                attributes: [
                    CaptiveField("Cisco-AVPair", "subscriber:command=reauthenticate"),
                    CaptiveField("Cisco-AVPair", "subscriber:reauthenticate-type=last"),
                ], nasTypes: ["cisco", "cisco-ios", "cisco-wlc", "cisco-9800", "airespace"], isFollowedByMACLogin: true))
    }
}
