/// Lets a client through a UniFi controller: with a key by the integration interface, else signed in with name and password.
public struct UniFiCalls: CallMachine, Equatable {
    public enum Action: Sendable, Equatable {
        case authorize(CaptiveLimits)
        case revoke
    }

    private enum State { case site, search, act, signIn, command, signOut }

    let controller: CaptiveController
    let site: String
    let client: CaptiveMAC
    let accessPoint: CaptiveMAC?
    let action: Action
    private var state = State.signIn
    private var cookies = CookieJar()
    private var token: String?
    private var siteID = ""

    init(controller: CaptiveController, site: String, client: CaptiveMAC, accessPoint: CaptiveMAC?, action: Action) {
        self.controller = controller
        self.site = site
        self.client = client
        self.accessPoint = accessPoint
        self.action = action
    }

    mutating func start() -> HTTPCall {
        if !controller.key.isEmpty {
            state = .site
            return get("/sites", [CaptiveField("limit", "200")])
        }
        state = .signIn
        return .post(
            controller.base.at(controller.interface == .appliance ? "/api/auth/login" : "/api/login"), [],
            .object(("username", .text(controller.username)), ("password", .text(controller.password))))
    }

    mutating func receive(_ reply: HTTPReply) -> CaptiveCalls.Step {
        if let problem = reply.problem {
            // Older controllers answer wrong passwords with 400.
            if state == .signOut { return .done }
            return .failed(state == .signIn && reply.status == 400 ? .controllerRefused : problem)
        }
        switch state {
        case .site: return receiveSites(reply)
        case .search: return receiveClients(reply)
        case .act: return .done
        case .signIn: return receiveSignIn(reply)
        case .command:
            guard reply.json?["meta"]?["rc"]?.string == "ok" else { return .failed(.controllerFault) }
            state = .signOut
            return .call(
                .post(controller.base.at(controller.interface == .appliance ? "/api/auth/logout" : "/api/logout"), signedHeaders, .object())
            )
        case .signOut: return .done
        }
    }

    // MARK: Signed in

    private mutating func receiveSignIn(_ reply: HTTPReply) -> CaptiveCalls.Step {
        cookies.take(reply)
        token = reply.header("x-updated-csrf-token") ?? reply.header("x-csrf-token") ?? cookies["csrf_token"]
        guard !cookies.header.isEmpty else { return .failed(.controllerFault) }
        state = .command
        let prefix = controller.interface == .appliance ? "/proxy/network" : ""
        return .call(.post(controller.base.at("\(prefix)/api/s/\(site)/cmd/stamgr"), signedHeaders, command))
    }

    private var signedHeaders: [CaptiveField] {
        cookies.header + (token.map { [CaptiveField("X-CSRF-Token", PlainText.cleaned($0, limit: 512))] } ?? [])
    }

    private var command: CaptiveJSON {
        let mac = CaptiveJSON.text(client.text(separator: ":"))
        guard case .authorize(let limits) = action else { return .object(("cmd", .text("unauthorize-guest")), ("mac", mac)) }
        return .object(
            ("cmd", .text("authorize-guest")), ("mac", mac), ("minutes", .integer(limits.minutes(or: 480))),
            ("up", limits.upKilobits.map { .integer($0) }), ("down", limits.downKilobits.map { .integer($0) }),
            ("bytes", Self.megabytes(limits).map { .integer($0) }),
            ("ap_mac", accessPoint.map { .text($0.text(separator: ":")) }))
    }

    private static func megabytes(_ limits: CaptiveLimits) -> Int64? {
        (limits.totalOctets ?? limits.downOctets).map { max(1, ($0 + (1 << 20) - 1) >> 20) }
    }

    // MARK: With a key

    private func get(_ path: String, _ query: [CaptiveField]) -> HTTPCall {
        .get(integration(path).adding(query), [CaptiveField("X-API-KEY", controller.key)])
    }

    private func integration(_ path: String) -> CaptiveURL { controller.base.at("/proxy/network/integration/v1\(path)") }

    private mutating func receiveSites(_ reply: HTTPReply) -> CaptiveCalls.Step {
        let sites = reply.json?["data"]?.elements ?? []
        let match = sites.first { $0["internalReference"]?.string == site || $0["name"]?.string == site || $0["id"]?.string == site }
        guard let id = match?["id"]?.string, PlainText.isToken(id, limit: 64) else { return .failed(.controllerFault) }
        siteID = id
        state = .search
        let filter = "macAddress.eq('\(client.text(separator: ":"))')"
        return .call(get("/sites/\(id)/clients", [CaptiveField("filter", filter), CaptiveField("limit", "1")]))
    }

    private mutating func receiveClients(_ reply: HTTPReply) -> CaptiveCalls.Step {
        let clients = reply.json?["data"]?.elements ?? []
        let match = clients.first { $0["macAddress"]?.string.flatMap { CaptiveMAC($0) } == client }
        guard let id = match?["id"]?.string, PlainText.isToken(id, limit: 64) else { return .failed(.controllerFault) }
        state = .act
        return .call(
            .post(
                integration("/sites/\(siteID)/clients/\(id)/actions"), [CaptiveField("X-API-KEY", controller.key)], integrationAction))
    }

    private var integrationAction: CaptiveJSON {
        guard case .authorize(let limits) = action else { return .object(("action", .text("UNAUTHORIZE_GUEST_ACCESS"))) }
        return .object(
            ("action", .text("AUTHORIZE_GUEST_ACCESS")), ("timeLimitMinutes", .integer(limits.minutes(or: 480))),
            ("dataUsageLimitMBytes", Self.megabytes(limits).map { .integer($0) }),
            ("rxRateLimitKbps", limits.downKilobits.map { .integer($0) }), ("txRateLimitKbps", limits.upKilobits.map { .integer($0) }))
    }
}
