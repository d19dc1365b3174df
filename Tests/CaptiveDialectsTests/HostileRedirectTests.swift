@testable import CaptiveDialects
import Testing

@Suite struct HostileRedirectTests {
    /// Redirects that would send the password of a login to a stranger.
    @Test(
        "targets of strangers",
        arguments: [
            "uamip=8.8.8.8&uamport=3990", "uamip=evil.example&uamport=80", "link-login-only=http://evil.example/login",
            "portal_action=https://evil.example/", "zoneid=0&gateway=http://8.8.8.8:8000", "switch_url=https://evil.example/login.html",
            "switch_url=https://1.1.1.1.evil.example/", "cmd=login&mac=aa:bb:cc:00:11:22&switchip=evil.example",
            "cmd=login&mac=aa:bb:cc:00:11:22&switchip=securelogin.arubanetworks.com.evil.example", "sip=8.8.8.8&client_mac=aabbcc001122",
            "wlanName=x&zoneName=y&sip=evil.example&client_mac=a&uip=b", "login_url=https://evil.example/?mauth=1&mauth=1",
            "login_url=https://evilnetwork-auth.com/?mauth=1&mauth=1", "base_grant_url=https://evil.example/",
            "ga_srvr=8.8.8.8&ga_cmac=aabbcc001122", "target=8.8.8.8&clientMac=aabbcc001122", "post=http://evil.example/fgtauth&magic=1",
            "Submit-url=http://evil.example/reg.php", "ac-ip=10.0.0.1&uaddress=10.0.0.2&login-url=https://evil.example/",
            "loginurl=https://evil.example/", "clientip=10.0.0.2&tok=1&gatewayname=x&authaction=http://evil.example/a/",
        ])
    func untrusted(query: String) throws {
        let request = try Golden.read(query)
        #expect(throws: CaptiveProblem.untrustedTarget) { try request.login(Golden.login(), settings: CaptiveSettings()) }
        #expect(request.status(settings: CaptiveSettings()) == nil)
    }

