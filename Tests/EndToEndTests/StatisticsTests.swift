import Foundation
import TestSupport
import Testing

/// What monitoring made for FreeRADIUS asks by Status-Server.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled))
struct StatisticsTests {
    /// FreeRADIUS's attributes of the reply, without those whose values are times.
    private func ask(_ server: ServerUnderTest, _ kind: String, _ more: [String] = [], host: String = "127.0.0.1") throws -> [String] {
        let reply = try Radclient.send(
            ["Message-Authenticator = 0x00", "FreeRADIUS-Statistics-Type = \(kind)"] + more, to: server.authPort, "status", host: host)
        #expect(reply.code == "Access-Accept", "\(reply.output)")
        return reply.attributes.filter { $0.hasPrefix("FreeRADIUS-") }
    }

    @Test("only listed addresses are told anything but that the server is alive")
    func askers() throws {
        try Site.with(.sqlite) { site in
            try site.addNAS("::1")
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_RADIUS_STATISTICS_FROM": "192.0.2.0/24,::1"])
            #expect(try ask(server, "0x1f").isEmpty)
            let told = try ask(server, "0x1f", host: "::1")
            #expect(told.contains("FreeRADIUS-Total-Access-Requests = 0"))
            #expect(told.contains("FreeRADIUS-Total-Proxy-Accounting-Requests = 0"))
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("listeners, home servers and what was passed on, also in /metrics")
    func proxied() throws {
        try Site.with(.sqlite) { (home: Site) in
            try home.addUser("alice", check: ["Cleartext-Password := hello"])
            let homeServer = try ServerUnderTest.start(home.database.url)
            let nobody = try Surroundings.freePorts(1)[0]
            try Site.with(.sqlite) { site in
                let server = try ServerUnderTest.start(
                    site.database.url, configuration: Self.configuration(homeServer.authPort, nobody))
                for (user, password) in [("alice@example.org", "hello"), ("alice@example.org", "wrong"), ("bob@elsewhere.org", "x")] {
                    _ = try Radclient.send(
                        ["User-Name = \(user)", "User-Password = \(password)"], to: server.authPort, "auth", attempts: 1,
                        timeout: user.hasPrefix("bob") ? 1.5 : 5)
                }
                let totals = try ask(server, "Proxy-Auth-Acct")
                for text in [
                    "Proxy-Access-Requests = 3", "Proxy-Access-Accepts = 1", "Proxy-Access-Rejects = 1", "Proxy-Auth-Responses = 2",
                    "Proxy-Accounting-Requests = 0",
                ] {
                    #expect(totals.contains("FreeRADIUS-Total-\(text)"), "\(text) in \(totals)")
                }
                func address(_ port: Int) -> [String] {
                    ["FreeRADIUS-Stats-Server-IP-Address = 127.0.0.1", "FreeRADIUS-Stats-Server-Port = \(port)"]
                }
                let living = try ask(server, "0x81", address(homeServer.authPort))
                for text in address(homeServer.authPort) + [
                    "FreeRADIUS-Stats-Server-State = Alive", "FreeRADIUS-Total-Proxy-Access-Requests = 2",
                    "FreeRADIUS-Total-Proxy-Access-Accepts = 1", "FreeRADIUS-Server-EMA-Window = 10",
                ] {
                    #expect(living.contains(text), "\(text) in \(living)")
                }
                var gone: [String] = []
                try eventually("the silent one is dead") {
                    gone = try ask(server, "0x81", address(nobody))
                    return gone.contains("FreeRADIUS-Stats-Server-State = Dead")
                }
                #expect(gone.contains { $0.hasPrefix("FreeRADIUS-Stats-Server-Time-Of-Death = ") })
                let own = try ask(server, "0x41", address(server.authPort))
                #expect(own.contains("FreeRADIUS-Total-Access-Requests = 3"), "\(own)")
                #expect(try ask(server, "0x81", address(1)) == ["FreeRADIUS-Stats-Error = \"No such home server\""])

                let living1 = "home_server=\"living\",requests=\"auth\""
                #expect(try server.metric("radian_home_server_requests_total{\(living1)}") == 2)
                #expect(try server.metric("radian_home_server_replies_total{\(living1)}") == 2)
                #expect(try server.metric("radian_home_server_state{\(living1),state=\"alive\"}") == 1)
                #expect(try server.metric("radian_home_server_state{home_server=\"gone\",requests=\"auth\",state=\"dead\"}") == 1)
                #expect(try server.metric("radian_home_server_timeouts_total{home_server=\"gone\",requests=\"auth\"}") == 1)
                try Self.checkFormat(HTTPClient.get("/metrics", port: server.httpPort).body)

                #expect(try server.stop() == .code(0))
            }
            #expect(try homeServer.stop() == .code(0))
        }
    }

    private static func configuration(_ living: Int, _ gone: Int) -> String {
        func server(_ name: String, _ port: Int) -> String {
            """
              - name: \(name)
                host: 127.0.0.1
                type: auth
                port: \(port)
                secret: \(Site.secretText)
                prevent_loops: no
                response_window: 0.2
                zombie_period: 1
                retransmissions: 0
                revive_interval: 60
            """
        }
        return """
            proxy:
              maximum_time: 1
            realms:
              - name: example.org
                auth_pool: living
                accounting: local
              - name: elsewhere.org
                auth_pool: gone
                accounting: local
                fallback: reject
            home_servers:
            \(server("living", living))
            \(server("gone", gone))
            pools:
              - name: living
                servers: living
              - name: gone
                servers: gone
            """
    }

    /// Every sample belongs to the family that HELP and TYPE announced last.
    private static func checkFormat(_ text: String) {
        var family = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                family = String(words[2])
                #expect(words.count > 3, "\(line)")
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == family[...] && ["counter", "gauge", "histogram"].contains(words[3]), "\(line)")
            } else {
                let name = line.prefix { $0 != "{" && $0 != " " }
                let base = ["_bucket", "_sum", "_count"].first(where: name.hasSuffix).map { name.dropLast($0.count) } ?? name
                #expect(name == family[...] || base == family[...], "\(line) in \(family)")
                #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
    }
}
