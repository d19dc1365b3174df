/// NASes that are set up in a web interface: what to enter, in the order of its pages.
extension CaptiveSetup {
    func vendorBlocks(_ dialect: CaptiveDialect) -> [Block] {
        switch dialect {
        case .coovaChilli: coovaChilli()
        case .mikroTik: mikroTik()
        case .pfSense: pfSense()
        case .opnSense: opnSense()
        case .openNDS: openNDS()
        case .ciscoWLC: ciscoWLC()
        case .aruba: aruba()
        default: [Block(title(dialect), .steps, steps(dialect).joined(separator: "\n"))]
        }
    }

    private var radiusLines: [String] {
        [
            "RADIUS authentication: \(radiusAddress), port \(site.authenticationPort), secret \(radiusSecret)",
            "RADIUS accounting: \(radiusAddress), port \(site.accountingPort), secret \(radiusSecret), interim updates every 5 minutes",
        ]
    }

    private func title(_ dialect: CaptiveDialect) -> String {
        switch dialect {
        case .uniFi: "UniFi Network, Hotspot, Landing page"
        case .ciscoCWA: "Attributes of the Access-Accept for unknown devices"
        case .ruckus: "ZoneDirector or Unleashed, Hotspot Services"
        case .smartZone: "SmartZone, Hotspot (WISPr) portal"
        case .meraki, .merakiClickThrough: "Meraki dashboard, Wireless, Access control and Splash page"
        case .cambium: "cnMaestro, WLAN, Guest Access"
        case .omada, .omadaAPI: "Omada controller, Authentication, Portal"
        case .fortiGate: "FortiGate"
        case .extreme: "ExtremeCloud IQ, Captive Web Portal"
        case .mist: "Mist, WLAN, Guest Portal"
        case .nomadix: "Nomadix, AAA and External Web Server"
        case .huawei: "Huawei or H3C access controller"
        default: "Settings of the gateway"
        }
    }

    private func steps(_ dialect: CaptiveDialect) -> [String] {
        switch dialect {
        case .uniFi:
            [
                "Authentication: External Portal Server, address \(site.portal.host)",
                "Secure portal and HTTPS redirection: off unless the portal has a certificate",
                "Control Plane, Integrations: create an API key and enter it here as the controller's key, with the controller's address",
                "Pre-authorization access: \(site.portal.host)",
            ]
        case .ciscoCWA:
            [
                "Cisco-AVPair += \"url-redirect=\(portal)?sessionId=SESSION&action=cwa&mac=MAC\"",
                "Cisco-AVPair += \"url-redirect-acl=REDIRECT\"",
                "Cisco-AVPair of the Access-Request has the session as audit-session-id; the NAS must take CoA at port 1700 or 3799",
            ]
        case .ruckus:
            ["Login page: redirect unauthenticated user to \(portal)", "Authentication server:"] + radiusLines
                + ["Walled garden: \(site.portal.host)"]
        case .smartZone:
            ["Logon URL: external, \(portal)", "Redirected MAC format: AA:BB:CC:DD:EE:FF"] + radiusLines
                + [
                    "Northbound interface: set a password and enter it here as the controller's password; the controller's address is "
                        + "https://CONTROLLER:9443"
                ]
        case .meraki:
            ["Splash page: Sign-on with my RADIUS server", "Custom splash URL: \(portal)"] + radiusLines
                + ["The RADIUS client is Meraki's cloud: add all its addresses (Help, Firewall info) as NAS", "Walled garden: on"]
        case .merakiClickThrough: ["Splash page: Click-through", "Custom splash URL: \(portal)", "Walled garden: on"]
        case .cambium:
            ["Portal mode: External Hotspot", "Access policy: RADIUS", "External page URL: \(portal)"] + radiusLines
                + ["Whitelist: \(site.portal.host)"]
        case .omada:
            ["Authentication type: RADIUS Server", "Portal customization: External Web Portal, \(portal)"] + radiusLines
                + ["Authentication mode: PAP", "Pre-authentication access: \(site.portal.host)"]
        case .omadaAPI:
            [
                "Authentication type: External Portal Server, \(portal)",
                "Hotspot manager, Operators: create one and enter it here with the controller's address and id",
                "Pre-authentication access: \(site.portal.host)",
            ]
        case .fortiGate:
            [
                "config user radius", "    edit \"radian\"", "        set server \(quoted(radiusAddress))",
                "        set secret \(quoted(radiusSecret))", "        set radius-port \(site.authenticationPort)", "    next", "end",
                "config wireless-controller vap", "    edit \(quoted(ssid))", "        set security captive-portal",
                "        set portal-type external-auth",
                "        set external-web \(quoted(portal))", "        set selected-usergroups \"guests\"", "    next", "end",
            ]
        case .extreme:
            ["User Auth on Captive Web Portal: redirect to external URL \(portal)", "Password encryption: none (PAP)"] + radiusLines
        case .mist:
            [
                "Guest Portal: Forward to external portal, \(portal)",
                "Copy the API secret of the WLAN and enter it here as the secret of the portal", "Allowed hostnames: \(site.portal.host)",
            ]
        case .nomadix:
            ["External Web Server: on, URL \(portal)", "Portal page: parameter passing on"] + radiusLines
                + ["Pass-through addresses: \(site.portal.host)"]
        case .huawei:
            [
                "URL template: \(portal) with the parameters ac-ip, uaddress, umac, apmac, ssid and redirect-url",
                "Portal server: this server's address, port 50100, key \(portalSecret); the controller listens on port 2000",
            ] + radiusLines
        default: ["Login page: \(portal)", "The redirect must have the parameter loginurl"] + radiusLines
        }
    }
}
