import Foundation
import TestPeers
import TestSupport

/// A server that the login page of the organization `cafe` talks to: with a mail server, a file that takes text messages, and a NAS.
///
/// On PostgreSQL it speaks HTTPS, on SQLite HTTP.
final class Portal {
    let site: Site
    let server: ServerUnderTest
    let web: WebClient
    let sink: SMTPSink
    private let messages: URL
    private static let name = "radius.example.org"

    /// - Parameters:
    ///   - settings: of the organization, `name=value`.
    ///   - configuration: more lines for the section `api`.
    static func with(
        _ engine: TestDatabase.Engine, _ settings: [String] = [], api configuration: [String] = [], accounts: [String] = [],
        _ body: (Portal) throws -> Void
    ) throws {
        try Site.with(engine) { site in
            let portal = try Portal(site, settings, configuration, accounts, isSecure: engine == .postgres)
            try body(portal)
            let exit = try portal.server.stop()
            guard exit == .code(0) else { throw TimedOut(description: "\(exit): \(portal.server.log.suffix(4000))") }
        }
    }

    private init(_ site: Site, _ settings: [String], _ api: [String], _ accounts: [String], isSecure: Bool) throws {
        self.site = site
        sink = try SMTPSink(.none)
        messages = try Surroundings.temporaryDirectory("messages")
        let command: ([String]) throws -> Void = { arguments in
            let (exit, output) = try ChildProcess.run(
                Surroundings.radian, arguments,
                environment: ["RADIAN_DATABASE_URL": site.database.url, "RADIAN_DICTIONARY_PATH": Surroundings.dictionaries])
            guard exit == .code(0) else { throw TimedOut(description: "\(arguments): \(output)") }
        }
        for (slug, name) in [("cafe", "Café"), ("bar", "Bar")] {
            try command(["organization", "add", slug, "--name", name, "--default-groups"])
        }
        // The reset link leads to the page, as operators set it.
        try command(
            [
                "organization", "settings", "cafe",
                "password_reset_url=https://wifi.example.org/{organization}/password/reset/confirm/{uid}/{token}",
            ]
                + settings)
        try site.script("UPDATE nas SET organization_id = (SELECT id FROM radian_organization WHERE slug = 'cafe')")
        var environment = ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"]
        if isSecure {
            let certificates = try Certificates.shared.get()
            environment["RADIAN_HTTP_TLS_CERTIFICATE"] = certificates.path("server.pem")
            environment["RADIAN_HTTP_TLS_PRIVATE_KEY"] = certificates.path("server.key")
            environment["RADIAN_HTTP_PUBLIC_URL"] = "https://\(Self.name):{http port}"
        }
        server = try ServerUnderTest.start(
            site.database.url, environment,
            configuration: Self.configuration(mailPort: sink.port, messages.appending(path: "sms").path, api, accounts))
        web =
            try isSecure
            ? WebClient(
                origin: "https://\(Self.name):\(server.httpPort)",
                options: [
                    "--cacert", Certificates.shared.get().path("ca.pem"), "--resolve", "\(Self.name):\(server.httpPort):127.0.0.1",
                ])
            : WebClient(origin: "http://127.0.0.1:\(server.httpPort)")
        try eventually("HTTP is served") { (try? web.get("/health"))?.status == 200 }
    }

    deinit { try? FileManager.default.removeItem(at: messages) }

    private static func configuration(mailPort: Int, _ sms: String, _ api: [String], _ accounts: [String]) -> String {
        """
        api:
          sms_token_length: 6
        \(api.map { "  \($0)\n" }.joined())
        accounts:
          site_name: Lab
        \(accounts.map { "  \($0)\n" }.joined())
        messages:
          email: smtp
          smtp_host: 127.0.0.1
          smtp_port: \(mailPort)
          smtp_security: none
          from: wifi@example.org
          poll_interval: 0.1
        sms_gateways:
          - name: paper
            type: file
            path: \(sms)
        """
    }

