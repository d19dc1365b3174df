import COpenSSL
import Digests
import Foundation
import NIOConcurrencyHelpers
import RADIUSWire

/// Gateways that do not ask RADIUS, or not for the password: they are told.
extension Gateway {
    static let told: [Gateway] = [
        openNDS(0), openNDS(1), openNDS(2), openNDSPolled, merakiClickThrough, mist, uniFi, omada, smartZone, centralWebAuthentication,
        arubaByServer,
    ]

    private static let hid = "2c1b8a67f3d94e5fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f50617"

    private static func returnedID(_ visit: GatewayVisit) -> String {
        Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array((hidden(visit) + portalSecret).utf8)))
    }

    /// The gateway's own number of the visitor.
    private static func hidden(_ visit: GatewayVisit) -> String {
        Hexadecimal.encode(DigestAlgorithm.sha256.hash(visit.secret + Array(hid.utf8)))
    }

    private static func fas(_ visit: GatewayVisit) -> [UInt8] {
        Array(
            ("hid=\(hidden(visit)), clientip=\(visit.device.address), clientmac=\(visit.device.station.lowercased()), client_type=cpd_can, "
                + "cpi_query=, gatewayname=\(visit.host)%20Node%3a1, gatewayurl=http%3a%2f%2fstatus.client, version=10.3.1, "
                + "gatewayaddress=\(visit.host):2050, gatewaymac=02aa00000001, originurl=http%3a%2f%2fexample.org%2f, clientif=br-lan, "
                + "themespec=").utf8)
    }

    /// As PHP's openssl_encrypt makes it: base64 of AES-256-CBC, and that in base64 again.
    private static func sealed(_ visit: GatewayVisit) -> [(String, String)] {
        let vector = Hexadecimal.encode(visit.secret.prefix(8))
        let key = Array(portalSecret.utf8) + [UInt8](repeating: 0, count: 32 - portalSecret.utf8.count)
        let text = fas(visit)
        var octets = [UInt8](repeating: 0, count: text.count + 16)
        var (length, rest) = (Int32(0), Int32(0))
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), nil, key, Array(vector.utf8))
        EVP_EncryptUpdate(context, &octets, &length, text, Int32(text.count))
        let start = Int(length)
        octets.withUnsafeMutableBufferPointer { buffer in
            _ = buffer.baseAddress.map { EVP_EncryptFinal_ex(context, $0 + start, &rest) }
        }
        let inner = Base64.text(Array(octets.prefix(start + Int(rest))))
        return [("fas", Base64.text(Array(inner.utf8))), ("iv", vector)]
    }

    private static func openNDS(_ level: Int) -> Gateway {
        Gateway(name: "opennds-\(level)", organization: "site-a", asksRADIUS: false) { visit in
            let arrival: [(String, String)] =
                switch level {
                case 0:
                    [
                        ("authaction", "http://\(visit.host):2050/opennds_auth/?clientip=\(visit.device.address)"),
                        ("tok", Hexadecimal.encode(visit.secret.prefix(4))), ("gatewayname", "lobby"),
                        ("clientmac", visit.device.station.lowercased()), ("redir", "http://example.org/"),
                    ]
                case 1: [("fas", Base64.text(fas(visit)))]
                default: sealed(visit)
                }
            let token = level == 0 ? Hexadecimal.encode(visit.secret.prefix(4)) : returnedID(visit)
            return { request in
                visit.device.note(request)
                switch request.path {
                case "/": return visit.toPortal(arrival)
                case "/opennds_auth/":
                    guard request.query["tok"] == token else { return .page("Wrong token") }
                    visit.device.open()
                    return request.query["redir"].map { .redirect($0) } ?? .page("Welcome")
                case "/opennds_deny/":
                    visit.device.stop()
                    return .page("Logged out")
                default: return .missing
                }
            }
        }
    }

    /// At level 3 the gateway sends browsers as at level 2, and asks the login page's host who may go online.
    private static let openNDSPolled = Gateway(name: "opennds-3", organization: "site-b", asksRADIUS: false) { visit in
        let isGone = NIOLockedValueBox(false)
        return { request in
            visit.device.note(request)
            // Served at each level; the browser goes to the start then, and from there to the login page.
            if request.path == "/opennds_deny/" {
                visit.device.stop()
                isGone.withLockedValue { $0 = true }
                return .redirect("http://\(visit.host):2050/")
            }
            guard request.path == "/" else { return .missing }
            let name = "\(visit.host)%20Node%3a1"
            let gateway = Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array(name.utf8)))
            Thread.detachNewThread {
                // Nobody comes back after the log-out, and polls that outlive the tests meet libraries that were cleaned up.
                for _ in 0..<600 where !visit.device.isOpen && !isGone.withLockedValue({ $0 }) {
                    usleep(100_000)
                    guard let list = try? Self.ask(visit.portal, gateway, "none"), list.contains(returnedID(visit)) else { continue }
                    visit.device.open()
                    _ = try? Self.ask(visit.portal, gateway, "* \(returnedID(visit))")
                }
            }
            return visit.toPortal(sealed(visit))
        }
    }

    private static func ask(_ portal: String, _ gateway: String, _ payload: String) throws -> String {
        let fields = [("auth_get", "view"), ("gatewayhash", gateway), ("payload", Base64.text(Array(payload.utf8)))]
        let form = String(GatewayVisit.address("", fields).dropFirst())
        return try WebCall.send("POST", portal, form, type: "application/x-www-form-urlencoded")
    }

    private static let merakiClickThrough = Gateway(name: "meraki-click-through", asksRADIUS: false, exit: .never) { visit in
        { request in
            visit.device.note(request)
            switch request.path {
            case "/":
                return visit.toPortal([
                    ("base_grant_url", "https://\(visit.host)/splash/grant"), ("user_continue_url", "http://example.org/"),
                    ("node_mac", "02:aa:00:00:00:01"), ("client_ip", visit.device.address), ("client_mac", visit.device.station),
                ])
            case "/splash/grant":
                visit.device.open()
                return request.query["continue_url"].map { .redirect($0) } ?? .page("Welcome")
            default: return .missing
            }
        }
    }

    private static let mist = Gateway(name: "mist", organization: "site-a", asksRADIUS: false, exit: .never) { visit in
        { request in
            visit.device.note(request)
            switch request.path {
            case "/":
                return visit.toPortal([
                    ("wlan_id", "be22bba7-8e22-e1cf-5185-b880816fe2cf"), ("ap_mac", "02aa00000001"),
                    ("client_mac", visit.device.station.filter(\.isHexDigit).lowercased()), ("ssid", "guests"), ("site_name", "lobby"),
                    ("authorize_url", "https://\(visit.host)/authorize"), ("url", "http://example.org/"),
                ])
            case "/authorize":
                guard let start = request.target.firstRange(of: "expires=")?.lowerBound else { return .page("Wrong address") }
                let signed = Array(request.target[start...].utf8)
                let signature = Base64.text(HMACSHA1.authenticate(signed, key: Array(portalSecret.utf8)))
                guard request.query["signature"] == signature, let token = request.query["token"],
                    let parts = Base64.decode(token.utf8).map({ String(decoding: $0, as: UTF8.self).split(separator: "/") }),
                    parts.count == 7,
                    GatewayVisit.of(String(parts[2])) === visit
                else { return .page("Wrong signature") }
                visit.device.open()
                return request.query["forward"].map { .redirect($0) } ?? .page("Welcome")
            default: return .missing
            }
        }
    }

    // MARK: Controllers

    /// What controllers answer Radian; they share an address.
    static let controllers: GatewayServer.Handler = { request in
        func text(_ name: String) -> String? {
            let json = try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any]
            return (json?[name]).map { "\($0)" }
        }
        let cookie = request.headers["cookie"] ?? ""
        switch request.path {
        case "/api/login":
            guard text("username") == "portal", text("password") == "of-the-controller" else { return GatewayAnswer(status: 400) }
            var answer = GatewayAnswer.json("{\"meta\":{\"rc\":\"ok\"},\"data\":[]}")
            answer.headers = [("Set-Cookie", "unifises=abc; Path=/; HttpOnly"), ("X-CSRF-Token", "of-unifi")]
            return answer
        case "/api/s/default/cmd/stamgr":
            guard cookie.contains("unifises=abc"), let visit = GatewayVisit.of(text("mac") ?? "") else { return GatewayAnswer(status: 401) }
            if text("cmd") == "authorize-guest" { visit.device.open() } else { visit.device.stop() }
            return .json("{\"meta\":{\"rc\":\"ok\"},\"data\":[]}")
        case "/api/logout": return .json("{\"meta\":{\"rc\":\"ok\"}}")
        case "/0123456789abcdef/api/v2/hotspot/login":
            guard text("name") == "portal", text("password") == "of-the-controller" else { return .json("{\"errorCode\":-1000}") }
            var answer = GatewayAnswer.json("{\"errorCode\":0,\"result\":{\"token\":\"of-omada\"}}")
            answer.headers = [("Set-Cookie", "TPOMADA_SESSIONID=def; Path=/; HttpOnly")]
            return answer
        case "/0123456789abcdef/api/v2/hotspot/extPortal/auth":
            guard request.headers["csrf-token"] == "of-omada", cookie.contains("TPOMADA_SESSIONID=def"), text("authType") == "4",
                let visit = GatewayVisit.of(text("clientMac") ?? "")
            else { return .json("{\"errorCode\":-1}") }
            visit.device.open()
            return .json("{\"errorCode\":0}")
        case "/portalintf":
            guard text("RequestPassword") == "of-the-controller", let visit = GatewayVisit.of(text("UE-MAC") ?? "") else {
                return .json("{\"ResponseCode\":306}")
            }
            visit.device.note(request)
            if text("RequestType") == "Logout" {
                visit.device.stop()
                return .json("{\"ResponseCode\":200}")
            }
            let isIn = visit.device.authenticate(text("UE-Username") ?? "", .pap(text("UE-Password") ?? ""))
            return .json(isIn ? "{\"ResponseCode\":201}" : "{\"ResponseCode\":301,\"ReplyMessage\":\"Login failed\"}")
        default: return .missing
        }
    }

    private static let uniFi = Gateway(name: "unifi", organization: "site-b", asksRADIUS: false) { visit in
        { _ in
            .redirect(
                GatewayVisit.address(
                    visit.server.origin + "/guest/s/default/",
                    [
                        ("ap", "02:aa:00:00:00:01"), ("id", visit.device.station.lowercased()), ("t", "1768587874"),
                        ("url", "http://example.org/"), ("ssid", "guests"),
                    ]))
        }
    }

    private static let omada = Gateway(name: "omada-api", organization: "site-c", asksRADIUS: false, exit: .never) { visit in
        { _ in
            visit.toPortal([
                ("clientMac", visit.station), ("apMac", "02-AA-00-00-00-01"), ("ssidName", "guests"), ("radioId", "1"), ("site", "Default"),
                ("redirectUrl", "http://example.org/"), ("t", "1768587874000000"),
            ])
        }
    }

    private static let smartZone = Gateway(name: "smartzone-nbi", organization: "site-d", tellsRejection: false) { visit in
        { _ in
            visit.toPortal([
                ("nbiIP", "127.0.0.1"), ("wlan", "1"), ("wlanName", "guests"), ("zoneName", "lobby"), ("client_mac", visit.device.station),
                ("uip", visit.device.address), ("proxy", "0"), ("ssid", "guests"), ("reason", "Un-Auth-Captive"),
                ("url", "http://example.org/"),
            ])
        }
    }

    // MARK: By CoA

    /// Cisco's central web authentication: RADIUS is asked about the device's address, answers with the login page, and after the login
    /// has the NAS ask again.
    private static let centralWebAuthentication = Gateway(
        name: "cisco-cwa", organization: "site-b", loopback: "::1", tellsRejection: false
    ) { visit in
        let session = "0A00000100000" + Hexadecimal.encode(visit.secret.prefix(2)).uppercased()
        let name = visit.device.station.filter(\.isHexDigit).lowercased()
        visit.server.changes.serve(visit.station) { _, attributes in
            guard attributes.contains(where: { $0.contains("audit-session-id=\(session)") }),
                attributes.contains(where: { $0.contains("subscriber:command=reauthenticate") })
            else { return false }
            Thread.detachNewThread {
                let isKnown = visit.device.authenticate(name, .station)
                let user = visit.device.reply.first { $0.hasPrefix("User-Name = ") }
                if isKnown, let user {
                    try? visit.device.start(String(user.dropFirst(12)))
                } else {
                    visit.device.stop()
                }
            }
            return true
        }
        return { request in
            visit.device.note(request)
            guard request.path == "/", visit.device.authenticate(name, .station) else { return .missing }
            guard let value = visit.device.reply.first(where: { $0.contains("url-redirect=") }),
                let start = value.firstRange(of: "url-redirect=")?.upperBound
            else { return .page("No login page") }
            return .redirect(
                GatewayVisit.address(String(value[start...]), [("sessionId", session), ("mac", visit.device.station.lowercased())]))
        }
    }

    /// Aruba where the server sets the role.
    private static let arubaByServer = Gateway(name: "aruba-coa", organization: "site-b", asksRADIUS: false, exit: .disconnect) { visit in
        visit.server.disconnects.serve(visit.station) { code, attributes in
            if code == .disconnectRequest {
                guard visit.device.isOpen else { return false }
                visit.device.stop()
                return true
            }
            guard attributes.contains(where: { $0.hasPrefix("Aruba-User-Role = ") && $0.contains("guest-in") }) else { return false }
            visit.device.open()
            return true
        }
        return { _ in
            visit.toPortal([
                ("cmd", "login"), ("mac", visit.device.station), ("ip", visit.device.address), ("essid", "guests"),
                ("switchip", visit.host), ("url", "http://example.org/"),
            ])
        }
    }
}
