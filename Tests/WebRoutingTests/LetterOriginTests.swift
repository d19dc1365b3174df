import HTTPTypes
import Testing
import WebTestSupport

@testable import WebRouting

@Suite("Where links in letters lead") struct LetterOriginTests {
    private static let route = Route(.get, "/link/", "") { .json(["link": .string(try $0.linkOrigin())]) }
    private static let staff = Route(.get, "/staff/", "", access: .user) { .json(["link": .string(try $0.linkOrigin())]) }

    private func client(_ settings: WebSettings = WebSettings(), host: String) -> TestClient {
        var client = TestClient(
            [Self.route, Self.staff],
            authenticator: FixedAuthenticator([
                "staff": Principal(id: "s", username: "staff", method: .apiToken, isStaff: true),
                "guest": Principal(id: "g", username: "guest", method: .apiToken),
            ]), settings: settings)
        client.authority = host
        return client
    }

    @Test("The address of the settings counts, whatever the request says")
    func configured() async {
        let answer = await client(WebSettings(publicOrigin: "https://radius.example"), host: "evil.example").get("/link/")
        #expect(answer.json == ["link": "https://radius.example"])
    }

    @Test(
        "Without one a stranger's host is refused",
        arguments: ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2"])
    func strange(host: String) async {
        let answer = await client(host: host).get("/link/")
        #expect(answer.status == 503)
        #expect(answer.keys == ["detail"])
        #expect(answer.text.contains("http.public_url"))
    }

    @Test("Without one the names of this machine do", arguments: ["localhost", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"])
    func own(host: String) async {
        let answer = await client(host: host).get("/link/")
        #expect(answer.json == ["link": .string("http://\(host)")])
    }

    @Test(
        "What looks like a port must be one",
        arguments: ["http://localhost:evil.example", "http://[::1]evil.example", "http://localhost:", "localhost"])
    func odd(origin: String) { #expect(WebSettings().letterOrigin(origin) == nil) }

    @Test("An address of one's own is one of the settings")
    func listening() {
        var settings = WebSettings()
        settings.ownHosts.insert("192.0.2.7")
        #expect(settings.letterOrigin("http://192.0.2.7:8080") == "http://192.0.2.7:8080")
        #expect(settings.letterOrigin("http://192.0.2.8:8080") == nil)
    }

    @Test("Staff knows where it is; others who are logged in do not decide either")
    func callers() async {
        let client = client(host: "10.0.0.5:8080")
        #expect(await client.bearing("staff").get("/staff/").json == ["link": "http://10.0.0.5:8080"])
        #expect(await client.bearing("guest").get("/staff/").status == 503)
    }
}
