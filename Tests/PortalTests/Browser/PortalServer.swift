import Foundation
import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import TestPeers

/// The built program with the demo's data and some organizations with login pages, serving on free ports of the local host until the tests
/// end.
///
/// `@unchecked Sendable`: nothing changes once it is made.
final class PortalServer: @unchecked Sendable {
    /// One for all tests.
    static let shared = Result { try PortalServer() }

    /// Of the members of the login pages' organizations.
    static let memberPassword = "vivid-copper-kettle"
    private static let nasSecret = "a secret of gateways"
    private static let dictionaryFolder = Project.root.appending(path: "Dictionaries").path

    let origin: String
    /// The superuser `admin`'s.
    let password: String
    /// Where gateways at 127.0.0.1 take Disconnect- and CoA-Requests.
    let disconnects: ChangeListener
    /// The same of the one at ::1, which is Cisco's.
    let changes: ChangeListener
    /// Of `reception`, who makes vouchers.
    let receptionPassword: String
    private let folder: TemporaryFolder
    private let process: PeerProcess
    private let environment: [String: String]
    private let dictionary: AttributeDictionary
    private let ports: [UInt16]

    private init() throws {
        folder = try TemporaryFolder()
        let ports = (0..<3).map { _ in PeerProcess.freePort() }
        self.ports = ports
        origin = "http://127.0.0.1:\(ports[0])"
        let dictionary = try AttributeDictionary.load(Self.dictionaryFolder)
        self.dictionary = dictionary
        let secret = SharedSecret(Array(Self.nasSecret.utf8))
        let decode: @Sendable (Packet) -> [String] = { packet in
            packet.decode(dictionary, secret: secret).map { "\($0.definition.name) = \($0.printedValue)" }
        }
        disconnects = try ChangeListener(isIPv6: false, secret: secret, decode: decode)
        changes = try ChangeListener(isIPv6: true, secret: secret, decode: decode)
        environment = [
            "RADIAN_DATABASE_URL": "sqlite:\(folder.url.appending(path: "radian.sqlite").path)", "RADIAN_HTTP_PORT": "\(ports[0])",
            "RADIAN_RADIUS_AUTH_PORT": "\(ports[1])", "RADIAN_RADIUS_ACCT_PORT": "\(ports[2])", "RADIAN_RADIUS_REJECT_DELAY": "0",
            "RADIAN_RADIUS_LISTEN": "127.0.0.1,::1", "RADIAN_CONTROL_SOCKET": folder.url.appending(path: "control").path,
            "RADIAN_DICTIONARY_PATH": Self.dictionaryFolder,
            "RADIAN_HTTP_PORTAL_DIRECTORY": Project.root.appending(path: "Portal").path,
        ]
        try FileManager.default.createDirectory(at: folder.url.appending(path: "Config"), withIntermediateDirectories: false)
        try folder.write("Config/radian.yaml", Self.configuration(folder, origin: origin))
        let told = try Self.run(["demo"], environment, folder.url)
        guard let match = told.firstMatch(of: /superuser admin has the password (\S+);/) else { throw Browser.Failed(description: told) }
        password = String(match.1)
        for command in Self.preparation(disconnects: disconnects.port, changes: changes.port) {
            _ = try Self.run(command, environment, folder.url)
        }
        guard let match = told.firstMatch(of: /reception, who makes vouchers, has the password (\S+)/) else {
            throw Browser.Failed(description: told)
        }
        receptionPassword = String(match.1)
        process = try PeerProcess(
            Project.radian.path, ["serve", "--config", folder.path("Config/radian.yaml")], environment: environment,
            log: folder.url.appending(path: "log"))
        AtExit.add { [self] in
            process.stop()
            try? FileManager.default.removeItem(at: folder.url)
        }
        let deadline = Date(timeIntervalSinceNow: 60)
        while !process.output.contains("serving RADIUS") {
            guard Date() < deadline, process.isRunning else { throw Browser.Failed(description: process.output) }
            usleep(50_000)
        }
        try GatewayServer.shared.get().serve("127.0.0.1", Gateway.controllers)
        try fill()
    }

