@testable import CaptiveDialects
internal import COpenSSL
import Digests
import Testing

@Suite struct CoovaChilliTests {
    static let redirect =
        "res=notyet&uamip=10.1.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff&called=02-AA-BB-CC-DD-EE"
        + "&mac=aa-bb-cc-00-11-22&ip=10.1.0.9&nasid=lobby&sessionid=65a1b2c300000001&userurl=http%3a%2f%2fneverssl.com%2fa%3fb%3dc"

    @Test func redirectIn() throws {
        let request = try Golden.read(Self.redirect)
        #expect(request.dialect == .coovaChilli)
        #expect(request.phase == .login)
        #expect(request.problem == nil)
        #expect(request.clientMAC?.description == "AA-BB-CC-00-11-22")
        #expect(request.clientMACText == "aa-bb-cc-00-11-22")
        #expect(request.accessPointMAC?.description == "02-AA-BB-CC-DD-EE")
        #expect(request.clientAddress == "10.1.0.9")
        #expect(request.nasAddress == "10.1.0.1")
        #expect(request.nasIdentifier == "lobby")
        #expect(request.sessionID == "65a1b2c300000001")
        #expect(request.originalURL?.description == "http://neverssl.com/a?b=c")
    }

    static let userurl = "&userurl=https%3A%2F%2Fportal.example.org%2Flogin%2Facme%2Fonline%2F"

