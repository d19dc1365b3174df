@testable import CaptiveDialects
import Testing

@Suite struct CallTests {
    static let uniFi = "ap=00:11:22:33:44:55&id=AA:BB:CC:00:11:22&t=1768587874&url=http%3A%2F%2Fneverssl.com&ssid=Guest&site=hq"
    static let limits = CaptiveLimits(seconds: 3590, upKilobits: 1000, downKilobits: 4000, totalOctets: 50_000_000)

    static func controller(_ base: String) throws -> CaptiveController {
        var controller = CaptiveController(base: try #require(CaptiveURL(base)))
        controller.username = "portal"
        controller.password = "p\"w"
        return controller
    }

    static func calls(_ query: String, _ controller: CaptiveController) throws -> CaptiveCalls {
        let settings = CaptiveSettings(controller: controller)
        let request = try Golden.travelled(try Golden.read(query, settings: settings))
        guard case .call(let calls) = try request.login(Golden.login(limits: limits), settings: settings) else {
            throw CaptiveProblem.unsupported
        }
        return calls
    }

    static func next(_ calls: inout CaptiveCalls, _ status: Int, _ body: String, _ headers: [CaptiveField] = []) throws -> HTTPCall {
        let step = calls.receive(HTTPReply(status: status, headers: headers, body: Array(body.utf8)))
        guard case .call(let call) = step else {
            Issue.record("\(step)")
            throw CaptiveProblem.unsupported
        }
        return call
    }

    static func end(_ calls: inout CaptiveCalls, _ status: Int, _ body: String) -> CaptiveCalls.Step {
        calls.receive(HTTPReply(status: status, body: Array(body.utf8)))
    }

    @Test func uniFiSelfHosted() throws {
        var calls = try Self.calls(Self.uniFi, try Self.controller("https://10.0.0.2:8443"))
        let signIn = calls.start()
        #expect(signIn.method == "POST")
        #expect(signIn.url.description == "https://10.0.0.2:8443/api/login")
        #expect(signIn.body == #"{"username":"portal","password":"p\"w"}"#)
        let command = try Self.next(
            &calls, 200, #"{"meta":{"rc":"ok"},"data":[]}"#,
            [CaptiveField("Set-Cookie", "unifises=abc; Path=/; Secure; HttpOnly"), CaptiveField("set-cookie", "csrf_token=tok; Path=/")])
        #expect(command.url.description == "https://10.0.0.2:8443/api/s/hq/cmd/stamgr")
        #expect(command.headers.contains(CaptiveField("Cookie", "unifises=abc; csrf_token=tok")))
        #expect(command.headers.contains(CaptiveField("X-CSRF-Token", "tok")))
        #expect(
            command.body
                == #"{"cmd":"authorize-guest","mac":"aa:bb:cc:00:11:22","minutes":60,"up":1000,"down":4000,"bytes":48,"ap_mac":"00:11:22:33:44:55"}"#
        )
        let signOut = try Self.next(&calls, 200, #"{"meta":{"rc":"ok"},"data":[{"mac":"aa:bb:cc:00:11:22"}]}"#)
        #expect(signOut.url.path == "/api/logout")
        #expect(Self.end(&calls, 500, "") == .done)
    }

    @Test func uniFiAppliance() throws {
        var controller = try Self.controller("https://10.0.0.1")
        controller.interface = .appliance
        var calls = try Self.calls(Self.uniFi, controller)
        #expect(calls.start().url.description == "https://10.0.0.1/api/auth/login")
        let command = try Self.next(
            &calls, 200, "{}", [CaptiveField("Set-Cookie", "TOKEN=j.w.t; path=/"), CaptiveField("X-CSRF-Token", "c1")])
        #expect(command.url.description == "https://10.0.0.1/proxy/network/api/s/hq/cmd/stamgr")
        #expect(command.headers.contains(CaptiveField("X-CSRF-Token", "c1")))
        let step = calls.receive(HTTPReply(status: 200, body: Array(#"{"meta":{"rc":"error","msg":"api.err.Invalid"}}"#.utf8)))
        #expect(step == .failed(.controllerFault))
    }

    @Test func uniFiWithAKey() throws {
        var controller = try Self.controller("https://10.0.0.1")
        controller.key = "k3y"
        var calls = try Self.calls(Self.uniFi, controller)
        let sites = calls.start()
        #expect(sites.method == "GET")
        #expect(sites.url.description == "https://10.0.0.1/proxy/network/integration/v1/sites?limit=200")
        #expect(sites.headers.contains(CaptiveField("X-API-KEY", "k3y")))
        let search = try Self.next(
            &calls, 200,
            #"{"data":[{"id":"0f-1","internalReference":"default","name":"Home"},{"id":"0f-2","internalReference":"hq","name":"HQ"}]}"#)
        #expect(
            search.url.description == "https://10.0.0.1/proxy/network/integration/v1/sites/0f-2/clients"
                + "?filter=macAddress.eq%28%27aa%3Abb%3Acc%3A00%3A11%3A22%27%29&limit=1")
        let act = try Self.next(&calls, 200, #"{"count":1,"data":[{"id":"c-9","macAddress":"AA:BB:CC:00:11:22"}]}"#)
        #expect(act.url.path == "/proxy/network/integration/v1/sites/0f-2/clients/c-9/actions")
        #expect(
            act.body
                == #"{"action":"AUTHORIZE_GUEST_ACCESS","timeLimitMinutes":60,"dataUsageLimitMBytes":48,"rxRateLimitKbps":4000,"txRateLimitKbps":1000}"#
        )
        #expect(Self.end(&calls, 200, "{}") == .done)
    }

    @Test func uniFiFailures() throws {
        var controller = try Self.controller("https://10.0.0.1")
        var calls = try Self.calls(Self.uniFi, controller)
        _ = calls.start()
        #expect(Self.end(&calls, 400, "") == .failed(.controllerRefused))
        _ = calls.start()
        #expect(Self.end(&calls, 0, "") == .failed(.controllerFault))
        _ = calls.start()
        #expect(Self.end(&calls, 200, "{}") == .failed(.controllerFault))
        controller.key = "k"
        calls = try Self.calls(Self.uniFi, controller)
        _ = calls.start()
        #expect(Self.end(&calls, 200, #"{"data":[{"id":"../x","name":"hq"}]}"#) == .failed(.controllerFault))
        _ = calls.start()
        _ = try Self.next(&calls, 200, #"{"data":[{"id":"a","name":"hq"}]}"#)
        // Another client than the one that was asked for.
        #expect(Self.end(&calls, 200, #"{"data":[{"id":"b","macAddress":"00:00:00:00:00:01"}]}"#) == .failed(.controllerFault))
    }

    @Test func uniFiRevokes() throws {
        let settings = CaptiveSettings(controller: try Self.controller("https://10.0.0.2:8443"))
        guard case .call(var calls) = try Golden.read(Self.uniFi).logout(settings: settings) else { throw CaptiveProblem.unsupported }
        _ = calls.start()
        let command = try Self.next(&calls, 200, "{}", [CaptiveField("Set-Cookie", "unifises=a")])
        #expect(command.body == #"{"cmd":"unauthorize-guest","mac":"aa:bb:cc:00:11:22"}"#)
    }

    @Test func omada() throws {
        var controller = try Self.controller("https://10.0.0.3:8043")
        controller.identifier = "abcdef0123456789"
        let query =
            "clientMac=AA-BB-CC-00-11-22&apMac=00-11-22-33-44-55&ssidName=Guest&radioId=1&site=hq&t=1768587874000000&redirectUrl=http://a.b/"
        #expect(try Golden.read(query).dialect == .omadaAPI)
        var calls = try Self.calls(query, controller)
        let signIn = calls.start()
        #expect(signIn.url.description == "https://10.0.0.3:8043/abcdef0123456789/api/v2/hotspot/login")
        #expect(signIn.body == #"{"name":"portal","password":"p\"w"}"#)
        let auth = try Self.next(
            &calls, 200, #"{"errorCode":0,"msg":"ok","result":{"token":"t0k"}}"#,
            [CaptiveField("Set-Cookie", "TPOMADA_SESSIONID=s1; Path=/")])
        #expect(auth.url.description == "https://10.0.0.3:8043/abcdef0123456789/api/v2/hotspot/extPortal/auth")
        #expect(auth.headers.contains(CaptiveField("Csrf-Token", "t0k")))
        #expect(auth.headers.contains(CaptiveField("Cookie", "TPOMADA_SESSIONID=s1")))
        #expect(
            auth.body
                == #"{"clientMac":"AA-BB-CC-00-11-22","apMac":"00-11-22-33-44-55","ssidName":"Guest","radioId":"1","site":"hq","time":3590000,"#
                + #""authType":4,"totalTrafficLimitBytes":50000000,"downloadRateLimitKbps":4000,"uploadRateLimitKbps":1000}"#)
        #expect(Self.end(&calls, 200, #"{"errorCode":0}"#) == .done)
        _ = calls.start()
        #expect(Self.end(&calls, 200, #"{"errorCode":-41501}"#) == .failed(.controllerRefused))
    }

    @Test func smartZone() throws {
        let query = "nbiIP=6.6.6.6&sip=10.9.0.2&client_mac=ENC12ab34&uip=ENC99ff&proxy=0&ssid=Guest&wlanName=Guest&zoneName=hq"
        var calls = try Self.calls(query, try Self.controller("https://10.9.0.2:9443"))
        let login = calls.start()
        // The operator's address and not the one of the redirect: the password of the interface goes there.
        #expect(login.url.description == "https://10.9.0.2:9443/portalintf")
        #expect(
            login.body
                == #"{"Vendor":"ruckus","RequestPassword":"p\"w","APIVersion":"1.0","RequestCategory":"UserOnlineControl","RequestType":"Login","#
                + #""UE-IP":"ENC99ff","UE-MAC":"ENC12ab34","UE-Proxy":"0","UE-Username":"alice","UE-Password":"k7Qm2xTz"}"#)
        let status = try Self.next(&calls, 200, #"{"ResponseCode":202,"ReplyMessage":"Authentication pending"}"#)
        #expect(status.body.contains(#""RequestType":"Status""#))
        #expect(status.delayMilliseconds == 500)
        #expect(!status.body.contains("k7Qm2xTz"))
        #expect(Self.end(&calls, 200, #"{"ResponseCode":101}"#) == .done)
    }

    @Test(
        "codes of SmartZone",
        arguments: [
            (#"{"ResponseCode":201}"#, CaptiveCalls.Step.done),
            (#"{"ResponseCode":301,"ReplyMessage":"Login failed"}"#, .failed(.wrongPassword)),
            (#"{"ResponseCode":301,"ReplyMessage":"No more sessions"}"#, .failed(.sessionLimit)),
            (#"{"ResponseCode":306}"#, .failed(.controllerRefused)), (#"{"ResponseCode":401}"#, .failed(.radiusTimeout)),
            (#"{"ResponseCode":400}"#, .failed(.controllerFault)), ("no JSON", .failed(.controllerFault)),
        ])
    func smartZoneCodes(body: String, step: CaptiveCalls.Step) throws {
        var calls = try Self.calls("nbiIP=10.9.0.2&client_mac=ENC1&uip=ENC2", try Self.controller("https://10.9.0.2:9443"))
        _ = calls.start()
        #expect(Self.end(&calls, 200, body) == step)
    }

    @Test func smartZoneIsAskedSoOftenOnly() throws {
        var calls = try Self.calls("nbiIP=10.9.0.2&client_mac=ENC1&uip=ENC2", try Self.controller("https://10.9.0.2:9443"))
        _ = calls.start()
        for _ in 0..<10 { _ = try Self.next(&calls, 200, #"{"ResponseCode":202}"#) }
        #expect(Self.end(&calls, 200, #"{"ResponseCode":202}"#) == .failed(.radiusTimeout))
    }

    @Test("without a controller", arguments: [uniFi, "clientMac=AA-BB-CC-00-11-22&apMac=00-11-22-33-44-55&site=hq"])
    func missing(query: String) throws {
        let request = try Golden.read(query)
        #expect(throws: CaptiveProblem.missingController) { try request.login(Golden.login(), settings: CaptiveSettings()) }
    }

    @Test func secretsAreNotDescribed() throws {
        var controller = try Self.controller("https://10.0.0.1")
        controller.key = "k3y"
        let settings = CaptiveSettings(secret: "uam", controller: controller)
        for text in ["\(settings)", String(reflecting: settings), "\(controller)", String(reflecting: controller)] {
            #expect(!text.contains("uam") && !text.contains("k3y") && !text.contains("p\"w"))
        }
    }
}
