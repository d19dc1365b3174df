import Foundation
import Testing

@testable import FreeRADIUSFiles

@Suite struct ConfigurationParserTests {
    private func parse(_ text: String, environment: [String: String] = [:]) throws -> ConfigurationSection {
        var parser = ConfigurationParser(environment: environment)
        return try parser.parse(text)
    }

    @Test func `pairs, nested sections, comments, quotes and continued lines`() throws {
        let root = try parse(
            """
            # comment
            prefix = /usr
            listen = "a \\"quoted\\" text" # behind
            single = 'no ${prefix}'
            long = one\\
            client lax {
            \tipaddr=192.0.2.1
            \tlimit {
            \t\tmax_connections = 16
            \t}
            }
            """)
        #expect(root.value("prefix") == "/usr")
        #expect(root.value("listen") == "a \"quoted\" text")
        #expect(root.value("single") == "no ${prefix}")
        let client = try #require(root.sections("client").first)
        #expect(client.instance == "lax")
        #expect(client.value("ipaddr") == "192.0.2.1")
        #expect(client.sections("limit").first?.value("max_connections") == "16")
    }

    @Test func `references look around themselves, from the top, and into the environment`() throws {
        let root = try parse(
            """
            prefix = /opt
            confdir = ${prefix}/etc
            security { user = radiusd }
            a {
                name = inner
                b {
                    own = ${.name2}-${..name}
                    name2 = x
                }
                path = "${confdir}/x-$ENV{HOST}-${security.user}"
            }
            """.replacing("own = ${.name2}-${..name}\n        name2 = x", with: "name2 = x\n        own = ${.name2}-${..name}"),
            environment: ["HOST": "h"])
        #expect(root.value("confdir") == "/opt/etc")
        let a = try #require(root.sections("a").first)
        #expect(a.value("path") == "/opt/etc/x-h-radiusd")
        #expect(a.sections("b").first?.value("own") == "x-inner")
    }

    @Test(arguments: [
        ("client a {\n ipaddr = 1.2.3.4\n", "inline:1: the section 'client' has no closing brace"),
        ("a = b\n}\n", "inline:2: a closing brace too many"),
        ("a = \"b\n", "inline:1: a quoted text has no end"),
        ("a = ${nowhere}\n", "inline:1: '${nowhere}' has no value"),
        ("$INCLUDE /does/not/exist\n", "inline:1: /does/not/exist does not exist"),
    ])
    func `what is wrong is named with its line`(text: String, message: String) {
        #expect(throws: FreeRADIUSFileError.self) { try parse(text) }
        do { _ = try parse(text) } catch { #expect("\(error)" == message) }
    }

    @Test func `processing sections are read over`() throws {
        let root = try parse(
            """
            server default {
                authorize {
                    if (&User-Name =~ /^a{2,3}$/) {
                        update control { &Auth-Type := Accept }
                    }
                    sql
                }
            }
            client x { ipaddr = 10.0.0.0/8
             secret = s }
            """)
        #expect(ClientDefinition.all(in: root).clients.map(\.address) == ["10.0.0.0/8"])
    }

    @Test func `clients in every form`() throws {
        let root = try parse(
            """
            client localhost { ipaddr = 127.0.0.1
              secret = testing123
              nas_type = mikrotik
              require_message_authenticator = no }
            client 10.1.2.3 { secret = old-style
              shortname = legacy }
            client any { ipaddr = *
              secret = s }
            client masked { ipaddr = 192.168.0.0
              netmask = 16
              secret = s }
            clients branch { client inner { ipv6addr = 2001:db8::/32
              secret = s } }
            client broken { ipaddr = 1.2.3.4 }
            """)
        let (clients, problems) = ClientDefinition.all(in: root)
        #expect(clients.map(\.address) == ["127.0.0.1", "10.1.2.3", "0.0.0.0/0", "192.168.0.0/16", "2001:db8::/32"])
        #expect(clients.map(\.name) == ["localhost", "legacy", "any", "masked", "inner"])
        #expect(clients.first?.type == "mikrotik")
        #expect(clients.first?.requireMessageAuthenticator == "no")
        #expect(problems.map(\.message) == ["client 'broken' has no secret"])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/etc/freeradius/3.0/radiusd.conf"), "FreeRADIUS is not installed"))
    func `Debian's own configuration is read with all that it includes`() throws {
        let root = try ConfigurationParser.read("/etc/freeradius/3.0/radiusd.conf")
        #expect(root.value("confdir") == "/etc/freeradius/3.0")
        #expect(ClientDefinition.all(in: root).clients.contains { $0.name == "localhost" && $0.secret == "testing123" })
        #expect(root.sections("home_server").contains { $0.instance == "localhost" })
    }

    @Test func `no text makes the parser fail other than by an error`() throws {
        let seed = Array("client a { ipaddr = 1.2.3.4 # x\n secret = \"s\\\"\" ${a} $ENV{B} } $INCLUDE nowhere\n".utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var parser = ConfigurationParser(environment: [:])
            _ = try? parser.parse(String(decoding: bytes, as: UTF8.self))
        }
    }
}
