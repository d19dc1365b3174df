import Composition
import Foundation
import RADIUSTransport
import RADIUSWire
import Testing

@testable import ServerKernel

@Suite struct RadianConfigurationTests {
    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Config/radian.yaml").path

    private static func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func read(_ yaml: String, _ environment: [String: String] = [:]) throws -> (RadianConfiguration, ConfigurationReader) {
        var reader = ConfigurationReader(yaml: yaml, file: "radian.yaml", environment: environment)
        let configuration = RadianConfiguration(&reader)
        try reader.finish()
        return (configuration, reader)
    }

    private func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(yaml, environment)
            return []
        } catch {
            return (error as? ConfigurationError)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    /// `section.key` of every line of the file that sets a key, and the keys of the commented record.
    private static func documentedKeys() throws -> Set<String> {
        var section = ""
        var keys: Set<String> = []
        for line in try text().split(separator: "\n") {
            if let match = line.firstMatch(of: /^(\w+):/) {
                section = String(match.1)
            } else if let match = line.firstMatch(of: /^  (\w+):/) ?? line.firstMatch(of: /^#  [- ] (\w+):/) {
                keys.insert("\(section).\(match.1)")
            }
        }
        return keys
    }

    @Test func `the file documents every key that the program reads, and no other`() throws {
        let (_, reader) = try read(try Self.text())
        let declared = reader.declared.flatMap { section, keys in keys.map { "\(section).\($0)" } }
        let records = reader.recordKeys.flatMap { section, keys in keys.map { "\(section).\($0)" } }
        #expect(declared.count > 25)
        let difference = try Self.documentedKeys().symmetricDifference(declared + records)
        #expect(difference == [])
    }

    @Test func `every value of the file is the default`() throws {
        var (file, defaults) = ("", "")
        dump(try read(try Self.text()).0, to: &file)
        dump(try read("").0, to: &defaults)
        // The order of a dictionary's and a set's elements differs between two values that are equal.
        let difference = file.split(separator: "\n").sorted().difference(from: defaults.split(separator: "\n").sorted())
        #expect(difference.isEmpty)
    }

    @Test func `every key of the file is explained above it`() throws {
        let lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false)
        for (line, next) in zip(lines, lines.dropFirst()) where next.firstMatch(of: /^  \w+:/) != nil {
            // Keys that follow a comment, or another key of the same comment, or begin their section.
            #expect(line.hasPrefix("  ") || line.hasSuffix(":"), "\(next)")
        }
    }

    @Test func `the example of a NAS works once it is uncommented`() throws {
        let lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "nas: []"))
        let example = lines[(start + 1)...].prefix { $0.hasPrefix("#") }.map { String($0.dropFirst()) }.joined(separator: "\n")
        let secret = FileManager.default.temporaryDirectory.appendingPathComponent("radian-\(UUID().uuidString)").path
        try Data("s3cr3t\n".utf8).write(to: URL(fileURLWithPath: secret))
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let (configuration, _) = try read("nas:\n" + example.replacing("/etc/radian/office.secret", with: secret))
        let client = try #require(configuration.nasClients.first)
        #expect(configuration.nasClients.count == 1)
        #expect(client.name == "office")
        #expect(client.prefix == IPPrefix("192.0.2.0/24"))
        #expect(client.secret.bytes == Array("s3cr3t".utf8))
        #expect(client.requireMessageAuthenticator == .auto)
        #expect(client.sendMessageAuthenticator)
    }

    @Test func `the environment overrides every key`() throws {
        let records = try Self.text().matches(of: /\n(\w+): \[\]/).map { "\($0.1)." }
        let keys = try Self.documentedKeys().filter { key in !records.contains { key.hasPrefix($0) } }
        for key in keys {
            let variable = "RADIAN_" + key.uppercased().replacing(".", with: "_")
            // Whatever the key takes, nothing takes this; texts do, and are then no error.
            for problem in problems("", [variable: "\u{1}nonsense"]) {
                #expect(problem.hasPrefix("environment \(variable): "))
                #expect(!problem.contains("unknown setting"))
            }
        }
        let (configuration, _) = try read(
            try Self.text(),
            [
                "RADIAN_DATABASE_URL": "postgres://radius@db/radius", "RADIAN_RADIUS_AUTH_PORT": "11812",
                "RADIAN_RADIUS_LISTEN": "127.0.0.1,::1",
                "RADIAN_HTTP_PORT": "0", "RADIAN_POLICY_DENIED_METHODS": "PAP",
            ])
        #expect(configuration.databaseURL == "postgres://radius@db/radius")
        #expect(configuration.authPort == 11812)
        #expect(configuration.radiusAddresses.map(\.description) == ["127.0.0.1", "::1"])
        #expect(configuration.http.port == 0)
        #expect(configuration.deniedMethods == ["pap"])
    }

    @Test(arguments: [
        ("database:\n  url: mysql://bob:s3cr3t@db/radius\n", "radian.yaml:2: 'database.url' must be"),
        ("radius:\n  auth_port: 70000\n", "radian.yaml:2: 'radius.auth_port' is '70000'"),
        ("radius:\n  listen: [0.0.0.0, somewhere]\n", "radian.yaml:2: 'somewhere' is not an IPv4 or IPv6 address"),
        ("policy:\n  denied_methods: [leap]\n", "radian.yaml:2: 'leap' is not a method"),
        ("policy:\n  time_zone: Europe/Nowhere\n", "radian.yaml:2: 'policy.time_zone' is 'Europe/Nowhere'"),
        ("policy:\n  database_down: accept\n", "radian.yaml:2: 'policy.database_down' is 'accept'; it must be one of"),
        ("log:\n  level: loud\n", "radian.yaml:2: 'log.level' is 'loud'"),
        ("radus:\n  auth_port: 1\n", "radian.yaml:1: unknown section 'radus'; did you mean 'radius'?"),
        ("radius:\n  authport: 1\n", "radian.yaml:2: unknown key 'radius.authport'; did you mean 'auth_port'?"),
        ("nas:\n- name: x\n  secret: s3cr3t\n", "radian.yaml:2: a NAS needs 'address'"),
        ("nas:\n- address: 192.0.2.1\n", "radian.yaml:2: a NAS needs 'secret'"),
        ("nas:\n- address: 192.0.2.1\n  secret: s3cr3t\n  limit_proxy_state: maybe\n", "radian.yaml:2: 'nas.limit_proxy_state' is 'maybe'"),
        (
            "nas:\n- address: 192.0.2.1\n  secret: s3cr3t\n  send_message_authenticator: maybe\n",
            "radian.yaml:2: 'nas.send_message_authenticator' is 'maybe'"
        ),
        (
            "nas:\n- address: 192.0.2.1\n  secret: s3cr3t\n  send_message_authenticator: auto\n",
            "radian.yaml:2: 'nas.send_message_authenticator' is 'auto'"
        ),
    ]) func `what is wrong is told with its line, and no secret`(_ yaml: String, _ problem: String) {
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(problem) == true, "\(found)")
        #expect(!found.joined().contains("s3cr3t"))
    }

    @Test func `YAML's yes is yes wherever a switch has three states`() throws {
        for word in ["yes", "true", "on", "Yes"] {
            #expect(try read("radius:\n  require_message_authenticator: \(word)\n").0.requireMessageAuthenticator == .yes, "\(word)")
        }
        #expect(try read("radius:\n  limit_proxy_state: false\n").0.limitProxyState == .no)
    }
}
