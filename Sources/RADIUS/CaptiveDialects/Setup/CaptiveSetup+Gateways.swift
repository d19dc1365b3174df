/// Gateways whose configuration is text.
extension CaptiveSetup {
    func coovaChilli() -> [Block] {
        [
            Block(
                "/etc/chilli/config", .shell,
                """
                HS_UAMSERVER=\(shell(site.portal.host))
                HS_UAMFORMAT=\(shell(portal))
                HS_UAMSECRET=\(shell(portalSecret))
                HS_UAMALLOW=\(shell(walledGarden(for: .coovaChilli).joined(separator: ",")))
                HS_NASID=\(shell(nasIdentifier))
                HS_RADIUS=\(shell(radiusAddress))
                HS_RADIUS2=\(shell(radiusAddress))
                HS_RADSECRET=\(shell(radiusSecret))
                HS_RADAUTH=\(site.authenticationPort)
                HS_RADACCT=\(site.accountingPort)
                HS_COAPORT=\(site.changePort)
                """)
        ]
    }

    func mikroTik() -> [Block] {
        let server = routerOS(radiusAddress)
        return [
            Block(
                "RADIUS and walled garden", .routerOS,
                """
                /radius add service=hotspot address=\(server) secret=\(routerOS(radiusSecret)) \
                authentication-port=\(site.authenticationPort) accounting-port=\(site.accountingPort) timeout=3s
                /radius incoming set accept=yes port=\(site.changePort)
                /ip hotspot profile set [find] use-radius=yes radius-accounting=yes radius-interim-update=5m login-by=http-chap,http-pap
                /ip hotspot walled-garden add dst-host=\(routerOS(site.portal.host)) action=allow
                """),
            Block("hotspot/login.html", .html, mikroTikPage()),
        ]
    }

