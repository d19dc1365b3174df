import TestSupport
import Testing

/// EAP of other networks' users: it passes through us to their home server, keys included.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct ProxyingEAPTests {
    private static let user = ["identity=\"alice@home.org\"", "anonymous_identity=\"anonymous@home.org\"", "password=\"wonder land\""]

    /// One login and one with a wrong password, of each method, through a proxy.
    private func check(_ port: Int, _ authority: [String], _ log: () -> String) throws {
        for (method, phase2) in [("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=PAP")] {
            let network = EAPOLTest.tunnel(method, Self.user + ["phase2=\"\(phase2)\"", "fragment_size=600"] + authority)
            // eapol_test itself compares the MPPE keys that it gets with those it derived.
            let result = try EAPOLTest.run(network, port: port)
            #expect(result.succeeded && result.keysMatch, "\(method): \(result.summary)\n\(log())")
            let refused = try EAPOLTest.run(network.map { $0.hasPrefix("password=") ? "password=\"wonderland\"" : $0 }, port: port)
            #expect(!refused.succeeded, "\(method) took a wrong password")
        }
    }

    private func proxy(_ site: Site, to port: Int, _ transport: String) throws -> ServerUnderTest {
        let home = ProxyFixture.home(
            "home", transport, port: port, ["type": "auth", "status_check": "none", "response_window": "5"])
        return try ServerUnderTest.start(
            site.database.url, try LinkCertificates.shared.get().settings,
            configuration: ProxyFixture.configuration([("home", home)], realm: ["acct_pool": "\"\"", "accounting": "local"]))
    }

    @Test("to another Radian", arguments: ["udp", "tcp", "tls"])
    func radian(_ transport: String) throws {
        try Site.with(.sqlite) { site in
            try Site.with(.sqlite) { homeSite in
                try homeSite.addUser("alice@home.org", check: ["Cleartext-Password := wonder land"])
                let certificates = try Certificates.shared.get()
                let port = try Surroundings.freePorts(1)[0]
                var settings = try certificates.settings.merging(LinkCertificates.shared.get().settings) { $1 }
                if transport == "tcp" { settings["RADIAN_LINKS_TCP_AUTH_PORT"] = "\(port)" }
                if transport == "tls" { settings["RADIAN_LINKS_TLS_PORT"] = "\(port)" }
                let nas = "nas:\n" + ProxyFixture.record(["name": "visited", "transports": "tls", "certificate": "dns:radian.example.net"])
                let home = try ServerUnderTest.start(homeSite.database.url, settings, configuration: nas)
                let visited = try proxy(site, to: transport == "udp" ? home.authPort : port, transport)
                try check(visited.authPort, certificates.authority) { home.log }
                // Between two Radians TLS carries RADIUS/1.1.
                if transport == "tls" { #expect(visited.log.contains("connection open") && visited.log.contains("version=1.1")) }
                #expect(try visited.stop() == .code(0))
                #expect(try home.stop() == .code(0))
            }
        }
    }

    @Test("to hostapd", .enabled(if: HostapdServer.isInstalled, "hostapd is not installed"))
    func hostapd() throws {
        try Site.with(.sqlite) { site in
            let certificates = try Certificates.shared.get()
            let home = try HostapdServer(
                certificates,
                users: ["* PEAP,TTLS", "\"alice@home.org\" MSCHAPV2,TTLS-PAP \"wonder land\" [2]"], fragmentSize: 700)
            let visited = try proxy(site, to: home.port, "udp")
            try check(visited.authPort, certificates.authority) { visited.log }
            try home.stop()
            #expect(try visited.stop() == .code(0))
        }
    }
}
