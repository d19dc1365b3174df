import Foundation
import FreeRADIUSFiles
import Proxying
import RADIUSProxy
import RADIUSTransport
import Testing

@Suite struct FreeRADIUSProxiesTests {
    private func read(_ text: String) throws -> FreeRADIUSProxies {
        var parser = ConfigurationParser(environment: [:])
        return FreeRADIUSProxies(try parser.parse(text, file: "proxy.conf"))
    }

    @Test func serversPoolsAndRealmsAreTaken() throws {
        let proxies = try read(
            """
            proxy server { default_fallback = no }
            home_server one { type = auth ; ipaddr = 192.0.2.1 ; port = 1645 ; secret = "s3cret"
              response_window = 7.5 ; zombie_period = 30 ; num_answers_to_alive = 4 ; status_check = request
              username = ping ; password = pong ; max_outstanding = 1048576 }
            home_server two { ipv6addr = 2001:db8::1
              secret = x
              src_ipaddr = 2001:db8::2
              proto = tcp }
            home_server virtual { virtual_server = inner }
            home_server_pool both { type = client-balance
              home_server = one
              home_server = two
              fallback = local }
            realm example.org { auth_pool = both
              nostrip }
            realm "~.*\\\\.edu$" { pool = both }
            realm LOCAL { }
            """)
        #expect(
            proxies.homeServers == [
                ProxyRecord([
                    "name": "one", "host": "192.0.2.1", "type": "auth", "port": "1645", "secret": "s3cret", "response_window": "7.5",
                    "zombie_period": "30", "answers_to_alive": "4", "status_check": "request", "check_user": "ping",
                    "check_password": "pong", "maximum_outstanding": "262144",
                ]),
                ProxyRecord([
                    "name": "two", "host": "2001:db8::1", "type": "auth+acct", "secret": "x", "source": "2001:db8::2", "transport": "tcp",
                ]),
            ])
        #expect(proxies.pools == [ProxyRecord(["name": "both", "servers": "one,two", "method": "client-balance"])])
        #expect(
            proxies.realms.prefix(1) == [ProxyRecord(["name": "example.org", "auth_pool": "both", "strip": "no"])])
        #expect(proxies.realms.dropFirst().first?.values["acct_pool"] == "both")
        #expect(proxies.realms.last == ProxyRecord(["name": "LOCAL"]))
        #expect(proxies.notes.count == 2, "\(proxies.notes)")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/etc/freeradius/3.0/proxy.conf"), "FreeRADIUS is not installed"))
    func debiansOwnFileIsTakenWhole() throws {
        let proxies = FreeRADIUSProxies(try ConfigurationParser.read("/etc/freeradius/3.0/proxy.conf"))
        var problems: [String] = []
        for record in proxies.homeServers { _ = record.homeServer(resolve: { IPAddress($0) }) { problems.append($0) } }
        for record in proxies.pools { _ = record.pool { problems.append($0) } }
        for record in proxies.realms { _ = record.realm { problems.append($0) } }
        #expect(problems.isEmpty)
        #expect(proxies.homeServers.contains { $0.values["name"] == "localhost" })
        #expect(proxies.pools.contains { $0.values["servers"] == "localhost" })
        #expect(proxies.realms.contains { $0.values["name"] == "example.com" })
    }
}
