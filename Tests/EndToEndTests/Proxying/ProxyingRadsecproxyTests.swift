import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// radsecproxy behind us and in front of us.
@PeerThread
@Suite(.enabled(if: Radsecproxy.isInstalled, "radsecproxy is not installed"))
struct ProxyingRadsecproxyTests {
    @Test(
        "logins and accounting pass through radsecproxy to the home server behind it",
        .enabled(if: FreeRADIUSHome.isInstalled, "FreeRADIUS is not installed"), arguments: ["tls", "dtls"])
    func asHomeServer(_ transport: String) throws {
        try Site.with(.sqlite) { site in
            let ports = try FreeRADIUSHome.Ports()
            let home = try FreeRADIUSHome.start("home", ports)
            let port = try Surroundings.freePorts(1)[0]
            func server(_ name: String, _ port: Int) -> String {
                Radsecproxy.block("server", name, ["type udp", "host 127.0.0.1", "port \(port)", "secret \(Site.secretText)"])
            }
            let between = try Radsecproxy.start(
                listen: ["Listen\(transport.uppercased()) 127.0.0.1:\(port)"],
                [
                    Radsecproxy.block(
                        "client", "127.0.0.1",
                        ["type \(transport)", "certificateNameCheck off", "secret \(transport == "tls" ? "radsec" : "radius/dtls")"]),
                    server("home", ports.plain), server("account", ports.plain + 1),
                ])
            let configuration = ProxyFixture.configuration([
                ("between", ProxyFixture.home("between", transport, port: port, ["response_window": "5"]))
            ])
            let visited = try ServerUnderTest.start(
                site.database.url, try LinkCertificates.shared.get().settings, configuration: configuration)
            let client = try visited.auth(timeout: .seconds(8), attempts: 1)
            for method in AuthenticationMethod.allCases {
                let reply = try client.authenticate(user: "bob@home.org", password: "hello", method: method)
                #expect(reply.verdict == .accepted, "\(method): \(between.process.output.text.suffix(2000))")
                #expect(reply.text("Tunnel-Password")?.contains("tunnel-secret") == true)
                #expect(try client.authenticate(user: "bob@home.org", password: "no", method: method).code == .accessReject)
            }
            let answer = try visited.acct(timeout: .seconds(8), attempts: 1).account(.start, attributes: ProxyFixture.start("r1"))
            #expect(answer.code == .accountingResponse)
            #expect(home.text("detail").contains("Acct-Session-Id = \"r1\""))
            #expect(try visited.stop() == .code(0))
        }
    }

    @Test("radsecproxy brings NAS devices to us", arguments: ["tls", "dtls"])
    func asClient(_ transport: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"], reply: ["Tunnel-Password:1 = tunnel-secret"])
            let ports = try Surroundings.freePorts(2)
            let certificates = try LinkCertificates.shared.get()
            let nas =
                "nas:\n" + ProxyFixture.record(["name": "roaming", "transports": transport, "certificate": "dns:radius.home.example"])
            let server = try ServerUnderTest.start(
                site.database.url, certificates.settings.merging(["RADIAN_LINKS_\(transport.uppercased())_PORT": "\(ports[0])"]) { $1 },
                configuration: nas)
            func home(_ name: String) -> String {
                Radsecproxy.block(
                    "server", name,
                    ["type \(transport)", "host 127.0.0.1", "port \(ports[0])", "certificateNameCheck off", "statusserver on"])
            }
            let proxy = try Radsecproxy.start(
                listen: ["ListenUDP 127.0.0.1:\(ports[1])"],
                [Radsecproxy.block("client", "127.0.0.1", ["type udp", "secret \(Site.secretText)"]), home("home"), home("account")])
            var client = Exchange(
                server: ServerAddress(host: "127.0.0.1", port: UInt16(ports[1])), secret: Site.secret,
                dictionary: try Surroundings.dictionary.get(), timeout: .seconds(2), attempts: 4)
            try proxy.explaining {
                for method in AuthenticationMethod.allCases {
                    let reply = try client.authenticate(user: "alice", password: "hello", method: method)
                    #expect(reply.verdict == .accepted, "\(method)")
                    #expect(reply.text("Tunnel-Password")?.contains("tunnel-secret") == true)
                }
                #expect(try client.authenticate(user: "alice", password: "wrong", method: .pap).code == .accessReject)
                // radsecproxy takes one in Accounting-Request for wrong; NAS devices send none.
                client.messageAuthenticator = false
                #expect(try client.account(.start, attributes: ProxyFixture.start("c1", user: "alice")).code == .accountingResponse)
            }
            #expect(try site.count("SELECT count(*) FROM radacct WHERE acctsessionid = 'c1'") == 1)
            #expect(try server.stop() == .code(0))
        }
    }
}
