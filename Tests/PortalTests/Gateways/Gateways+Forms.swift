/// Gateways that take a form from the browser.
extension Gateway {
    static let forms: [Gateway] = [
        form(
            "cisco-wlc", path: "/login.html", ("username", "password", "redirect_url"), rejected: [("statusCode", "5")],
            logout: "/logout.html"
        ) { visit in
            [
                ("switch_url", "https://\(visit.host)/login.html"), ("ap_mac", "02:aa:00:00:00:01"), ("client_mac", visit.device.station),
                ("wlan", "guests"), ("redirect", "example.org/"),
            ]
        },
        form(
            "aruba", path: "/cgi-bin/login", ("user", "password", "url"), rejected: [("errmsg", "Authentication failed")],
            logout: "/cgi-bin/login"
        ) { visit in
            [
                ("cmd", "login"), ("mac", visit.device.station), ("ip", visit.device.address), ("essid", "guests"), ("apname", "ap-1"),
                ("switchip", visit.host), ("url", "http://example.org/"),
            ]
        },
        form(
            "ruckus", path: "/login", ("username", "password", "url"), rejected: [("reason", "Login failed")], logout: "/logout"
        ) { visit in
            [
                ("sip", visit.host), ("mac", "02aa00000001"), ("client_mac", visit.device.station), ("uip", visit.device.address),
                ("lid", "lobby"), ("ssid", "guests"), ("url", "http://example.org/"), ("reason", "Un-Auth-Captive"),
            ]
        },
        form(
            "smartzone", path: "/SubscriberPortal/hotspotlogin", ("username", "password", "url"), rejected: [("reason", "login-failed")],
            logout: nil
        ) { visit in
            [
                ("nbiIP", "192.0.2.5"), ("sip", visit.host), ("wlan", "1"), ("wlanName", "guests"), ("zoneName", "lobby"),
                ("client_mac", visit.device.station), ("uip", visit.device.address), ("proxy", "0"), ("ssid", "guests"),
                ("reason", "Un-Auth-Captive"), ("url", "http://example.org/"),
            ]
        },
        form(
            "meraki", path: "/splash/login", ("username", "password", "success_url"), rejected: [("error_message", "Access denied")],
            logout: nil
        ) { visit in
            [
                ("login_url", "https://\(visit.host)/splash/login?mauth=MMabc"), ("continue_url", "http://example.org/"),
                ("ap_mac", "02:aa:00:00:00:01"), ("ap_name", "ap-1"), ("client_mac", visit.device.station),
                ("client_ip", visit.device.address), ("mauth", "MMabc"),
            ]
        },
        form(
            "cambium", path: "/cgi-bin/hotspot_login.cgi", ("ga_user", "ga_pass", "ga_none"), rejected: nil,
            logout: "/cgi-bin/hotspot_logout.cgi"
        ) { visit in
            [
                ("ga_ssid", "guests"), ("ga_ap_mac", "02-AA-00-00-00-01"), ("ga_nas_id", "lobby"), ("ga_srvr", visit.host),
                ("ga_cmac", visit.station), ("ga_Qv", "eUROBR86HBgAGDEEVgQAGw4UWRUCACYVMgFPMV5ZWVFfUVdGX1hWWFdG"),
                ("ga_orig_url", "http://example.org/"),
            ]
        }.keepingBrowser(),
        form(
            "omada", path: "/portal/radius/browserauth", ("username", "password", "originUrl"),
            rejected: [("errorMsg", "Authentication failed")], logout: nil
        ) { visit in
            [
                ("clientMac", visit.station), ("clientIp", visit.device.address), ("raidusServerIp", "127.0.0.1"),
                ("apMac", "02-AA-00-00-00-01"), ("ssidName", "guests"), ("radioId", "1"), ("target", visit.host), ("targetPort", "8843"),
                ("scheme", "https"), ("originUrl", "http://example.org/"),
            ]
        },
        form(
            "fortigate", path: "/fgtauth", ("username", "password", "4Tredir"), rejected: [("autherr", "Firewall authentication failed")],
            logout: "/logout"
        ) { visit in
            [
                ("login", ""), ("post", "http://\(visit.host):1000/fgtauth"), ("magic", "030b0a0c0d"), ("usermac", visit.device.station),
                ("apmac", "02:aa:00:00:00:01"), ("apip", "192.0.2.9"), ("userip", visit.device.address), ("ssid", "guests"),
                ("apname", "ap-1"), ("bssid", "02:aa:00:00:00:02"),
            ]
        },
        form(
            "extreme", path: "/reg.php", ("username", "password", "url"), rejected: [("autherr", "1")], logout: nil
        ) { visit in
            [
                ("autherr", "0"), ("Submit-url", "http://\(visit.host)/reg.php"), ("ssid", "guests"), ("client-mac", visit.device.station),
                ("NAS-ID", "lobby"), ("RADIUS-NAS-IP", "192.0.2.9"), ("url", "http://example.org/"),
            ]
        },
        form(
            "wispr", path: "/wispr", ("UserName", "Password", "OriginatingServer"), rejected: [("ReplyMessage", "Access denied")],
            logout: "/logoff"
        ) { visit in
            [
                ("loginurl", "https://\(visit.host)/wispr"), ("logoffurl", "https://\(visit.host)/logoff"), ("mac", visit.device.station),
                ("ip", visit.device.address), ("nasid", "lobby"), ("url", "http://example.org/"),
            ]
        },
    ]

    private func keepingBrowser() -> Gateway {
        var copy = self
        copy.keepsBrowser = true
        return copy
    }
}
