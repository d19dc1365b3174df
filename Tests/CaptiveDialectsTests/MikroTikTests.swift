@testable import CaptiveDialects
internal import COpenSSL
import Digests
import Testing

@Suite struct MikroTikTests {
    static let redirect =
        "link-login-only=http%3A%2F%2F10.5.50.1%2Flogin&link-logout=http%3A%2F%2F10.5.50.1%2Flogout&link-status=http%3A%2F%2F10.5.50.1%2Fstatus"
        + "&link-orig=http%3A%2F%2Fneverssl.com%2F&mac=AA%3ABB%3ACC%3A00%3A11%3A22&ip=10.5.50.254&identity=lobby&server-name=hotspot1"
        + "&server-address=10.5.50.1"
    static let chap =
        "&chap-id=%5C361&chap-challenge=%5C012%5C377%5C101%5C134%5C200%5C000%5C001%5C002%5C003%5C004%5C005%5C006%5C007%5C010%5C011%5C012"

    @Test func redirectIn() throws {
        let request = try Golden.read(Self.redirect)
        #expect(request.dialect == .mikroTik)
        #expect(request.clientMAC?.description == "AA-BB-CC-00-11-22")
        #expect(request.clientMACText == "AA:BB:CC:00:11:22")
        #expect(request.clientAddress == "10.5.50.254")
        #expect(request.nasIdentifier == "lobby")
        #expect(request.nasAddress == "10.5.50.1")
        #expect(request.originalURL?.description == "http://neverssl.com/")
        #expect(request.status(settings: CaptiveSettings())?.description == "http://10.5.50.1/status")
    }

    @Test("PAP and CHAP", arguments: [("", "k7Qm2xTz"), (chap, "8d2c0a77dfea457947f685000a8025d1")])
    func loginOut(more: String, password: String) throws {
        #expect(
            try Golden.answer(Self.redirect + more) == """
                POST http://10.5.50.1/login
                username=alice
                password=\(password)
                dst=\(Golden.destination)
                popup=false
                """)
    }

    @Test func chapByOpenSSL() {
        let challenge: [UInt8] = (0..<16).map { 255 - $0 }
        let message = [0x80] + Array("s3cret".utf8) + challenge
        var digest = [UInt8](repeating: 0, count: 16)
        _ = COpenSSL.MD5(message, message.count, &digest)
        #expect(PortalPassword.mikroTikCHAP("s3cret", id: [0x80], challenge: challenge) == Hexadecimal.encode(digest))
    }

    @Test(
        "octal text",
        arguments: [
            ("\\361", [0o361]), ("a\\012b", [97, 10, 98]), ("\\\\", [92]), ("", []), ("\\400", nil), ("\\12", nil), ("\\x41", nil),
            ("\\", nil),
        ] as [(String, [UInt8]?)])
    func octal(text: String, octets: [UInt8]?) {
        #expect(PortalPassword.octalEscaped(text) == octets)
    }

    @Test(
        "errors",
        arguments: [
            ("invalid username or password", CaptiveProblem.wrongPassword), ("no more sessions are allowed for user alice", .sessionLimit),
            ("RADIUS server is not responding", .radiusTimeout), ("user alice has reached uptime limit", .timeUsed),
            ("user alice has reached traffic limit", .volumeUsed),
            ("user alice is not allowed to log in from this MAC-address", .wrongDevice),
            ("already authorizing, retry later", .busy),
            ("hotspot service is shutting down", .nasFault), ("something new", .refused),
        ])
    func errors(text: String, problem: CaptiveProblem) throws {
        let request = try Golden.read(Self.redirect + "&error=" + text.replacing(" ", with: "+"))
        #expect(request.phase == .failed)
        #expect(request.problem == problem)
        #expect(request.message == text)
    }

    @Test func logout() throws {
        #expect(try Golden.logout(Self.redirect) == "GO http://10.5.50.1/logout")
        #expect(try Golden.logout("link-login-only=http://10.5.50.1/login") == "GO http://10.5.50.1/logout")
    }

    @Test("a challenge that cannot be", arguments: ["%5C36", "%5C361%5C361", "%5Cxyz"])
    func malformed(id: String) {
        #expect(throws: CaptiveProblem.malformed) { try Golden.read(Self.redirect + "&chap-id=\(id)&chap-challenge=%5C001") }
    }
}
