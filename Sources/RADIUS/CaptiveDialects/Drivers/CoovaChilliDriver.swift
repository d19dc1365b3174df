internal import Digests

/// CoovaChilli, ChilliSpot, uspot and what descends from them: universal access method.
struct CoovaChilliDriver: CaptiveDriver {
    func recognizes(_ query: CaptiveQuery) -> Bool { query.has("uamip") && query.has("uamport", "challenge", "res") }

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) {
        guard let address = query.raw("uamip"),
            let port = query.raw("uamport") == nil ? "3990" : query.token("uamport", others: "", limit: 5),
            let gateway = CaptiveURL(scheme: "http", authority: "\(address.contains(":") ? "[\(address)]" : address):\(port)", path: "/")
        else { throw .malformed }
        try request.keep("uam", gateway.origin)
        if let challenge = query.raw("challenge") {
            guard let octets = Hexadecimal.decode(challenge.utf8), (1...64).contains(octets.count) else { throw .malformed }
            try request.keep("challenge", challenge, limit: 128)
        }
        request.setClient(query.raw("mac"))
        request.clientAddress = query.address("ip")
        request.nasIdentifier = query.text("nasid")
        request.nasAddress = AddressText.isAddress(address) ? address : nil
        request.accessPointMAC = query.mac("called")
        request.ssid = query.text("ssid", limit: 32)
        request.originalURL = query.url("userurl")
        request.sessionID = query.text("sessionid", limit: 64)
        request.secondsLeft = query.token("timeleft", limit: 9).flatMap { Int($0) }
        switch query.raw("res") {
        case "success": request.phase = .success
        case "already", "popup2", "status": request.phase = .online
        case "logoff", "popup3": request.phase = .loggedOut
        case "timeout":
            request.phase = .loggedOut
            request.problem = .sessionTimeout
        case "failed":
            request.setFailure(query.raw("reply") ?? query.raw("reason") ?? "rejected")
            switch query.raw("reason") {
            case "timeout": request.problem = .radiusTimeout
            case "mtu", "other": request.problem = .nasFault
            default: break
            }
            if query.raw("reply") == nil { request.message = nil }
        default: request.phase = .login
        }
    }

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        let gateway = try target(request.url("uam"), settings)
        let challenge = request.state["challenge"].flatMap { Hexadecimal.decode($0.utf8) } ?? []
        var fields = [CaptiveField("username", login.username)]
        switch settings.encoding {
        case .chap where !challenge.isEmpty:
            fields.add("response", PortalPassword.coovaCHAP(login.password, challenge: challenge, secret: settings.secret))
        case .pap where !challenge.isEmpty:
            fields.add("password", PortalPassword.coovaPAP(login.password, challenge: challenge, secret: settings.secret))
        default: fields.add("password", login.password)
        }
        fields.add("userurl", (login.destination ?? request.originalURL)?.description)
        return .redirect(gateway.at("/logon").adding(fields))
    }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        .redirect(try target(request.url("uam"), settings).at("/logoff"))
    }

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? {
        page(request.url("uam"), settings)?.at("/status")
    }
}

/// What only CoovaChilli has.
public enum CoovaChilli {
    /// Whether a redirect is signed with uamsecret: `md` is the MD5 of everything before it and the secret.
    /// - Parameter url: as the browser asked for it, query included and nothing decoded; it has to be as CoovaChilli's `uamserver` has it.
    public static func isSigned(_ url: String, secret: String) -> Bool {
        guard !secret.isEmpty, url.utf8.count <= 16 << 10, let mark = url.ranges(of: "&md=").last else { return false }
        let given = url[mark.upperBound...].prefix { $0 != "&" }
        guard let digest = Hexadecimal.decode(given.utf8) else { return false }
        return constantTimeEqual(MD5.hash(Array(url[..<mark.lowerBound].utf8) + Array(secret.utf8)).bytes, digest)
    }

    /// An address of the gateway's JSON interface, which the optional script of a page asks by itself.
    public enum Command: String, Sendable, CaseIterable { case status, logon, logoff }

    /// - Returns: nil for other dialects and for gateways that are not to be trusted.
    public static func json(_ command: Command, for request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? {
        guard request.dialect == .coovaChilli else { return nil }
        return CoovaChilliDriver().page(request.url("uam"), settings)?.at("/json/\(command.rawValue)")
    }

    /// A fresh challenge for a page that stood open for long: the gateway sends the browser back with it.
    public static func prelogin(for request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? {
        guard request.dialect == .coovaChilli else { return nil }
        return CoovaChilliDriver().page(request.url("uam"), settings)?.at("/prelogin")
    }
}
