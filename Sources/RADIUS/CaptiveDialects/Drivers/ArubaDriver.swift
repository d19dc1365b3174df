/// Aruba controllers, Instant, Instant On and Central.
struct ArubaDriver: CaptiveDriver {
    /// As in `nas.type`.
    private static let nasTypes = ["aruba", "aruba-instant", "arubaos", "hpe"]

    /// Names that the access points answer for themselves.
    var vendorHosts: [String] { ["securelogin.arubanetworks.com", ".cloudauth.net"] }

    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("cmd") && query.has("essid", "network", "apname", "apmac", "switchip", "vcname", "mac")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        // Instant On: `post`; controllers: `switchip`, an address or a name.
        let host = query.raw("post", "switchip") ?? "securelogin.arubanetworks.com"
        guard let url = CaptiveURL(scheme: "https", authority: host, path: "/cgi-bin/login") else { throw .malformed }
        try request.keep("login", url.description, limit: 256)
        request.setClient(query.raw("mac"))
        request.clientAddress = query.address("ip")
        request.accessPointMAC = query.mac("apmac")
        request.nasIdentifier = query.text("vcname", "site", "apname")
        request.nasAddress = query.address("switchip")
        request.ssid = query.text("essid", "network", limit: 32)
        request.originalURL = query.url("url")
        request.setFailure(query.text("errmsg", limit: 200))
        switch query.raw("cmd")?.lowercased() {
        case "logout": request.phase = .loggedOut
        case "popup": request.phase = .online
        default: break
        }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        if settings.channel == .server {
            guard let role = settings.role, PlainText.isToken(role, limit: 64), request.clientMAC != nil else { throw .malformed }
            var attributes = [CaptiveField("Aruba-User-Role", role)]
            attributes.add("Session-Timeout", login.limits.seconds.map(String.init))
            return .changeOfAuthorization(
                CaptiveChange(clientMAC: request.clientMAC, attributes: attributes, nasTypes: Self.nasTypes))
        }
        var fields = [
            CaptiveField("user", login.username), CaptiveField("password", login.password), CaptiveField("cmd", "authenticate"),
        ]
        fields.add("url", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try target(request.url("login"), settings), fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        // Whom the controller did not log in itself it does not log out.
        if settings.channel == .server, request.clientMAC != nil {
            return .changeOfAuthorization(
                CaptiveChange(clientMAC: request.clientMAC, attributes: [], nasTypes: Self.nasTypes, isDisconnect: true))
        }
        return .redirect(try target(request.url("login"), settings).adding([CaptiveField("cmd", "logout")]))
    }
}