    /// A zone where it is noon: three hours that were used just now are hours of today at any time of the clock here.
    private static var noon: String {
        let west = Int(Date().timeIntervalSince1970) / 3600 % 24 - 12
        return "Etc/GMT" + (west < 0 ? "\(west)" : "+\(west)")
    }

    private static func configuration(_ folder: TemporaryFolder, origin: String) -> String {
        """
        policy:
          time_zone: \(noon)
        messages:
          email: file
          file: \(folder.path("mail"))
          poll_interval: 0.1
        sms_gateways:
          - name: paper
            type: file
            path: \(folder.path("sms"))
        rules:
          - name: login page of unknown devices
            when: {nas: cwa, method: mac}
            then:
              add: {Cisco-AVPair: ["url-redirect=\(origin)/login/site-b/?action=cwa&portal=x", "url-redirect-acl=REDIRECT"]}
              accept: without_password
        """
    }

    /// Commands that make NAS devices, organizations with their settings, and their members.
    private static func preparation(disconnects: UInt16, changes: UInt16) -> [[String]] {
        let controller = "http://127.0.0.1:\((try? GatewayServer.shared.get().port) ?? 0)"
        func settings(_ more: String) -> String {
            "portal_controller={\"url\": \"\(controller)\", \"username\": \"portal\", \"password\": \"of-the-controller\"\(more)}"
        }
        let secret = "portal_nas_secret=\(Gateway.portalSecret)"
        let sites: [(slug: String, name: String, settings: [String])] = [
            ("site-a", "Site A", [secret]),
            (
                "site-b", "Site B",
                [
                    secret, "portal_nas_encoding=chap", "portal_nas_channel=server", "portal_nas_role=guest-in",
                    settings(", \"site\": \"default\""),
                ]
            ),
            ("site-c", "Site C", [settings(", \"id\": \"0123456789abcdef\", \"site\": \"c\"")]),
            ("site-d", "Site D", [settings(", \"site\": \"d\"")]),
            (
                "hotel", "Grand Hôtel du Lac & Spa, Résidence des Ambassadeurs",
                [
                    "sms_verification=yes", "sms_sender=Hotel", "sms_cooldown=2", "needs_identity_verification=yes",
                    "portal_privacy_url=https://www.example.org/privacy", "portal_color=#7a1f3d", "portal_background=#f6f1e7",
                    "portal_texts={\"*\": {\"help\": \"Reception: dial 9\"}}",
                ]
            ),
            (
                "plaza", "Plaza",
                [
                    "portal_methods=password,voucher,click-through", "portal_terms=Be kind to each other.\n\nNo spam, no attacks.",
                    "portal_terms_version=2026-1",
                ]
            ),
        ]
        var commands: [[String]] = [
            ["nas", "remove", "localhost"], ["nas", "remove", "localhost6"],
            ["nas", "add", "localhost", "--address", "127.0.0.1", "--secret", nasSecret, "--organization", "demo"],
            ["nas", "coa", "localhost", "--port", "\(disconnects)"],
        ]
        for site in sites {
            commands.append(["organization", "add", site.slug, "--name", site.name, "--default-groups"])
            commands.append(["organization", "settings", site.slug] + site.settings)
            let gate = "gate-\(site.slug)"
            commands.append([
                "nas", "add", gate, "--address", "127.0.0.1", "--shares-address", "--nas-identifier", site.slug, "--secret", nasSecret,
                "--organization", site.slug,
            ])
            commands.append(["nas", "coa", gate, "--port", "\(disconnects)"])
        }
        commands += [
            ["nas", "add", "cwa", "--address", "::1", "--secret", nasSecret, "--type", "cisco-wlc", "--organization", "site-b"],
            ["nas", "coa", "cwa", "--port", "\(changes)"],
            ["nas", "add", "mobility", "--address", "127.0.0.9", "--secret", nasSecret, "--type", "aruba", "--organization", "site-b"],
            ["nas", "coa", "mobility", "--address", "127.0.0.1", "--port", "\(disconnects)"],
        ]
        // Guests are those of gateways' tests, visitors those of others, which run beside them: of three logins by one account at once the
        // first one's RADIUS user token is not good.
        for slug in ["demo"] + sites.map(\.slug) {
            for user in ["guest-of-\(slug)", "visitor-of-\(slug)"] {
                commands.append(["user", "add", user, "--password", memberPassword, "--organization", slug])
            }
        }
        for slug in ["demo", "site-a", "site-b"] {
            commands.append(
                ["user", "add", "spent-of-\(slug)", "--password", memberPassword, "--organization", slug, "--group", "\(slug)-users"])
        }
        commands.append(["user", "add", "KQ7M-2XTZ", "--password", "KQ7M-2XTZ", "--organization", "plaza"])
        commands.append(
            ["user", "add", "lucia", "--password", memberPassword, "--organization", "plaza", "--email", "lucia@example.org"])
        return commands
    }

