@testable import CaptiveDialects
import Testing

/// One redirect and its answers.
struct FormCase: Sendable, CustomTestStringConvertible {
    let dialect: CaptiveDialect
    let query: String
    let mac: String
    var address: String?
    var ssid: String?
    var nas: String?
    let login: String
    var logout: String?
    var hosts: [String] = []

    var testDescription: String { dialect.rawValue }
}

@Suite struct FormDialectTests {
    static let d = Golden.destination
    static let encoded = "https%3A%2F%2Fportal.example.org%2Flogin%2Facme%2Fonline%2F"

    static let cases: [FormCase] = [
        FormCase(
            dialect: .pfSense,
            query:
                "portal_action=http%3A%2F%2F192.168.1.1%3A8002%2Findex.php%3Fzone%3Dguests&zone=guests&redirurl=http%3A%2F%2Fneverssl.com"
                + "&client_mac=aa:bb:cc:00:11:22&client_ip=192.168.1.50",
            mac: "AA-BB-CC-00-11-22", address: "192.168.1.50", nas: "guests",
            login: """
                POST http://192.168.1.1:8002/index.php?zone=guests
                auth_user=alice
                auth_pass=k7Qm2xTz
                zone=guests
                redirurl=\(d)
                accept=Continue
                """,
            logout: """
                POST http://192.168.1.1:8002/index.php?zone=guests
                logout_id=5f3a
                zone=guests
                logout=Logout
                """),
        FormCase(
            dialect: .opnSense, query: "zoneid=0&gateway=http://192.168.1.1:8000&mac=aabbcc001122&ip=192.168.1.51&redirurl=neverssl.com",
            mac: "AA-BB-CC-00-11-22", address: "192.168.1.51", nas: "0",
            login: "POST http://192.168.1.1:8000/api/captiveportal/access/logon/0/\nuser=alice\npassword=k7Qm2xTz",
            logout: "POST http://192.168.1.1:8000/api/captiveportal/access/logoff/0/"),
        FormCase(
            dialect: .opnSense, query: "zoneid=0&gateway=http://192.168.1.1:8000&template=1&mac=aabbcc001122", mac: "AA-BB-CC-00-11-22",
            nas: "0", login: "GO http://192.168.1.1:8000/index.html#user=alice&password=k7Qm2xTz&next=\(encoded)"),
        FormCase(
            dialect: .ciscoWLC,
            query: "switch_url=https://192.0.2.1/login.html&ap_mac=00:11:22:33:44:55&client_mac=aa:bb:cc:00:11:22&wlan=Guest"
                + "&redirect=neverssl.com/",
            mac: "AA-BB-CC-00-11-22", ssid: "Guest",
            login: """
                POST https://192.0.2.1/login.html
                username=alice
                password=k7Qm2xTz
                buttonClicked=4
                redirect_url=\(d)
                err_flag=0
                err_msg=
                info_flag=0
                info_msg=
                """,
            logout: "GO https://192.0.2.1/logout.html"),
        FormCase(
            dialect: .aruba,
            query:
                "cmd=login&mac=aa:bb:cc:00:11:22&ip=172.31.98.10&essid=Guest&apname=ap-1&vcname=hq&switchip=securelogin.arubanetworks.com"
                + "&url=http%3A%2F%2Fneverssl.com%2F",
            mac: "AA-BB-CC-00-11-22", address: "172.31.98.10", ssid: "Guest", nas: "hq",
            login: """
                POST https://securelogin.arubanetworks.com/cgi-bin/login
                user=alice
                password=k7Qm2xTz
                cmd=authenticate
                url=\(d)
                """,
            logout: "GO https://securelogin.arubanetworks.com/cgi-bin/login?cmd=logout"),
        FormCase(
            dialect: .ruckus,
            query:
                "sip=192.168.0.2&mac=001122334455&client_mac=aabbcc001122&uip=192.168.0.77&lid=lobby&dn=&url=http%3A%2F%2Fneverssl.com&ssid=Guest",
            mac: "AA-BB-CC-00-11-22", address: "192.168.0.77", ssid: "Guest", nas: "lobby",
            login: "POST http://192.168.0.2:9997/login\nusername=alice\npassword=k7Qm2xTz\nip=192.168.0.77\nurl=\(d)",
            logout: "GO http://192.168.0.2:9997/logout?ip=192.168.0.77"),
        FormCase(
            dialect: .ruckus, query: "sip=192.168.0.2&client_mac=aabbcc001122&dn=zd.example.net", mac: "AA-BB-CC-00-11-22",
            login: "POST https://zd.example.net:9998/login\nusername=alice\npassword=k7Qm2xTz\nurl=\(d)", hosts: ["ZD.example.net"]),
        FormCase(
            dialect: .smartZone,
            query: "nbiIP=10.9.0.2&sip=scg.lan&wlan=12&wlanName=Guest&zoneName=hq&client_mac=ENC12ab34&uip=ENC99ff&proxy=0&ssid=Guest"
                + "&mac=00:11:22:33:44:55&url=http%3A%2F%2Fneverssl.com&reason=Un-Auth-Captive",
            mac: "", ssid: "Guest", nas: "hq",
            login: """
                POST https://scg.lan:9998/SubscriberPortal/hotspotlogin
                username=alice
                password=k7Qm2xTz
                uip=ENC99ff
                client_mac=ENC12ab34
                proxy=0
                wlan=12
                url=\(d)
                """),
        FormCase(
            dialect: .meraki,
            query:
                "login_url=https%3A%2F%2Fn143.network-auth.com%2Fsplash%2Flogin%3Fmauth%3DMM1SZQlK-x_y%26continue_url%3Dhttp%253A%252F%252Fwww.ask.com%252F"
                + "&continue_url=http%3A%2F%2Fwww.ask.com%2F&ap_mac=88%3A15%3A44%3A60%3A1c%3A1a&ap_name=mr53-ca&ap_tags=a+b"
                + "&client_mac=aa%3Abb%3Acc%3A00%3A11%3A22&client_ip=192.168.0.13",
            mac: "AA-BB-CC-00-11-22", address: "192.168.0.13", nas: "mr53-ca",
            login: """
                POST https://n143.network-auth.com/splash/login?mauth=MM1SZQlK-x_y&continue_url=http%3A%2F%2Fwww.ask.com%2F
                username=alice
                password=k7Qm2xTz
                success_url=\(d)
                """),
        FormCase(
            dialect: .merakiClickThrough,
            query: "base_grant_url=https%3A%2F%2Fn143.network-auth.com%2Fsplash%2Fgrant&user_continue_url=http%3A%2F%2Fneverssl.com"
                + "&node_mac=00:11:22:33:44:55&client_ip=10.0.0.4&client_mac=aa:bb:cc:00:11:22",
            mac: "AA-BB-CC-00-11-22", address: "10.0.0.4",
            login: "GO https://n143.network-auth.com/splash/grant?continue_url=\(encoded)&duration=3600"),
        FormCase(
            dialect: .cambium,
            query:
                "ga_ssid=Guest%20Net&ga_ap_mac=00-11-22-33-44-55&ga_nas_id=ap7&ga_srvr=10.10.10.20&ga_cmac=AA-BB-CC-00-11-22&ga_Qv=e%2BU%3D%26x"
                + "&ga_orig_url=http%3A%2F%2Fneverssl.com",
            mac: "AA-BB-CC-00-11-22", ssid: "Guest Net", nas: "ap7",
            login: """
                POST http://10.10.10.20:880/cgi-bin/hotspot_login.cgi?ga_ssid=Guest%20Net&ga_ap_mac=00-11-22-33-44-55&ga_nas_id=ap7\
                &ga_srvr=10.10.10.20&ga_cmac=AA-BB-CC-00-11-22&ga_Qv=e%2BU%3D%26x
                ga_user=alice
                ga_pass=k7Qm2xTz
                """,
            logout: """
                POST http://10.10.10.20:880/cgi-bin/hotspot_logout.cgi?ga_ssid=Guest%20Net&ga_ap_mac=00-11-22-33-44-55&ga_nas_id=ap7\
                &ga_srvr=10.10.10.20&ga_cmac=AA-BB-CC-00-11-22&ga_Qv=e%2BU%3D%26x
                """),
        FormCase(
            dialect: .omada,
            query: "target=192.168.0.5&targetPort=8843&clientMac=AA-BB-CC-00-11-22&clientIp=192.168.0.101&raidusServerIp=10.0.0.1"
                + "&apMac=00-11-22-33-44-55&gatewayMac=&scheme=https&ssidName=Guest&radioId=1&originUrl=http%3A%2F%2Fneverssl.com",
            mac: "AA-BB-CC-00-11-22", address: "192.168.0.101", ssid: "Guest",
            login: """
                POST https://192.168.0.5:8843/portal/radius/browserauth
                clientMac=AA-BB-CC-00-11-22
                clientIp=192.168.0.101
                apMac=00-11-22-33-44-55
                ssidName=Guest
                radioId=1
                authType=2
                originUrl=\(d)
                username=alice
                password=k7Qm2xTz
                """),
        FormCase(
            dialect: .omada,
            query: "target=192.168.0.5&targetPort=8088&clientMac=AA-BB-CC-00-11-22&ap=00-11-22-33-44-55&ssid=Guest&radioId=0",
            mac: "AA-BB-CC-00-11-22", ssid: "Guest",
            login: """
                POST http://192.168.0.5:8088/portal/radius/browserauth
                clientMac=AA-BB-CC-00-11-22
                apMac=00-11-22-33-44-55
                ssidName=Guest
                radioId=0
                authType=2
                originUrl=\(d)
                username=alice
                password=k7Qm2xTz
                """),
        FormCase(
            dialect: .fortiGate,
            query:
                "login&post=http://10.20.0.1:1000/fgtauth&magic=030a0b9c8d7e&usermac=aa:bb:cc:00:11:22&apmac=00:11:22:33:44:55&apip=10.20.0.2"
                + "&userip=10.20.0.50&ssid=Guest&apname=FP231&bssid=00:11:22:33:44:56",
            mac: "AA-BB-CC-00-11-22", address: "10.20.0.50", ssid: "Guest", nas: "FP231",
            login: "POST http://10.20.0.1:1000/fgtauth\nmagic=030a0b9c8d7e\nusername=alice\npassword=k7Qm2xTz\n4Tredir=\(d)",
            logout: "GO http://10.20.0.1:1000/logout"),
        FormCase(
            dialect: .extreme,
            query: "url=http%3A%2F%2Fneverssl.com&Submit-url=http%3A%2F%2F1.1.1.1%2Freg.php&ssid=Guest&client-mac=aabbcc001122&NAS-ID=ap-3",
            mac: "AA-BB-CC-00-11-22", ssid: "Guest", nas: "ap-3",
            login: "POST http://1.1.1.1/reg.php\nautherr=0\nusername=alice\npassword=k7Qm2xTz\nurl=\(d)"),
        FormCase(
            dialect: .nomadix, query: "UI=0a1b2c&NI=0050e8&UIP=10.0.0.1&MA=AABBCC001122&RN=101&OS=http://neverssl.com/&SC=1",
            mac: "AA-BB-CC-00-11-22", nas: "0a1b2c",
            login: "POST http://10.0.0.1:1111/usg/process?OS=\(encoded)\nusername=alice\npassword=k7Qm2xTz"),
        FormCase(
            dialect: .nomadix, query: "UI=0a1b2c&UIP=88.1.2.3&MA=AABBCC001122", mac: "AA-BB-CC-00-11-22", nas: "0a1b2c",
            login: "POST http://1.1.1.1:1111/usg/process?OS=\(encoded)\nusername=alice\npassword=k7Qm2xTz"),
        FormCase(
            dialect: .huawei,
            query:
                "ac-ip=10.3.0.2&uaddress=10.3.9.9&umac=aabb-cc00-1122&ssid=Guest&login-url=http://10.3.0.2:8000/login&redirect-url=http://a.b/",
            mac: "AA-BB-CC-00-11-22", address: "10.3.9.9", ssid: "Guest",
            login: "POST http://10.3.0.2:8000/login\nusername=alice\npassword=k7Qm2xTz\nredirect_url=\(d)"),
        FormCase(
            dialect: .wispr, query: "loginurl=https://gw.lan/wispr&logoffurl=https://gw.lan/off&mac=aabb.cc00.1122&nasid=x",
            mac: "AA-BB-CC-00-11-22", nas: "x",
            login: "POST https://gw.lan/wispr\nUserName=alice\nPassword=k7Qm2xTz\nbutton=Login\nFNAME=0\nOriginatingServer=\(d)",
            logout: "GO https://gw.lan/off"),
        FormCase(
            dialect: .ciscoCWA, query: "sessionId=0A00000100000ABC&portal=x&action=cwa&mac=aa:bb:cc:00:11:22", mac: "AA-BB-CC-00-11-22",
            login: """
                COA AA-BB-CC-00-11-22
                Cisco-AVPair = "subscriber:command=reauthenticate"
                Cisco-AVPair = "subscriber:reauthenticate-type=last"
                SESSION 0A00000100000ABC
                """,
            logout: """
                COA AA-BB-CC-00-11-22
                Cisco-AVPair = "subscriber:command=reauthenticate"
                Cisco-AVPair = "subscriber:reauthenticate-type=last"
                SESSION 0A00000100000ABC
                """),
    ]

