import CaptiveDialects
import Digests
import Foundation

/// Hotspot gateways with a protocol of their own between browser, login page and gateway.
extension Gateway {
    static let hotspots: [Gateway] = [
        coovaChilli("coova-pap", organization: "site-a"), coovaChilli("coova-chap", organization: "site-b"),
        mikroTik("mikrotik-pap", usesCHAP: false), mikroTik("mikrotik-chap", usesCHAP: true), pfSense, opnSense, opnSenseTemplate,
    ]

    /// uamsecret, faskey and the like of the organizations `site-a` and `site-b`.
    static let portalSecret = "1234567890"

    private static func coovaChilli(_ name: String, organization: String) -> Gateway {
        Gateway(name: name, organization: organization) { visit in
            let common = [
                ("uamip", visit.host), ("uamport", "3990"), ("called", "02-AA-00-00-00-01"), ("mac", visit.station),
                ("ip", visit.device.address), ("nasid", "lobby"), ("sessionid", "5f2c0001"), ("userurl", "http://example.org/"),
            ]
            @Sendable func send(_ result: [(String, String)]) -> GatewayAnswer {
                let address = GatewayVisit.address(
                    visit.portal, result + [("challenge", Hexadecimal.encode(visit.secret))] + common)
                // Signed as the gateway does it, for whoever looks.
                let signature = Hexadecimal.encodeUppercase(MD5.hash(Array((address + portalSecret).utf8)).bytes)
                return .redirect("\(address)&md=\(signature)")
            }
            return { request in
                visit.device.note(request)
                switch request.path {
                case "/": return send([("res", "notyet")])
                case "/logon":
                    // Mixed with the secret that only gateway and page know.
                    let challenge = MD5.hash(visit.secret + Array(portalSecret.utf8)).bytes
                    guard let user = request["username"] else { return .page("Wrong address") }
                    let proof: GatewayDevice.Proof
                    if let response = request["response"].flatMap({ Hexadecimal.decode($0.utf8) }) {
                        proof = .chap(0, response, challenge)
                    } else if let hidden = request["password"].flatMap({ Hexadecimal.decode($0.utf8) }) {
                        let clear = hidden.enumerated().map { $1 ^ challenge[$0 % challenge.count] }
                        proof = .pap(String(decoding: clear.prefix { $0 != 0 }, as: UTF8.self))
                    } else {
                        return .page("Wrong address")
                    }
                    return visit.device.authenticate(user, proof)
                        ? send([("res", "success"), ("timeleft", "3600")])
                        : send([("res", "failed"), ("reason", "reject"), ("reply", "Login incorrect")])
                case "/logoff":
                    visit.device.stop()
                    return send([("res", "logoff")])
                default: return .missing
                }
            }
        }
    }

    /// The text of a file that operators copy to their gateway.
    private static func page(of dialect: CaptiveDialect, _ visit: GatewayVisit, title: String) -> String {
        guard let portal = CaptiveURL(visit.portal) else { return "" }
        let blocks = CaptiveSetup(CaptiveSetup.Site(portal: portal, radiusAddress: "127.0.0.1")).blocks(for: dialect)
        return blocks.first { $0.title.contains(title) }?.text ?? ""
    }

    private static func mikroTik(_ name: String, usesCHAP: Bool) -> Gateway {
        Gateway(name: name) { visit in
            let base = "http://\(visit.host)"
            let escaped = visit.secret.map { "\\" + String(format: "%03o", $0) }.joined()
            @Sendable func login(error: String = "") -> GatewayAnswer {
                var page = page(of: .mikroTik, visit, title: "login.html")
                if usesCHAP {
                    page = page.replacing("$(if chap-id)", with: "").replacing("$(endif)", with: "")
                } else if let start = page.firstRange(of: "$(if chap-id)"), let end = page.firstRange(of: "$(endif)") {
                    page.removeSubrange(start.lowerBound..<end.upperBound)
                }
                let values = [
                    ("link-login-only", base + "/login"), ("link-logout", base + "/logout"), ("link-status", base + "/status"),
                    ("link-orig", "http://example.org/"), ("mac", visit.device.station), ("ip", visit.device.address),
                    ("identity", "router"), ("server-name", "hotspot1"), ("server-address", "127.0.0.1:80"), ("session-id", ""),
                    ("error", error), ("chap-id", "\\161"), ("chap-challenge", escaped),
                ]
                for (name, value) in values { page = page.replacing("$(\(name))", with: value) }
                return GatewayAnswer(body: page)
            }
            return { request in
                visit.device.note(request)
                switch (request.path, request.method) {
                case ("/login", "POST"):
                    guard let user = request.form["username"], let password = request.form["password"] else { return .page("Wrong form") }
                    let proof: GatewayDevice.Proof =
                        usesCHAP ? .chap(0o161, Hexadecimal.decode(password.utf8) ?? [], visit.secret) : .pap(password)
                    guard visit.device.authenticate(user, proof) else { return login(error: "invalid username or password") }
                    return request.form["dst"].map { .redirect($0) } ?? .page("Welcome")
                case ("/", _), ("/login", _): return login()
                case ("/logout", _):
                    visit.device.stop()
                    return .page("Logged out")
                default: return .missing
                }
            }
        }
    }

