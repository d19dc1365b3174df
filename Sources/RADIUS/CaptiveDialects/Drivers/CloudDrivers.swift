internal import Digests

/// Extreme (Aerohive): the access point takes the form.
struct ExtremeDriver: CaptiveDriver {
    /// The access point's own address in the guests' network.
    var vendorHosts: [String] { ["1.1.1.1"] }

    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("submit-url", "autherr", "radius-nas-ip") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        try request.keep("submit", query.url("submit-url")?.description ?? "http://1.1.1.1/reg.php", limit: 256)
        request.setClient(query.raw("client-mac", "station-mac", "mac"))
        request.clientAddress = query.address("client-ip", "station-ip")
        request.ssid = query.text("ssid", limit: 32)
        request.nasIdentifier = query.text("nas-id")
        request.nasAddress = query.address("radius-nas-ip")
        request.originalURL = query.url("url")
        if let code = query.text("autherr", limit: 200), code != "0" { request.setFailure(code == "1" ? "authentication failed" : code) }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields = [CaptiveField("autherr", "0"), CaptiveField("username", login.username), CaptiveField("password", login.password)]
        fields.add("url", (login.destination ?? request.originalURL)?.description)
        return .form(CaptiveForm(try target(request.url("submit"), settings), fields))
    }
}

/// Juniper Mist: an address signed with the secret of the WLAN grants access.
struct MistDriver: CaptiveDriver {
    var vendorHosts: [String] { [".mist.com", ".mistsys.com"] }

    /// For how long the signed address is good, in seconds.
    private static let validity: Int64 = 120

    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("wlan_id", "ap_mac", "client_mac") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let wlan = query.token("wlan_id", others: "-", limit: 40), let ap = query.mac("ap_mac"), query.mac("client_mac") != nil else {
            throw .malformed
        }
        try request.keep("wlan", wlan)
        let url = query.url("authorize_url") ?? CaptiveURL("https://portal.mist.com/authorize")
        try request.keep("authorize", url.map { $0.origin + $0.path }, limit: 256)
        request.setClient(query.raw("client_mac"))
        request.accessPointMAC = ap
        request.nasIdentifier = query.text("ap_name", "site_name", "site_id")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("url")
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let authorize = try target(request.url("authorize"), settings)
        guard let wlan = request.state["wlan"], let ap = request.accessPointMAC, let client = request.clientMAC else { throw .malformed }
        let minutes = login.limits.minutes(or: 480)
        let token = "\(wlan)/\(ap.text(separator: ""))/\(client.text(separator: ""))/\(minutes)/0/0/0"
        var signed = [
            CaptiveField("expires", String(login.time + Self.validity)), CaptiveField("token", Base64.text(Array(token.utf8))),
        ]
        signed.add("forward", (login.destination ?? request.originalURL)?.description)
        let signature = Self.signature(PercentEncoding.query(signed), secret: try settings.requireSecret())
        return .redirect(authorize.adding([CaptiveField("signature", signature)] + signed))
    }

    /// Base64 of HMAC-SHA1 over the query as it will be sent.
    static func signature(_ query: String, secret: String) -> String {
        Base64.text(HMACSHA1.authenticate(Array(query.utf8), key: Array(secret.utf8)))
    }
}

/// Nomadix: the gateway takes the form.
struct NomadixDriver: CaptiveDriver {
    /// The gateway's own address and name in every network behind it.
    var vendorHosts: [String] { ["1.1.1.1", "login.nomadix.com"] }

    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("ui", "ma") && query.has("uip", "os", "ni", "rn") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard query.mac("ma") != nil else { throw .malformed }
        request.setClient(query.raw("ma"))
        request.clientAddress = query.address("sip")
        request.nasIdentifier = query.text("ui")
        request.nasAddress = query.address("uip")
        request.originalURL = query.url("os", "uurl")
        request.setFailure(query.text("err", "rlf", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let host = request.nasAddress.map { $0.contains(":") ? "[\($0)]" : $0 }
        let own = host.flatMap { CaptiveURL(scheme: "http", authority: "\($0):1111", path: "/usg/process") }
        let action = page(own, settings) ?? CaptiveURL("http://1.1.1.1:1111/usg/process")
        var destination: [CaptiveField] = []
        destination.add("OS", (login.destination ?? request.originalURL)?.description)
        return .form(
            CaptiveForm(
                try target(action, settings).adding(destination),
                [CaptiveField("username", login.username), CaptiveField("password", login.password)]))
    }
}