    @Test("redirect in", arguments: cases)
    func redirectIn(_ example: FormCase) throws {
        let request = try Golden.read(example.query)
        #expect(request.dialect == example.dialect)
        #expect(request.phase == .login)
        #expect(request.clientMAC?.description ?? "" == example.mac)
        #expect(request.clientAddress == example.address)
        #expect(request.ssid == example.ssid)
        #expect(request.nasIdentifier == example.nas)
    }

    @Test("login out", arguments: cases)
    func loginOut(_ example: FormCase) throws {
        let login = Golden.login(limits: CaptiveLimits(seconds: 3600))
        #expect(try Golden.answer(example.query, settings: CaptiveSettings(hosts: example.hosts), login: login) == example.login)
    }

    @Test("logout out", arguments: cases.filter { $0.logout != nil })
    func logoutOut(_ example: FormCase) throws {
        #expect(try Golden.logout(example.query, sessionID: "5f3a", settings: CaptiveSettings(hosts: example.hosts)) == example.logout)
    }

    @Test(
        "without a destination of ours the browser goes where it wanted",
        arguments: [("redirect=neverssl.com/", "http://neverssl.com/"), ("redirect=javascript:alert(1)", ""), ("", "")])
    func originalDestination(field: String, url: String) throws {
        let answer = try Golden.answer("switch_url=https://192.0.2.1/login.html&\(field)", login: Golden.login(destination: nil))
        #expect(answer.contains("\nredirect_url=\(url)\n"))
    }