    private static let pfSense = Gateway(name: "pfsense") { visit in
        @Sendable func login(message: String = "") -> GatewayAnswer {
            var page = page(of: .pfSense, visit, title: "page contents")
            let values = [
                ("PORTAL_ACTION", "http://\(visit.host):8002/index.php?zone=guests"), ("PORTAL_REDIRURL", "http://example.org/"),
                ("PORTAL_ZONE", "guests"), ("CLIENT_MAC", visit.device.station), ("CLIENT_IP", visit.device.address),
                ("PORTAL_MESSAGE", message),
            ]
            for (name, value) in values { page = page.replacing("$\(name)$", with: value) }
            return GatewayAnswer(body: page)
        }
        return { request in
            visit.device.note(request)
            if request.path == "/" { return login() }
            guard request.path == "/index.php", request.method == "POST", request["zone"] == "guests" else { return .missing }
            if let id = request.form["logout_id"] {
                if id == visit.device.sessionID { visit.device.stop() }
                return .page("Disconnected")
            }
            guard let user = request.form["auth_user"], let password = request.form["auth_pass"], request.form["accept"] != nil else {
                return .page("Wrong form")
            }
            guard visit.device.authenticate(user, .pap(password)) else { return login(message: "Invalid credentials specified.") }
            return request.form["redirurl"].map { .redirect($0) } ?? .page("Welcome")
        }
    }

    private static func opnSenseAnswer(_ request: GatewayRequest, _ visit: GatewayVisit) -> GatewayAnswer {
        switch request.path {
        case "/api/captiveportal/access/logon/0/":
            let isIn = visit.device.authenticate(request.form["user"] ?? "", .pap(request.form["password"] ?? ""))
            return .json("{\"clientState\":\"\(isIn ? "AUTHORIZED" : "NOT_AUTHORIZED")\",\"ipAddress\":\"\(visit.device.address)\"}")
        case "/api/captiveportal/access/logoff/0/":
            visit.device.stop()
            return .json("{\"clientState\":\"NOT_AUTHORIZED\"}")
        default: return .missing
        }
    }

    /// Whose template only leads to the login page: works without scripts, and leaves the browser at the gateway's interface.
    private static let opnSense = Gateway(name: "opnsense", keepsBrowser: true, tellsRejection: false) { visit in
        { request in
            visit.device.note(request)
            guard request.path == "/" else { return opnSenseAnswer(request, visit) }
            return visit.toPortal([
                ("zoneid", "0"), ("gateway", "http://\(visit.host):8000"), ("client_mac", visit.device.station),
                ("client_ip", visit.device.address), ("redirurl", "http://example.org/"),
            ])
        }
    }

    /// With the template of the set-up texts, whose script talks to the gateway's interface.
    private static let opnSenseTemplate = Gateway(name: "opnsense-template", needsScripts: true, exit: .disconnect) { visit in
        { request in
            visit.device.note(request)
            guard request.path == "/" || request.path == "/index.html" else { return opnSenseAnswer(request, visit) }
            // The gateway's own address of the device, which the template does not know.
            let page = page(of: .opnSense, visit, title: "index.html").replacing(
                "{ zoneid: zone,", with: "{ zoneid: zone, client_mac: \"\(visit.device.station)\",")
            return GatewayAnswer(body: page)
        }
    }
}