    /// The page in a browser.
    /// - Parameter language: of the browser.
    func page(_ slug: String = "cafe", language: String = "en") -> LoginPage {
        var web = web
        web.fields["Accept-Language"] = language
        return LoginPage(web: web, slug: slug)
    }

    /// Adds a member of the café.
    func add(
        _ name: String, password: String = "vivid copper kettle", organization: String = "cafe", email: String? = nil, phone: String? = nil
    )
        throws
    {
        try server.radian("user", "add", name, "--password", password, "--organization", organization)
        if let email { try server.radian("user", "set", name, "--email", email) }
        if let phone { try server.radian("user", "set", name, "--phone", phone) }
    }

    /// What the NAS asks once the page's form has reached it.
    /// - Parameter token: the RADIUS user token of the form.
    func handOff(_ name: String, _ token: String, station: String? = nil) throws -> Radclient.Reply {
        try Radclient.send(
            [
                "User-Name = \"\(name)\"", "User-Password = \"\(token)\"", "Called-Station-Id = \"02-00-00-00-00-AA\"",
                "NAS-IP-Address = 192.0.2.1", "Message-Authenticator = 0x00",
            ] + (station.map { ["Calling-Station-Id = \"\($0)\""] } ?? []), to: server.authPort, "auth")
    }

    /// What the NAS reports of a session.
    func account(_ type: String, _ id: String, _ name: String, station: String, _ more: [String] = []) throws {
        let reply = try Radclient.send(
            [
                "Acct-Status-Type = \(type)", "Acct-Session-Id = \"\(id)\"", "User-Name = \"\(name)\"", "NAS-IP-Address = 192.0.2.1",
                "Calling-Station-Id = \"\(station)\"", "Called-Station-Id = \"02-00-00-00-00-AA\"",
            ] + more, to: server.acctPort, "acct")
        guard reply.code == "Accounting-Response" else { throw TimedOut(description: reply.output) }
    }

    /// The text of the newest mail to an address, decoded, once there are so many.
    func mail(to address: String, count: Int = 1) throws -> String {
        var mails: [SMTPSink.Mail] = []
        try eventually("mail \(count) to \(address)") {
            mails = sink.mails.filter { $0.to == [address] }
            return mails.count >= count
        }
        return Self.decoded(mails[count - 1].data)
    }

    /// The code in the text message to a number, once there are so many.
    func code(to number: String, count: Int = 1) throws -> String {
        struct Message: Decodable { let recipient, text: String }
        var texts: [String] = []
        try eventually("text message \(count) to \(number)") {
            let content = (try? String(contentsOf: messages.appending(path: "sms"), encoding: .utf8)) ?? ""
            texts = content.split(separator: "\n").compactMap { try? JSONDecoder().decode(Message.self, from: Data($0.utf8)) }
                .filter { $0.recipient == number }.map(\.text)
            return texts.count >= count
        }
        guard let code = texts[count - 1].firstMatch(of: /\b[0-9]{6}\b/) else { throw TimedOut(description: "no code in '\(texts)'") }
        return String(code.output)
    }

    /// A mail with its parts in the clear: quoted-printable and base64 (RFC 2045 §6).
    private static func decoded(_ mail: String) -> String {
        let lines = mail.replacingOccurrences(of: "\r\n", with: "\n")
        let joined = lines.replacingOccurrences(of: "=\n", with: "")
        let quoted = joined.replacing(/=([0-9A-F]{2})/) { match in
            UInt8(match.output.1, radix: 16).map { String(decoding: [$0], as: UTF8.self) } ?? String(match.output.0)
        }
        let blocks = lines.split(separator: "\n\n").compactMap { block -> String? in
            let text = block.replacingOccurrences(of: "\n", with: "")
            return Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
        }
        return quoted + "\n" + blocks.joined(separator: "\n")
    }
}
