import AccessPolicy
import Accounts
import ArgumentParser
import Composition
import Database
import Foundation
import NASClients
import RADIUSTransport
import WebRouting

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Make an empty database ready for a first login, and show the command for it.",
        discussion: """
            Adds the organization demo with its groups, the user demo, the NAS devices 127.0.0.1 and ::1, the superuser admin, and reception,
            who makes vouchers in the console and nothing else, with random secrets. The passwords of admin and reception are shown once, on
            standard error.
            A database that has users is left as it is. Each run prints the radclient line again.

            Example:
              radian demo && radian serve
            """)

    private static let name = "demo"

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load()
        let connection = try options.openForWriting()
        if try UserProvisioning(connection).isEmpty() { try Self.populate(connection, configuration) }

        let certificate = configuration.eap.standard.certificates.first?.certificate ?? ""
        let directory = URL(fileURLWithPath: certificate).deletingLastPathComponent().relativePath
        if certificate.hasSuffix("/server.pem"), !FileManager.default.fileExists(atPath: certificate) {
            try CertificateStore(directory: directory).ensure(now: Int64(Date().timeIntervalSince1970))
        }

        let provisioning = UserProvisioning(connection)
        guard let password = try provisioning.items(of: Self.name, in: .check).first(where: { $0.attribute == "Cleartext-Password" })?.value
        else { return Output.line("the database has users of its own; 'radian radius test USER PASSWORD' tries one") }
        guard let loopback = IPAddress("127.0.0.1"), let secret = try configuration.secret(for: loopback, connection)?.text else {
            return Output.line("no NAS covers 127.0.0.1; 'radian nas add localhost --address 127.0.0.1 --secret SECRET' adds one")
        }
        let request = "User-Name=\(Self.name),User-Password=\(quoted(password, with: "\"")),Message-Authenticator=0x00"
        if FileManager.default.fileExists(atPath: certificate) {
            Output.line("WiFi with PEAP, TTLS or TLS works at once: \(directory) has the CA, an Apple profile and examples")
        }
        Output.line("a first login, while the server runs:")
        Output.line(
            "echo \(quoted(request, with: "'")) | radclient -x 127.0.0.1:\(configuration.authPort) auth \(quoted(secret, with: "'"))")
    }

    /// Leaves out what is there: an earlier run may have been interrupted, and a NAS of the operator stays his.
    private static func populate(_ connection: any DatabaseConnection, _ configuration: RadianConfiguration) throws {
        let organizations = OrganizationStore(connection)
        if try organizations.organization(slug: name) == nil {
            let demo = Organization(name: "Demo", slug: name)
            try connection.unitOfWork {
                try organizations.add(demo)
                try DefaultGroups.create(demo, over: connection)
            }
        }
        let secret = UserProvisioning.randomPassword()
        let store = NASStore(connection)
        for (device, address) in [("localhost", "127.0.0.1"), ("localhost6", "::1")] {
            guard let source = IPAddress(address), try configuration.secret(for: source, connection) == nil else { continue }
            try store.add(name: device, address: address, secret: secret, comment: "for a first login from this machine")
        }
        try UserProvisioning(connection).add(
            User(username: name), credential: UserProvisioning.cleartext(UserProvisioning.randomPassword()), organizationSlug: name)
        try addSuperuser(connection, configuration)
        try addReceptionist(connection, configuration)
    }

    /// Manages the organization, but may only what the role says.
    private static func addReceptionist(_ connection: any DatabaseConnection, _ configuration: RadianConfiguration) throws {
        let reception = User(username: "reception", isStaff: true)
        let password = UserProvisioning.randomPassword()
        let credential = try PasswordSchemeOptions.credential(password, of: reception, scheme: nil, configuration)
        try UserProvisioning(connection).add(reception, credential: credential, organizationSlug: name)
        try connection.unitOfWork {
            let (roles, memberships) = (RoleStore(connection), MembershipStore(connection))
            if let role = try roles.role(named: "Receptionist") { try roles.setRoles([role.id], of: reception.id) }
            guard let demo = try OrganizationStore(connection).organization(slug: name) else { return }
            try memberships.setRole(.manager, of: reception.id, in: demo.id)
            // The first manager becomes the owner, whom nobody can remove.
            try memberships.removeOwner(of: demo.id)
        }
        Output.complain("reception, who makes vouchers, has the password \(password)")
    }

    /// Somebody has to be able to log in to the console and the API.
    private static func addSuperuser(_ connection: any DatabaseConnection, _ configuration: RadianConfiguration) throws {
        let admin = User(username: "admin", isStaff: true, isSuperuser: true)
        let password = UserProvisioning.randomPassword()
        let credential = try PasswordSchemeOptions.credential(password, of: admin, scheme: nil, configuration)
        try UserProvisioning(connection).add(admin, credential: credential)
        Output.complain(
            "the superuser admin has the password \(password); it is not shown again ('radian user password admin' sets another)")
    }

    /// The text between quotes where a shell or radclient would not take it as one word.
    private func quoted(_ text: String, with quote: Character) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        if isPlain, quote == "\"" || !text.isEmpty { return text }
        let escaped = quote == "'" ? text.replacing("'", with: "'\\''") : text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(quote)\(escaped)\(quote)"
    }
}