    @Test(
        "codes of Cisco",
        arguments: [
            ("1", CaptiveProblem.alreadyOnline), ("2", .nasFault), ("3", .sessionLimit), ("4", .blocked), ("5", .wrongPassword),
            ("9", .refused),
        ])
    func ciscoCodes(code: String, problem: CaptiveProblem) throws {
        let request = try Golden.read("switch_url=https://192.0.2.1/login.html&statusCode=\(code)")
        #expect(request.problem == problem)
        #expect(request.phase == (code == "1" ? .online : .failed))
    }

    @Test(
        "failures by text",
        arguments: [
            ("cmd=login&mac=aa:bb:cc:00:11:22&errmsg=Authentication+failed", CaptiveProblem.wrongPassword),
            ("login_url=https://n1.network-auth.com/x?mauth=1&mauth=1&error_message=Your+login+attempt+was+rejected", .wrongPassword),
            ("sip=192.168.0.2&client_mac=aabbcc001122&reason=RADIUS+server+timeout", .radiusTimeout),
            ("portal_action=http://10.0.0.1:8002/&portal_message=Maximum+sessions+reached", .sessionLimit),
            ("post=http://10.0.0.1:1000/fgtauth&magic=1&error=Invalid+credentials", .wrongPassword),
            ("ga_srvr=10.1.1.1&ga_cmac=aabbcc001122&ga_error_code=login+failed", .wrongPassword),
        ])
    func failures(query: String, problem: CaptiveProblem) throws {
        let request = try Golden.read(query)
        #expect(request.phase == .failed)
        #expect(request.problem == problem)
    }

