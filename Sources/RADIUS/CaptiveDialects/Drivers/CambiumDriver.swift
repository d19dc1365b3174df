/// Cambium cnPilot and XV: the access point takes the form, with the fields of the redirect in the query.
struct CambiumDriver: CaptiveDriver {
    private static let returned = ["ga_ssid", "ga_ap_mac", "ga_nas_id", "ga_srvr", "ga_cmac", "ga_Qv"]

    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("ga_srvr", "ga_cmac") || query.hasAll("ga_srvr", "ga_qv") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let server = query.raw("ga_srvr"), CaptiveURL(scheme: "http", authority: "\(server):880", path: "/") != nil else {
            throw .malformed
        }
        for name in Self.returned { try request.keep(name, query.raw(name.lowercased()), limit: name == "ga_Qv" ? 384 : 96) }
        request.setClient(query.raw("ga_cmac"))
        request.accessPointMAC = query.mac("ga_ap_mac")
        request.nasIdentifier = query.text("ga_nas_id")
        request.nasAddress = query.address("ga_srvr")
        request.ssid = query.text("ga_ssid", limit: 32)
        request.originalURL = query.url("ga_orig_url")
        if let code = query.text("ga_error_code", limit: 200), code != "0" { request.setFailure(code) }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .form(
            CaptiveForm(
                try script("hotspot_login.cgi", request, settings),
                [CaptiveField("ga_user", login.username), CaptiveField("ga_pass", login.password)]))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .form(CaptiveForm(try script("hotspot_logout.cgi", request, settings), []))
    }

    private func script(_ name: String, _ request: CaptiveRequest, _ settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveURL {
        let url = CaptiveURL(scheme: "http", authority: "\(request.state["ga_srvr"] ?? ""):880", path: "/cgi-bin/\(name)")
        var fields: [CaptiveField] = []
        for name in Self.returned { fields.add(name, request.state[name]) }
        return try target(url, settings).adding(fields)
    }
}
