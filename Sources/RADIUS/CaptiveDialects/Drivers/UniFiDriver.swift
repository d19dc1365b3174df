/// UniFi's external portal server: this server tells the controller. The redirect goes to `/guest/s/<site>/` of the portal's host; whoever
/// routes it adds the field `site`.
struct UniFiDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.hasAll("ap", "id") && query.has("t", "url", "ssid") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard query.mac("id") != nil else { throw .malformed }
        request.setClient(query.raw("id"))
        request.accessPointMAC = query.mac("ap")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("url")
        try request.keep("site", query.token("site", limit: 64), limit: 64)
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .call(.uniFi(try calls(.authorize(login.limits), request, settings)))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .call(.uniFi(try calls(.revoke, request, settings)))
    }

    private func calls(
        _ action: UniFiCalls.Action, _ request: CaptiveRequest, _ settings: CaptiveSettings
    ) throws(CaptiveProblem) -> UniFiCalls {
        let controller = try settings.requireController()
        guard let mac = request.clientMAC else { throw .malformed }
        let site = controller.site ?? request.state["site"] ?? "default"
        guard PlainText.isToken(site, limit: 64) else { throw .missingController }
        guard !controller.key.isEmpty || !controller.username.isEmpty else { throw .missingController }
        return UniFiCalls(controller: controller, site: site, client: mac, accessPoint: request.accessPointMAC, action: action)
    }
}
