/// Meraki's splash page with sign-on: its cloud takes the form, and is the RADIUS client.
struct MerakiDriver: CaptiveDriver {
    var vendorHosts: [String] { [".network-auth.com", ".meraki.com"] }

    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("login_url", "logout_url") && query.has("mauth", "ap_mac", "ap_name", "client_mac", "continue_url", "error_message")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        try request.keep("login", query.url("login_url")?.description, limit: 640)
        try request.keep("logout", query.url("logout_url")?.description, limit: 256)
        guard request.state["login"] != nil || request.state["logout"] != nil else { throw .malformed }
        request.setClient(query.raw("client_mac"))
        request.clientAddress = query.address("client_ip")
        request.accessPointMAC = query.mac("ap_mac")
        request.nasIdentifier = query.text("ap_name")
        request.originalURL = query.url("continue_url")
        if request.state["login"] == nil { request.phase = .success }
        request.setFailure(query.text("error_message", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields = [CaptiveField("username", login.username), CaptiveField("password", login.password)]
        fields.add("success_url", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try target(request.url("login"), settings), fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        guard let url = request.url("logout") else { throw .unsupported }
        return .redirect(try target(url, settings))
    }
}

/// Meraki's splash page with click-through: an address grants access.
struct MerakiClickThroughDriver: CaptiveDriver {
    var vendorHosts: [String] { [".network-auth.com", ".meraki.com"] }

    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("base_grant_url") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let grant = query.url("base_grant_url") else { throw .malformed }
        try request.keep("grant", grant.description, limit: 512)
        request.setClient(query.raw("client_mac"))
        request.clientAddress = query.address("client_ip")
        request.accessPointMAC = query.mac("node_mac")
        request.originalURL = query.url("user_continue_url")
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields: [CaptiveField] = []
        fields.add("continue_url", (login.destination ?? request.originalURL)?.description)
        fields.add("duration", login.limits.seconds.map(String.init))
        return .redirect(try target(request.url("grant"), settings).adding(fields))
    }
}