    @Test func arubaByTheServer() throws {
        var settings = CaptiveSettings()
        settings.channel = .server
        settings.role = "guest"
        let query = "cmd=login&mac=aa:bb:cc:00:11:22&essid=Guest"
        #expect(try Golden.answer(query, settings: settings) == "COA AA-BB-CC-00-11-22\nAruba-User-Role = \"guest\"")
        #expect(try Golden.logout(query, settings: settings) == "DISCONNECT AA-BB-CC-00-11-22")
        settings.role = "x\" , User-Name = \"root"
        #expect(throws: CaptiveProblem.malformed) { try Golden.answer(query, settings: settings) }
    }

    @Test func pfSenseNeedsTheSessionToEndIt() throws {
        #expect(throws: CaptiveProblem.unsupported) { try Golden.logout("portal_action=http://10.0.0.1:8002/") }
        #expect(throws: CaptiveProblem.unsupported) { try Golden.logout("portal_action=http://10.0.0.1:8002/", sessionID: "a b\"") }
    }

    @Test func merakiAfterSuccess() throws {
        let request = try Golden.read("logout_url=https://n1.network-auth.com/splash/logout?key=1&client_mac=aabbcc001122")
        #expect(request.phase == .success)
        #expect(Golden.text(try request.logout(settings: CaptiveSettings())) == "GO https://n1.network-auth.com/splash/logout?key=1")
        #expect(throws: CaptiveProblem.malformed) { try request.login(Golden.login(), settings: CaptiveSettings()) }
    }

    @Test func smartZoneReasons() throws {
        let base = "nbiIP=10.9.0.2&client_mac=ENC1&uip=ENC2&reason="
        #expect(try Golden.read(base + "idle_timeout").problem == .idleTimeout)
        #expect(try Golden.read(base + "session_timeout").problem == .sessionTimeout)
        #expect(try Golden.read(base + "logout").phase == .loggedOut)
    }
}
