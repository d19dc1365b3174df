/// Gateways that know the form of WISPr 1.0 (annex D) and tell where to send it.
struct WISPrDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("loginurl", "login-url") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let url = query.url("loginurl", "login-url") else { throw .malformed }
        try request.keep("login", url.description, limit: 384)
        try request.keep("logoff", query.url("logoffurl", "logoff-url")?.description, limit: 256)
        request.setClient(query.raw("mac", "client_mac", "clientmac", "usermac"))
        request.clientAddress = query.address("ip", "client_ip", "clientip", "userip")
        request.nasIdentifier = query.text("nasid", "location")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("originatingserver", "userurl", "url")
        request.setFailure(query.text("replymessage", "reply", "error", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .form(
            CaptiveForm(
                try target(request.url("login"), settings),
                [
                    CaptiveField("UserName", login.username), CaptiveField("Password", login.password), CaptiveField("button", "Login"),
                    CaptiveField("FNAME", "0"),
                    CaptiveField("OriginatingServer", (login.destination ?? request.originalURL)?.description ?? ""),
                ]))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let url = request.url("logoff") else { throw .unsupported }
        return .redirect(try target(url, settings))
    }
}

/// Huawei, H3C and Ruijie. Where the redirect tells an address for logins the browser sends a form to it; else this server speaks the portal
/// protocol with the controller, whose address the operator has set.
struct HuaweiDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("ac-ip", "ac_ip", "acip", "login-url", "loginurl")
            && query.has("uaddress", "user-ip", "userip", "umac", "user-mac", "usermac", "ac-mac")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        try request.keep("login", query.url("login-url", "loginurl")?.description, limit: 384)
        request.setClient(query.raw("umac", "user-mac", "usermac"))
        request.clientAddress = query.address("uaddress", "user-ip", "userip")
        request.accessPointMAC = query.mac("apmac", "ap-mac", "device-mac")
        request.nasAddress = query.address("ac-ip", "ac_ip", "acip")
        request.nasIdentifier = query.text("sysname", "ac-name")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("redirect-url", "redirect_url", "url")
        request.setFailure(query.text("error", "errmsg", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let url = request.url("login") else {
            return .portalProtocol(try exchange(login.username, login.password, request, settings))
        }
        var fields = [CaptiveField("username", login.username), CaptiveField("password", login.password)]
        fields.add("redirect_url", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try target(url, settings), fields))
    }

    private func exchange(
        _ username: String, _ password: String, _ request: CaptiveRequest, _ settings: CaptiveSettings
    ) throws(CaptiveProblem) -> PortalProtocolLogin {
        let secret = try settings.requireSecret()
        guard let client = request.clientAddress.flatMap({ AddressText.ipv4($0) }) else { throw .malformed }
        return PortalProtocolLogin(
            client: client, username: username, password: password, secret: secret, usesCHAP: settings.encoding == .chap)
    }
}
