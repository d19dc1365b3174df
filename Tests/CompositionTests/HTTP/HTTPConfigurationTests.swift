import Composition
import ServerKernel
import Testing
import WebRouting
import WebServer

@Suite struct HTTPConfigurationTests {
    private func read(_ yaml: String) -> (HTTPConfiguration, [String]) {
        var reader = ConfigurationReader(yaml: yaml, file: "radian.yaml", environment: [:])
        let configuration = RadianConfiguration(&reader)
        do throws(ConfigurationError) {
            try reader.finish()
            return (configuration.http, [])
        } catch {
            return (configuration.http, error.problems.map(\.description))
        }
    }

    @Test func `every key arrives`() {
        let (http, problems) = read(
            """
            http:
              listen: "::"
              port: 8443
              tls_certificate: /etc/radian/http.pem
              tls_private_key: /etc/radian/http.key
              public_url: https://radius.example.org/
              trusted_proxies: [127.0.0.1, "2001:db8::/32"]
              allowed_origins: [https://portal.example.org, "http://localhost:8080"]
              maximum_body_mib: 2
              maximum_connections: 10
              head_timeout: 1
              body_timeout: 2
              idle_timeout: 3
              write_timeout: 4
              stop_timeout: 5
              throttles: [others=10/minute, users-auth=none]
            """)
        #expect(problems.isEmpty)
        #expect(http.server.host == "::" && http.port == 8443)
        #expect(http.server.tls == .init(certificate: "/etc/radian/http.pem", privateKey: "/etc/radian/http.key"))
        #expect(http.service.publicOrigin == "https://radius.example.org")
        #expect(http.service.allowedOrigins == ["https://portal.example.org", "http://localhost:8080"])
        #expect(http.service.bodyLimit == 2 << 20 && http.server.maximumConnections == 10)
        #expect(http.server.headTimeout == .seconds(1) && http.server.bodyTimeout == .seconds(2) && http.server.idleTimeout == .seconds(3))
        #expect(http.server.writeTimeout == .seconds(4) && http.server.stopTimeout == .seconds(5))
        #expect(
            http.service.throttles
                == ["others": Throttle("others", limit: 10, per: 60), "users-auth": Throttle("users-auth", limit: nil, per: 1)])
    }

    @Test(arguments: [
        ("tls_certificate: a.pem", "HTTPS needs both"), ("tls_private_key: a.key", "HTTPS needs both"),
        ("public_url: radius.example.org", "'http.public_url' is 'radius.example.org'"),
        ("public_url: https://radius.example.org/path", "'http.public_url' is"),
        ("trusted_proxies: [10.0.0.0/40]", "'10.0.0.0/40' is not an address or block"),
        ("allowed_origins: [\"*\"]", "'*' is not a site"), ("throttles: [others=often]", "'others=often' is not a rate"),
    ]) func `what is wrong is told with its line`(_ line: String, _ problem: String) {
        let (_, problems) = read("http:\n  \(line)\n")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("radian.yaml:2: \(problem)") == true, "\(problems)")
    }
}