    /// Users, a session that goes on, logins that were refused.
    private func fill() throws {
        try radian("user", "add", "maria", "--password", "correct horse", "--organization", "demo", "--email", "maria@example.org")
        try radian("radius", "acct", "start", "maria", "--framed-ip", "10.0.0.7", "--calling-station-id", "02-1A-2B-3C-4D-5E")
        // Refused, which the command says by its exit.
        _ = try? radian("radius", "test", "maria", "wrong")
        _ = try? radian("radius", "test", "nobody", "wrong")
        try radian("radius", "test", "maria", "correct horse")
        for slug in ["demo", "site-a", "site-b"] {
            let user = "spent-of-\(slug)"
            // The identifier tells which organization's gateway it was.
            let gateway = ["--calling-station-id", "02-00-00-00-FF-FF", "--attribute", "NAS-Identifier=\(slug)"]
            try radian(["radius", "acct", "start", user] + gateway)
            try radian(["radius", "acct", "stop", user, "--seconds", "10800"] + gateway)
        }
    }

    @discardableResult
    func radian(_ arguments: String...) throws -> String { try radian(arguments) }

    @discardableResult
    func radian(_ arguments: [String]) throws -> String { try Self.run(arguments, environment, folder.url) }

    private static func run(_ arguments: [String], _ environment: [String: String], _ folder: URL) throws -> String {
        let process = Process()
        process.executableURL = Project.radian
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Browser.Failed(description: "radian \(arguments.joined(separator: " ")): \(output)")
        }
        return output
    }

    // MARK: RADIUS, as gateways speak it

    func authentication(_ host: String) -> Exchange { exchange(host, ports[1]) }
    func accounting(_ host: String) -> Exchange { exchange(host, ports[2]) }

    private func exchange(_ host: String, _ port: UInt16) -> Exchange {
        Exchange(
            server: ServerAddress(host: host, port: port), secret: SharedSecret(Array(Self.nasSecret.utf8)), dictionary: dictionary,
            timeout: .seconds(5), attempts: 2)
    }

    func attribute(_ name: String, _ value: String) throws -> Attribute {
        guard let definition = dictionary.attribute(named: name) else { throw Browser.Failed(description: "no attribute \(name)") }
        return try Attribute.parse(value, for: definition)
    }

    func attribute(_ name: String, octets: [UInt8]) throws -> Attribute {
        guard let definition = dictionary.attribute(named: name) else { throw Browser.Failed(description: "no attribute \(name)") }
        return Attribute(definition, value: .bytes(octets))
    }

    // MARK: Messages that it sent

    private struct Sent: Decodable {
        let recipient, text: String
    }

    /// Texts of the messages to somebody, once there are so many.
    /// - Parameter kind: `sms` or `mail`.
    func messages(_ kind: String, to recipient: String, count: Int) throws -> [String] {
        let deadline = Date(timeIntervalSinceNow: 15)
        while true {
            let content = (try? String(contentsOf: folder.url.appending(path: kind), encoding: .utf8)) ?? ""
            let texts = content.split(separator: "\n").compactMap { try? JSONDecoder().decode(Sent.self, from: Data($0.utf8)) }
                .filter { $0.recipient == recipient }.map(\.text)
            if texts.count >= count { return texts }
            guard Date() < deadline else {
                throw Browser.Failed(description: "\(texts.count) of \(count) messages to \(recipient): \(content.suffix(2000))")
            }
            usleep(50_000)
        }
    }
}