    @Test(
        "passwords on the way to the gateway",
        arguments: [
            (CaptiveSettings.PasswordEncoding.pap, "", "password=6b26735e762d320d8899aabbccddeeff"),
            (.pap, "greatsecret", "password=d179c0a39678236b357e06a9ff5c16cf"),
            (.chap, "", "response=8246cbbe4bf5662d130f1d8d1a8e3c57"),
            (.chap, "greatsecret", "response=5e4a0096e2f87055fa4719609d7d31f7"),
        ])
    func loginOut(encoding: CaptiveSettings.PasswordEncoding, secret: String, field: String) throws {
        let settings = CaptiveSettings(secret: secret, encoding: encoding)
        #expect(
            try Golden.answer(Self.redirect, settings: settings)
                == "GO http://10.1.0.1:3990/logon?username=alice&\(field)\(Self.userurl)")
    }

    @Test func aGatewayWithoutChallengeTakesThePasswordAsItIs() throws {
        #expect(
            try Golden.answer("res=notyet&uamip=10.1.0.1&uamport=3990", settings: CaptiveSettings(secret: "greatsecret", encoding: .chap))
                == "GO http://10.1.0.1:3990/logon?username=alice&password=k7Qm2xTz\(Self.userurl)")
    }

    @Test func passwordsOfSeveralBlocks() {
        #expect(
            PortalPassword.coovaPAP("0123456789abcdef0123", challenge: Array(0..<16).map { $0 * 0x11 }, secret: "greatsecret")
                == "8a7fa3fd903541260d4767cb9c3873a98a7fa3fda4007711357e06a9ff5c16cf")
    }

    @Test(
        "as the gateway undoes it", arguments: ["", "s", "greatsecret"],
        ["x", "k7Qm2xTz", "0123456789abcdef", "p\u{e4}ssw\u{f6}rter-lang-und-l\u{e4}nger"])
    func undone(secret: String, password: String) throws {
        let challenge: [UInt8] = (0..<16).map { 200 &+ $0 &* 7 }
        // OpenSSL's MD5 and not ours.
        func md5(_ octets: [UInt8]) -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: 16)
            _ = COpenSSL.MD5(octets, octets.count, &digest)
            return digest
        }
        let mask = secret.isEmpty ? challenge : md5(challenge + Array(secret.utf8))
        let pap = try #require(
            Hexadecimal.decode(PortalPassword.coovaPAP(password, challenge: challenge, secret: secret).utf8))
        #expect(pap.count.isMultiple(of: 16))
        let clear = pap.enumerated().map { $0.element ^ mask[$0.offset % 16] }
        #expect(String(decoding: clear.prefix { $0 != 0 }, as: UTF8.self) == password)
        #expect(
            PortalPassword.coovaCHAP(password, challenge: challenge, secret: secret)
                == Hexadecimal.encode(md5([0] + Array(password.utf8) + mask)))
    }

    @Test(
        "what the gateway reports",
        arguments: [
            ("success", CaptiveRequest.Phase.success, CaptiveProblem?.none, String?.none), ("already", .online, nil, nil),
            ("logoff", .loggedOut, nil, nil), ("timeout", .loggedOut, .sessionTimeout, nil),
            (
                "failed&reason=reject&reply=Your+maximum+daily+usage+time+has+been+reached", .failed, .timeUsed,
                "Your maximum daily usage time has been reached"
            ),
            ("failed&reason=reject", .failed, .wrongPassword, nil), ("failed&reason=timeout", .failed, .radiusTimeout, nil),
            ("failed&reason=other", .failed, .nasFault, nil), ("failed", .failed, .wrongPassword, nil),
            ("failed&reply=%3Cscript%3E%0d%0a", .failed, .refused, "<script>"),
        ])
    func phases(result: String, phase: CaptiveRequest.Phase, problem: CaptiveProblem?, message: String?) throws {
        let request = try Golden.read("uamip=10.1.0.1&uamport=3990&res=\(result)")
        #expect(request.phase == phase)
        #expect(request.problem == problem)
        #expect(request.message == message)
        let travelled = try Golden.travelled(request)
        #expect(travelled == request)
    }

    @Test func signature() {
        let url =
            "https://portal.example.org/login/acme/?res=notyet&uamip=10.1.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff"
            + "&mac=AA-BB-CC-00-11-22"
        let md = "609920A3DA63410FC8529CE77F613759"
        #expect(CoovaChilli.isSigned("\(url)&md=\(md)", secret: "greatsecret"))
        #expect(CoovaChilli.isSigned("\(url)&md=\(md.lowercased())&lang=de", secret: "greatsecret"))
        #expect(!CoovaChilli.isSigned("\(url)&md=\(md)", secret: "greatsecret2"))
        #expect(!CoovaChilli.isSigned("\(url)&md=\(md)", secret: ""))
        #expect(!CoovaChilli.isSigned("\(url)&x=1&md=\(md)", secret: "greatsecret"))
        #expect(!CoovaChilli.isSigned(url, secret: "greatsecret"))
    }

    @Test func logoutAndStatus() throws {
        #expect(try Golden.logout(Self.redirect) == "GO http://10.1.0.1:3990/logoff")
        let request = try Golden.read(Self.redirect)
        #expect(request.status(settings: CaptiveSettings())?.description == "http://10.1.0.1:3990/status")
        #expect(CoovaChilli.json(.status, for: request, settings: CaptiveSettings())?.description == "http://10.1.0.1:3990/json/status")
        #expect(CoovaChilli.prelogin(for: request, settings: CaptiveSettings())?.description == "http://10.1.0.1:3990/prelogin")
    }

    @Test func statusOfTheJSONInterface() throws {
        let text = """
            reply({"version":"1.0","clientState":1,"nasid":"lobby","challenge":"0011aa","redir":{"originalURL":"http://x/"},
            "session":{"sessionId":"65a1","userName":"al\\u0069ce","sessionTimeout":3600,"maxTotalOctets":1000000},
            "accounting":{"sessionTime":12,"inputOctets":5,"inputGigawords":1,"outputOctets":7,"outputGigawords":0}})
            """
        let status = try #require(CoovaStatus(text))
        #expect(status.state == .online)
        #expect(status.challenge == "0011aa")
        #expect(status.username == "alice")
        #expect(status.sessionTimeout == 3600)
        #expect(status.inputOctets == 4_294_967_301)
        #expect(status.outputOctets == 7)
        #expect(CoovaStatus("{}") == nil)
        #expect(CoovaStatus("}{") == nil)
        #expect(CoovaStatus("{\"clientState\":9}") == nil)
    }
}
