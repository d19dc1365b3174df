/// Ruckus ZoneDirector and Unleashed: hotspot (WISPr) with a login page elsewhere.
struct RuckusDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("sip") && query.has("client_mac", "uip", "mac", "lid") && !query.has("nbiip")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let sip = query.raw("sip"), let plain = CaptiveURL(scheme: "http", authority: "\(sip):9997", path: "/") else {
            throw .malformed
        }
        // With a certificate the controller tells the name that is in it.
        let secure = query.raw("dn").flatMap { CaptiveURL(scheme: "https", authority: "\($0):9998", path: "/") }
        try request.keep("login", plain.description, limit: 256)
        try request.keep("secure", secure?.description, limit: 256)
        request.setClient(query.raw("client_mac"))
        request.clientAddress = query.address("uip")
        request.accessPointMAC = query.mac("mac")
        request.nasIdentifier = query.text("lid")
        request.nasAddress = AddressText.isAddress(sip) ? sip : nil
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("url", "starturl")
        let reason = query.text("reason", limit: 200)
        if let reason, !reason.lowercased().hasPrefix("un-auth") { request.setFailure(reason) }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields = [CaptiveField("username", login.username), CaptiveField("password", login.password)]
        fields.add("ip", request.clientAddress)
        fields.add("url", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try controller(request, settings).at("/login"), fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields: [CaptiveField] = []
        fields.add("ip", request.clientAddress)
        return .redirect(try controller(request, settings).at("/logout").adding(fields))
    }

    /// By the name where it is to be trusted, else by the address.
    private func controller(_ request: CaptiveRequest, _ settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveURL {
        if let secure = page(request.url("secure"), settings) { return secure }
        return try target(request.url("login"), settings)
    }
}

/// Ruckus SmartZone, vSZ and Ruckus One: hotspot (WISPr). With a controller set, this server calls its northbound interface; else the
/// browser sends the form to the controller.
struct SmartZoneDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("nbiip") || query.hasAll("wlanname", "zonename") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        // Both can be encrypted (`ENC…`); the controller takes them back as they are.
        try request.keep("mac", query.token("client_mac", others: ":-_.+/=", limit: 96))
        try request.keep("ip", query.token("uip", others: ":-_.+/=", limit: 96))
        try request.keep("proxy", query.token("proxy", limit: 1))
        try request.keep("sip", query.raw("sip"), limit: 64)
        try request.keep("wlan", query.token("wlan", limit: 16))
        request.setClient(query.raw("client_mac"))
        request.clientAddress = query.address("uip")
        request.accessPointMAC = query.mac("mac")
        request.nasIdentifier = query.text("zonename")
        request.nasAddress = query.address("nbiip", "sip")
        request.ssid = query.text("ssid", "wlanname", limit: 32)
        request.originalURL = query.url("url", "starturl")
        guard let reason = query.text("reason", limit: 200)?.lowercased() else { return }
        switch reason {
        case _ where reason.hasPrefix("un-auth"): break
        case "logout", "client-logout":
            request.phase = .loggedOut
            request.problem = .loggedOut
        case _ where reason.contains("idle"):
            request.phase = .loggedOut
            request.problem = .idleTimeout
        case _ where reason.contains("session"):
            request.phase = .loggedOut
            request.problem = .sessionTimeout
        default: request.setFailure(reason)
        }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let controller = settings.controller else {
            let portal = CaptiveURL(
                scheme: "https", authority: "\(request.state["sip"] ?? ""):9998", path: "/SubscriberPortal/hotspotlogin")
            var fields = [CaptiveField("username", login.username), CaptiveField("password", login.password)]
            fields.add("uip", request.state["ip"])
            fields.add("client_mac", request.state["mac"])
            fields.add("proxy", request.state["proxy"] ?? "0")
            fields.add("wlan", request.state["wlan"])
            fields.add("url", (login.destination ?? request.originalURL)?.description)
            return .form(CaptiveForm(try target(portal, settings), fields))
        }
        return .call(.smartZone(try calls(.login(username: login.username, password: login.password), request, controller, settings)))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let controller = settings.controller else { throw .unsupported }
        return .call(.smartZone(try calls(.logout, request, controller, settings)))
    }

    private func calls(
        _ action: SmartZoneCalls.Action, _ request: CaptiveRequest, _ controller: CaptiveController, _ settings: CaptiveSettings
    ) throws(CaptiveProblem) -> SmartZoneCalls {
        guard let mac = request.state["mac"], let address = request.state["ip"] else { throw .malformed }
        guard !controller.password.isEmpty else { throw .missingSecret }
        return SmartZoneCalls(
            controller: controller, action: action, mac: mac, address: address, proxy: request.state["proxy"] ?? "0")
    }
}
