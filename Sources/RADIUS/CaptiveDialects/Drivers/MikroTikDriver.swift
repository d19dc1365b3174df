/// MikroTik's hotspot. Its `login.html` is the operator's; ``CaptiveSetup`` has one that sends all of these fields.
struct MikroTikDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("link-login-only", "link_login_only", "linkloginonly", "link-login", "link_login", "linklogin")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        let login = query.url("link-login-only", "link_login_only", "linkloginonly") ?? query.url("link-login", "link_login", "linklogin")
        guard let login else { throw .malformed }
        try request.keep("login", login.origin + login.path, limit: 256)
        try request.keep("logout", query.url("link-logout", "link_logout", "linklogout")?.description, limit: 256)
        try request.keep("status", query.url("link-status", "link_status", "linkstatus")?.description, limit: 256)
        if let id = query.raw("chap-id", "chap_id", "chapid"),
            let challenge = query.raw("chap-challenge", "chap_challenge", "chapchallenge")
        {
            guard PortalPassword.octalEscaped(id)?.count == 1, PortalPassword.octalEscaped(challenge) != nil else { throw .malformed }
            try request.keep("id", id, limit: 8)
            try request.keep("challenge", challenge, limit: 256)
        }
        request.setClient(query.raw("mac"))
        request.clientAddress = query.address("ip")
        request.nasIdentifier = query.text("identity")
        request.ssid = query.text("server-name", "server_name", limit: 32)
        request.nasAddress = query.address("server-address")
        request.originalURL = query.url("link-orig", "link_orig", "linkorig", "dst")
        request.sessionID = query.text("session-id", limit: 64)
        request.secondsLeft = query.token("session-timeout-secs", limit: 9).flatMap { Int($0) }
        request.setFailure(query.text("error", limit: 200))
        if request.phase == .login, query.text("state") == "online" { request.phase = .online }
        if request.phase == .login, query.text("state") == "logout" { request.phase = .loggedOut }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let action = try target(request.url("login"), settings)
        var password = login.password
        if let id = request.state["id"].flatMap(PortalPassword.octalEscaped),
            let challenge = request.state["challenge"].flatMap(PortalPassword.octalEscaped)
        {
            password = PortalPassword.mikroTikCHAP(password, id: id, challenge: challenge)
        }
        var fields = [CaptiveField("username", login.username), CaptiveField("password", password)]
        fields.add("dst", (login.destination ?? request.originalURL)?.description)
        fields.add("popup", "false")
        return .form(CaptiveForm(action, fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let login = request.url("login")
        return .redirect(try target(request.url("logout") ?? login?.at("/logout"), settings))
    }

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? {
        page(request.url("status") ?? request.url("login")?.at("/status"), settings)
    }
}
