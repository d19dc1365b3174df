/// Omada with an external web portal and RADIUS: the browser sends the form to the controller.
struct OmadaDriver: CaptiveDriver {
    private static let returned = ["clientMac", "clientIp", "apMac", "gatewayMac", "ssidName", "radioId", "vid"]

    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("target", "clientmac") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        let port = query.token("targetport", others: "", limit: 5) ?? "8843"
        // Controllers before 5.3 do not tell the scheme; these ports are theirs for https.
        let scheme = query.token("scheme", limit: 5) ?? (["443", "8043", "8843"].contains(port) ? "https" : "http")
        guard let host = query.raw("target"),
            let url = CaptiveURL(scheme: scheme, authority: "\(host):\(port)", path: "/portal/radius/browserauth")
        else { throw .malformed }
        try request.keep("target", url.description, limit: 256)
        for name in Self.returned { try request.keep(name, query.text(name.lowercased(), limit: 64), limit: 64) }
        if request.state["apMac"] == nil { try request.keep("apMac", query.token("ap", others: ":-", limit: 17)) }
        if request.state["ssidName"] == nil { try request.keep("ssidName", query.text("ssid", limit: 32)) }
        request.setClient(query.raw("clientmac"))
        request.clientAddress = query.address("clientip")
        request.accessPointMAC = query.mac("apmac", "ap", "gatewaymac")
        request.ssid = query.text("ssidname", "ssid", limit: 32)
        request.nasAddress = AddressText.isAddress(host) ? host : nil
        request.originalURL = query.url("originurl", "originalurl", "redirecturl")
        request.setFailure(query.text("errormsg", "error", limit: 200))
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        var fields: [CaptiveField] = []
        for name in Self.returned { fields.add(name, request.state[name]) }
        fields.add("authType", "2")
        fields.add("originUrl", (login.destination ?? request.originalURL)?.description)
        fields.add("username", login.username)
        fields.add("password", login.password)
        return .form(CaptiveForm(try target(request.url("target"), settings), fields))
    }
}

/// Omada with an external portal server: this server tells the controller.
struct OmadaAPIDriver: CaptiveDriver {
    private static let returned = ["clientMac", "apMac", "gatewayMac", "ssidName", "radioId", "vid", "site", "clientIp"]

    func recognizes(_ query: CaptiveQuery) -> Bool {
        query.has("clientmac") && query.has("apmac", "gatewaymac") && query.has("site", "radioid", "vid") && !query.has("target")
    }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard query.mac("clientmac") != nil, query.mac("apmac", "gatewaymac") != nil else { throw .malformed }
        for name in Self.returned { try request.keep(name, query.text(name.lowercased(), limit: 64), limit: 64) }
        request.setClient(query.raw("clientmac"))
        request.clientAddress = query.address("clientip")
        request.accessPointMAC = query.mac("apmac", "gatewaymac")
        request.ssid = query.text("ssidname", limit: 32)
        request.nasIdentifier = query.text("site")
        request.originalURL = query.url("redirecturl", "originurl")
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let controller = try settings.requireController()
        guard PlainText.isToken(controller.identifier, others: "-", limit: 64), !controller.username.isEmpty else {
            throw .missingController
        }
        var fields: [CaptiveField] = []
        for name in Self.returned where name != "site" { fields.add(name, request.state[name]) }
        fields.add("site", controller.site ?? request.state["site"])
        return .call(.omada(OmadaCalls(controller: controller, client: fields, limits: login.limits)))
    }
}
