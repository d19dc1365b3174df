/// pfSense. The portal's page is the operator's; ``CaptiveSetup`` has one that sends all of these fields.
struct PfSenseDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("portal_action") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let action = query.url("portal_action") else { throw .malformed }
        try request.keep("action", action.description, limit: 256)
        try request.keep("zone", query.token("zone", limit: 64), limit: 64)
        request.setClient(query.raw("client_mac", "clientmac", "mac"))
        request.clientAddress = query.address("client_ip", "clientip", "ip")
        request.nasAddress = AddressText.isAddress(action.host) ? action.host : nil
        request.nasIdentifier = query.text("zone")
        request.originalURL = query.url("redirurl")
        request.setFailure(query.text("portal_message", "message", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields = [CaptiveField("auth_user", login.username), CaptiveField("auth_pass", login.password)]
        fields.add("zone", request.state["zone"])
        fields.add("redirurl", (login.destination ?? request.originalURL)?.description)
        fields.add("accept", "Continue")
        return .form(CaptiveForm(try target(request.url("action"), settings), fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let sessionID, PlainText.isToken(sessionID, limit: 64) else { throw .unsupported }
        var fields = [CaptiveField("logout_id", sessionID)]
        fields.add("zone", request.state["zone"])
        fields.add("logout", "Logout")
        return .form(CaptiveForm(try target(request.url("action"), settings), fields))
    }
}

/// OPNsense. The page in the zone's template is the operator's; ``CaptiveSetup`` has one that sends these fields and, coming back,
/// hands the password to the gateway's interface.
struct OPNsenseDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("zoneid") && query.has("gateway") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let zone = query.token("zoneid", others: "", limit: 8), let gateway = query.url("gateway") else { throw .malformed }
        try request.keep("zone", zone, limit: 8)
        try request.keep("gateway", gateway.origin, limit: 256)
        try request.keep("template", query.token("template", limit: 1))
        request.setClient(query.raw("client_mac", "mac"))
        request.clientAddress = query.address("client_ip", "ip")
        request.nasAddress = AddressText.isAddress(gateway.host) ? gateway.host : nil
        request.nasIdentifier = query.text("zoneid")
        request.originalURL = query.url("redirurl")
        request.setFailure(query.text("message", limit: 200))
        if query.raw("clientstate") == "AUTHORIZED" { request.phase = .online }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let gateway = try target(request.url("gateway"), settings)
        let zone = request.state["zone"] ?? "0"
        guard request.state["template"] != nil else {
            // Works without a script; the browser ends at the interface's JSON.
            return .form(
                CaptiveForm(
                    gateway.at("/api/captiveportal/access/logon/\(zone)/"),
                    [CaptiveField("user", login.username), CaptiveField("password", login.password)]))
        }
        var fields = [CaptiveField("user", login.username), CaptiveField("password", login.password)]
        fields.add("next", (login.destination ?? request.originalURL)?.description)
        // Behind the number sign: neither the gateway's log nor a proxy sees it.
        var page = gateway.at("/index.html")
        page.fragment = PercentEncoding.query(fields)
        return .redirect(page)
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let gateway = try target(request.url("gateway"), settings)
        return .form(CaptiveForm(gateway.at("/api/captiveportal/access/logoff/\(request.state["zone"] ?? "0")/"), []))
    }

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? {
        page(request.url("gateway"), settings)?.at("/api/captiveportal/access/status/\(request.state["zone"] ?? "0")/")
    }
}

/// FortiGate and FortiAP.
struct FortiGateDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("magic", "post") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let post = query.url("post"), let magic = query.token("magic", limit: 64) else { throw .malformed }
        try request.keep("post", post.description, limit: 256)
        try request.keep("magic", magic, limit: 64)
        request.setClient(query.raw("usermac"))
        request.clientAddress = query.address("userip")
        request.accessPointMAC = query.mac("apmac") ?? query.mac("bssid")
        request.nasIdentifier = query.text("apname")
        request.nasAddress = query.address("apip")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("4tredir")
        if query.has("autherr", "error") { request.setFailure(query.text("autherr", "error", limit: 200) ?? "rejected") }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields = [
            CaptiveField("magic", request.state["magic"] ?? ""), CaptiveField("username", login.username),
            CaptiveField("password", login.password),
        ]
        fields.add("4Tredir", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try target(request.url("post"), settings), fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .redirect(try target(request.url("post"), settings).at("/logout"))
    }
}
