import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// FreeRADIUS behind us as home server, and in front of us as proxy.
@PeerThread
@Suite(.enabled(if: FreeRADIUSHome.isInstalled, "FreeRADIUS is not installed"))
struct ProxyingFreeRADIUSTests {
    private func checkLogins(_ client: Exchange, user: String, says reply: String?) throws {
        for method in AuthenticationMethod.allCases {
            let accepted = try client.authenticate(user: user, password: "hello", method: method)
            #expect(accepted.verdict == .accepted, "\(method)")
            if let reply { #expect(accepted.text("Reply-Message")?.contains(reply) == true, "\(method): \(accepted.attributes)") }
            #expect(accepted.hasMessageAuthenticator)
            let refused = try client.authenticate(user: user, password: "wrong", method: method)
            #expect(refused.code == .accessReject, "\(method)")
        }
    }

    @Test(
        "every method and accounting reach a home server; when it dies the next one answers, until it is back",
        arguments: ["udp", "tcp", "tls"])
    func homeServer(_ transport: String) throws {
        try Site.with(.sqlite) { site in
            let ports = try (FreeRADIUSHome.Ports(), FreeRADIUSHome.Ports())
            let first = try FreeRADIUSHome.start("first", ports.0)
            let second = try FreeRADIUSHome.start("second", ports.1)
            let type = transport == "tcp" ? "auth" : "auth+acct"
            var homes = [
                ("first", ProxyFixture.home("first", transport, port: ports.0.port(transport), ["type": type])),
                ("second", ProxyFixture.home("second", transport, port: ports.1.port(transport), ["type": type])),
            ]
            // FreeRADIUS has one TCP port for each kind of request.
            if transport == "tcp" {
                homes.append(("first-acct", ProxyFixture.home("first-acct", "tcp", port: ports.0.plain + 1, ["type": "acct"])))
                homes.append(("second-acct", ProxyFixture.home("second-acct", "tcp", port: ports.1.plain + 1, ["type": "acct"])))
            }
            let server = try ServerUnderTest.start(
                site.database.url, try LinkCertificates.shared.get().settings, configuration: ProxyFixture.configuration(homes))
            let client = try server.auth(timeout: .seconds(8), attempts: 1)
            try checkLogins(client, user: "bob@home.org", says: "first ")
            let login = try client.authenticate(user: "bob@home.org", password: "hello", method: .pap)
            #expect(login.text("Tunnel-Password")?.contains("tunnel-secret") == true, "hidden anew: \(login.attributes)")

            let acct = try server.acct(timeout: .seconds(8), attempts: 1)
            #expect(try acct.account(.start, attributes: ProxyFixture.start("a1")).code == .accountingResponse)
            #expect(first.text("detail").contains("Acct-Session-Id = \"a1\""))
            #expect(first.text("detail").contains("User-Name = \"bob\""), "the realm is taken off")
            #expect(try site.count("SELECT count(*) FROM radacct WHERE acctsessionid = 'a1'") == 1, "and kept here")

            try first.kill()
            let moved = try client.authenticate(user: "bob@home.org", password: "hello", method: .mschapv2)
            #expect(moved.verdict == .accepted)
            #expect(moved.text("Reply-Message")?.contains("second ") == true)
            #expect(try acct.account(.stop, attributes: ProxyFixture.start("a1")).code == .accountingResponse)
            #expect(second.text("detail").contains("Acct-Session-Id = \"a1\""))
            try eventually("the first is known to be dead") { try server.radian("home-server", "status").contains("dead") }

            try first.restart()
            try eventually("the first answers again", within: 15) {
                try client.authenticate(user: "bob@home.org", password: "hello", method: .pap).text("Reply-Message")?
                    .contains("first ") == true
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("FreeRADIUS passes logins, accounting and its status checks on to us", arguments: [false, true])
    func frontEnd(overTLS: Bool) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice@here.org", check: ["Cleartext-Password := hello"], reply: ["Reply-Message = from us"])
            let tls = try Surroundings.freePorts(1)[0]
            let settings = try LinkCertificates.shared.get().settings.merging(["RADIAN_LINKS_TLS_PORT": "\(tls)"]) { $1 }
            let server = try ServerUnderTest.start(site.database.url, settings, configuration: ProxyFixture.nas)
            let port = try Surroundings.consecutivePorts()
            let proxy = try FreeRADIUSHome.startProxy(port: port, to: server, tls: overTLS ? tls : nil)
            let dictionary = try Surroundings.dictionary.get()
            func client(_ port: Int) -> Exchange {
                Exchange(
                    server: ServerAddress(host: "127.0.0.1", port: UInt16(port)), secret: Site.secret, dictionary: dictionary,
                    timeout: .seconds(5), attempts: 1)
            }
            try proxy.explaining {
                try checkLogins(client(port), user: "alice@here.org", says: "from us")
                let answer = try client(port + 1).account(.start, attributes: ProxyFixture.start("f1", user: "alice@here.org"))
                #expect(answer.code == .accountingResponse)
            }
            #expect(try site.count("SELECT count(*) FROM radacct WHERE acctsessionid = 'f1'") == 1)
            if overTLS {
                let name = #"radian_radius_client_replies_total{role="authentication",client="hotel",result="accept"}"#
                #expect(try server.metric(name) == AuthenticationMethod.allCases.count)
            }
            try proxy.kill()
            #expect(try server.stop() == .code(0))
        }
    }
}