    /// A form and not an address with a query: the router does not encode its variables.
    private func mikroTikPage() -> String {
        let variables = [
            ("link-login-only", "link-login-only"), ("link-logout", "link-logout"), ("link-status", "link-status"),
            ("link-orig", "link-orig"),
            ("mac", "mac"), ("ip", "ip"), ("identity", "identity"), ("server-name", "server-name"), ("server-address", "server-address"),
            ("session-id", "session-id"), ("error", "error"),
        ]
        let inputs = variables.map { "<input type=\"hidden\" name=\"\($0.0)\" value=\"$(\($0.1))\">" }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html><head><meta charset="utf-8"><title>Login</title></head>
            <body onload="document.forms[0].submit()">
            <form action="\(html(portal))" method="post">
            \(inputs)
            $(if chap-id)
            <input type="hidden" name="chap-id" value="$(chap-id)">
            <input type="hidden" name="chap-challenge" value="$(chap-challenge)">
            $(endif)
            <button type="submit">Continue</button>
            </form>
            </body></html>
            """
    }

    func pfSense() -> [Block] {
        [
            Block("Services, Captive Portal, Portal page contents", .html, pfSensePage()),
            Block(
                "Services, Captive Portal, Authentication", .steps,
                """
                Authentication Method: Use an Authentication backend
                Server: \(radiusAddress), ports \(site.authenticationPort) and \(site.accountingPort), PAP, the shared secret
                NAS Identifier: \(nasIdentifier)
                Send RADIUS accounting packets: yes, interim updates
                Reauthenticate connected users every minute: no
                """),
        ]
    }

    private func pfSensePage() -> String {
        """
        <!DOCTYPE html>
        <html><head><meta charset="utf-8"><title>Login</title></head>
        <body onload="document.forms[0].submit()">
        <form action="\(html(portal))" method="post">
        <input type="hidden" name="portal_action" value="$PORTAL_ACTION$">
        <input type="hidden" name="redirurl" value="$PORTAL_REDIRURL$">
        <input type="hidden" name="zone" value="$PORTAL_ZONE$">
        <input type="hidden" name="client_mac" value="$CLIENT_MAC$">
        <input type="hidden" name="client_ip" value="$CLIENT_IP$">
        <input type="hidden" name="portal_message" value="$PORTAL_MESSAGE$">
        <button type="submit">Continue</button>
        </form>
        </body></html>
        """
    }

    func opnSense() -> [Block] {
        [
            Block("index.html of the zone's template", .html, opnSensePage()),
            Block(
                "Services, Captive Portal, Zone", .steps,
                """
                Authenticate using: a RADIUS server at \(radiusAddress), ports \(site.authenticationPort) and \(site.accountingPort)
                Custom template: upload the page as index.html in an archive
                """),
        ]
    }

    /// Sends the browser away with what the portal needs and, when it comes back with a password behind the number sign, logs in.
    private func opnSensePage() -> String {
        """
        <!DOCTYPE html>
        <html><head><meta charset="utf-8"><title>Login</title></head>
        <body><p id="text">One moment …</p>
        <script>
        "use strict";
        const zone = "0"; // the zone's number
        const portal = \(quoted(portal));
        const back = new URLSearchParams(location.hash.slice(1));
        const leave = (fields) => location.replace(portal + (portal.includes("?") ? "&" : "?") + new URLSearchParams(Object.assign(
          { zoneid: zone, gateway: location.origin, template: "1",
            redirurl: new URLSearchParams(location.search).get("redirurl") || "" }, fields)));
        if (back.has("user")) {
          history.replaceState(null, "", location.pathname);
          fetch("/api/captiveportal/access/logon/" + zone + "/", {
            method: "POST", body: new URLSearchParams({ user: back.get("user"), password: back.get("password") })
          }).then((reply) => reply.json()).then((state) => {
            if (state.clientState === "AUTHORIZED") location.replace(back.get("next") || portal);
            else leave({ message: "Login failed" });
          }).catch(() => leave({ message: "No response" }));
        } else {
          leave({});
        }
        </script>
        </body></html>
        """
    }

    func openNDS() -> [Block] {
        let port = site.portal.port ?? (site.portal.scheme == "https" ? 443 : 80)
        return [
            Block(
                "OpenWrt", .shell,
                """
                uci set opennds.@opennds[0].enabled='1'
                uci set opennds.@opennds[0].fas_secure_enabled='\(site.portal.scheme == "https" ? 3 : 2)'
                uci set opennds.@opennds[0].fasremotefqdn=\(shell(site.portal.host))
                uci set opennds.@opennds[0].fasport='\(port)'
                uci set opennds.@opennds[0].faspath=\(shell(site.portal.target))
                uci set opennds.@opennds[0].faskey=\(shell(portalSecret))
                uci set opennds.@opennds[0].gatewayname=\(shell(nasIdentifier))
                uci commit opennds
                /etc/init.d/opennds restart
                """)
        ]
    }

    func ciscoWLC() -> [Block] {
        [
            Block(
                "Catalyst 9800", .config,
                """
                aaa new-model
                radius server RADIAN
                 address ipv4 \(radiusAddress) auth-port \(site.authenticationPort) acct-port \(site.accountingPort)
                 key \(radiusSecret)
                aaa group server radius RADIAN-GROUP
                 server name RADIAN
                aaa authentication login RADIAN-LIST group RADIAN-GROUP
                aaa accounting identity RADIAN-LIST start-stop group RADIAN-GROUP
                aaa server radius dynamic-author
                 client \(radiusAddress) server-key \(radiusSecret)
                parameter-map type webauth RADIAN
                 type webauth
                 redirect for-login \(portal)
                 redirect append ap-mac tag ap_mac
                 redirect append client-mac tag client_mac
                 redirect append wlan-ssid tag wlan
                 redirect portal ipv4 PORTAL-ADDRESS
                """),
            Block(
                "AireOS", .config,
                """
                config radius auth add 1 \(radiusAddress) \(site.authenticationPort) ascii \(radiusSecret)
                config radius acct add 1 \(radiusAddress) \(site.accountingPort) ascii \(radiusSecret)
                config custom-web webauth-type external
                config custom-web ext-webauth-url \(portal)
                """),
        ]
    }

    func aruba() -> [Block] {
        [
            Block(
                "Aruba Instant", .config,
                """
                wlan auth-server radian
                 ip \(radiusAddress)
                 port \(site.authenticationPort)
                 acctport \(site.accountingPort)
                 key \(radiusSecret)
                 rfc3576
                wlan external-captive-portal radian
                 server \(site.portal.host)
                 port \(site.portal.port ?? (site.portal.scheme == "https" ? 443 : 80))
                 url \(quoted(site.portal.target))
                 auth-text ""
                wlan ssid-profile \(quoted(ssid))
                 captive-portal external profile radian
                 auth-server radian
                 radius-accounting
                """),
            Block(
                "Aruba controller", .config,
                """
                aaa authentication-server radius "radian"
                 host \(quoted(radiusAddress))
                 key \(quoted(radiusSecret))
                aaa rfc-3576-server \(radiusAddress)
                 key \(quoted(radiusSecret))
                aaa authentication captive-portal "radian"
                 login-page \(quoted(portal))
                 switchip-in-redirection-url
                """),
        ]
    }
}