    @Test("the operator's word counts", arguments: ["evil.example", "EVIL.example"])
    func trusted(host: String) throws {
        #expect(
            try Golden.answer("switch_url=https://evil.example/login.html", settings: CaptiveSettings(hosts: [host]))
                .hasPrefix("POST https://evil.example/login.html\n"))
        #expect(throws: CaptiveProblem.untrustedTarget) {
            try Golden.answer("switch_url=https://x.evil.example/", settings: CaptiveSettings(hosts: [host]))
        }
    }

    @Test(
        "what holds nothing together",
        arguments: [
            "uamip=a%20b&uamport=3990", "uamip=10.0.0.1&uamport=99999", "uamip=10.0.0.1&uamport=80%2F@evil", "uamip=10.0.0.1&challenge=xyz",
            "switch_url=javascript:alert(1)", "link-login-only=data:text/html,x", "post=http://10.0.0.1/&magic=a%22b",
            "base_grant_url=//evil.example", "loginurl=", "ga_srvr=a/b&ga_cmac=1", "target=a@b&clientMac=1", "sip=a/b&client_mac=1",
            "wlan_id=x&ap_mac=1&client_mac=2", "ap=1&id=2&t=3", "portal_action=x", "zoneid=a/b&gateway=http://10.0.0.1",
            "login_url=https://n1.network-auth.com/" + String(repeating: "x", count: 700) + "&mauth=1", "sessionId=a%0ab&portal=x",
            "target=10.0.0.1&clientMac=a%0d%0ab&clientIp=%0d",
        ])
    func malformed(query: String) {
        do {
            let request = try CaptiveDialect.read(CaptiveQuery(encoded: query))
            guard let request else { return }
            let answer = try request.login(Golden.login(), settings: CaptiveSettings())
            // What is left is harmless.
            #expect(!Golden.text(answer).contains("\r"))
            #expect(request.dialect == .omada)
        } catch {
            #expect(error == .malformed)
        }
    }

    @Test func texts() throws {
        let request = try Golden.read(
            "link-login-only=http://10.0.0.1/login&identity=%3Cb%3E%E2%80%AE%00%0a" + String(repeating: "x", count: 500) + "&error="
                + String(repeating: "%C3%A4", count: 300))
        #expect((request.nasIdentifier?.utf8.count ?? 0) <= 128)
        #expect(request.nasIdentifier?.hasPrefix("<b>x") == true)
        #expect((request.message?.utf8.count ?? 0) <= 200)
    }

    @Test(
        "the type of the NAS decides where fields leave a choice",
        arguments: [
            ("loginurl=http://10.0.0.1/&usermac=aabbcc001122", String?.none, CaptiveDialect?.some(.huawei)),
            ("loginurl=http://10.0.0.1/&usermac=aabbcc001122", "wispr", .wispr),
            ("loginurl=http://10.0.0.1/&usermac=aabbcc001122", "h3c", .huawei),
            ("loginurl=http://10.0.0.1/&usermac=aabbcc001122", "mikrotik", .huawei), ("hello=world", "mikrotik", nil), ("", nil, nil),
            ("clientMac=aabbcc001122&apMac=aabbcc001122&site=x&target=10.0.0.1", nil, .omada),
        ])
    func detection(query: String, type: String?, dialect: CaptiveDialect?) {
        #expect(CaptiveDialect.detect(CaptiveQuery(encoded: query), nasType: type) == dialect)
    }

    @Test func everyDialectIsFound() {
        let found = Set(FormDialectTests.cases.map(\.dialect)).union([.coovaChilli, .mikroTik, .openNDS, .uniFi, .omadaAPI, .mist])
        #expect(found == Set(CaptiveDialect.allCases))
        #expect(Set(CaptiveDialect.bySpecificity) == found)
    }

    // MARK: Signed fields

    private static let key: [UInt8] = Array(0..<32)

    @Test func tokensOfOthers() throws {
        let request = try Golden.read(CoovaChilliTests.redirect)
        let token = try #require(request.token(key: Self.key, time: 1000))
        func read(_ token: String, _ key: [UInt8] = Self.key, _ time: Int64 = 1000) -> CaptiveRequest? {
            CaptiveRequest(token: token, key: key, time: time, maximumAge: 600)
        }
        #expect(read(token) == request)
        #expect(read(token, Self.key, 1600) == request)
        #expect(read(token, Self.key, 1601) == nil)
        #expect(read(token, Self.key, 900) == nil)
        #expect(read(token, Self.key.reversed()) == nil)
        #expect(read("") == nil)
        #expect(read(token + "A") == nil)
        let characters = Array(token)
        for index in characters.indices {
            var changed = characters
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(read(String(changed)) == nil)
        }
    }

    @Test func whatIsShownGivesWay() throws {
        let query = CoovaChilliTests.redirect.replacing("neverssl.com", with: "neverssl.com%2f" + String(repeating: "y", count: 1200))
        let request = try Golden.read(query)
        #expect(request.originalURL != nil)
        let travelled = try Golden.travelled(request)
        #expect(travelled.originalURL == nil)
        #expect(travelled.clientMAC == request.clientMAC)
    }

    // MARK: Chance

    /// Redirects of all dialects, mutilated at random: nothing traps, and what comes out never leaves the hosts that are trusted.
    @Test(arguments: 0..<8)
    func fuzz(seed: UInt64) throws {
        var generator = Xorshift(state: seed &* 0x9e37_79b9_7f4a_7c15 | 1)
        let seeds =
            FormDialectTests.cases.map(\.query) + [
                CoovaChilliTests.redirect, MikroTikTests.redirect + MikroTikTests.chap, OpenNDSTests.plain, OpenNDSTests.sealed,
                MistTests.redirect, CallTests.uniFi,
            ]
        let controller = CaptiveController(base: try #require(CaptiveURL("https://10.0.0.1")))
        let settings = CaptiveSettings(secret: "1234567890", controller: controller)
        for _ in 0..<500 {
            var octets = Array((seeds.randomElement(using: &generator) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...6, using: &generator) where !octets.isEmpty {
                let index = Int.random(in: 0..<octets.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: octets[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: octets.removeSubrange(index..<min(octets.count, index + Int.random(in: 1...9, using: &generator)))
                case 2: octets.insert(contentsOf: Array("%00&=%ff:@/".utf8).shuffled(using: &generator).prefix(3), at: index)
                default: octets += Array("&".utf8) + Array((seeds.randomElement(using: &generator) ?? "").utf8)
                }
            }
            let query = CaptiveQuery(encoded: String(decoding: octets, as: UTF8.self))
            guard let request = try? CaptiveDialect.read(query, settings: settings) else { continue }
            #expect(request.token(key: Self.key, time: 0).map { $0.utf8.count <= 1024 } == true)
            guard let answer = try? request.login(Golden.login(), settings: settings) else { continue }
            let url: CaptiveURL? =
                switch answer {
                case .form(let form): form.action
                case .redirect(let url): url
                default: nil
                }
            if let url {
                let hosts = request.dialect.driver.vendorHosts
                #expect((try? settings.check(url, vendorHosts: hosts)) != nil)
                #expect(!url.description.utf8.contains { $0 <= 0x20 || $0 >= 0x7f || "\"<>\\".utf8.contains($0) })
            }
        }
    }
}

struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
