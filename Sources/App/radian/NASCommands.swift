import Accounts
import ArgumentParser
import Foundation
import NASClients
import RADIUSTransport

struct NASCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nas",
        abstract: "NAS devices: who may send requests, and with which secret.",
        discussion: """
            Example:
              radian nas add access-points --address 10.1.0.0/16 --secret-stdin < secret.txt
            """,
        subcommands: [Add.self, List.self, Remove.self, CoA.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a NAS; a running server knows it at once.",
            discussion: """
                Example:
                  radian nas add access-points --address 10.1.0.0/16 --secret 's3cret of 16 or more' --type mikrotik
                  radian nas add hotel --transports tls --certificate dns:ap.hotel.example.org
                """)

        @Argument(help: "A short name for lists and logs.") var name: String
        @Option(
            help: ArgumentHelp(
                "Address or prefix that its packets come from; not needed with a certificate or pre-shared key.", valueName: "cidr"))
        var address: String?
        @OptionGroup var secret: OptionalSharedSecretOptions
        @OptionGroup var links: NASLinkOptions
        @Flag(help: "Other devices have the address too, with other secrets.") var sharesAddress = false
        @Option(help: ArgumentHelp("The organization whose users it serves; all when left out.", valueName: "slug")) var organization:
            String?
        @Option(help: "The vendor, such as cisco or mikrotik.") var type = "other"
        @Option(help: "Where it stands, who looks after it.") var comment: String?
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard secret.isGiven || links.certificate != nil || links.pskIdentity != nil else {
                throw ValidationError("Give either --secret SECRET or --secret-stdin, or --certificate for TLS.")
            }
        }

        func run() throws {
            let secret = try secret.read()
            let connection = try options.openForWriting()
            let owner = try organization.map { slug in
                guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                    throw AccountsError.organizationUnknown(slug: slug)
                }
                return found.id
            }
            try NASChanges(connection).add(
                name: name, address: address, secret: secret, type: type, organizationID: owner, comment: comment,
                links: try links.read(), sharesAddress: sharesAddress)
            Output.line("NAS '\(Output.printable(name))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the NAS devices of the database, without their secrets.",
            discussion: """
                Example:
                  radian nas list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let devices = try NASStore(options.openForReading()).all()
            if json { return try Output.json(devices) }
            Output.table(
                ["name", "address", "transports", "known by", "type", "organization", "message-authenticator", "comment"],
                devices.map {
                    [
                        $0.name, $0.address, $0.transports, $0.proof, $0.type, $0.organization ?? "", $0.requireMessageAuthenticator,
                        $0.comment ?? "",
                    ]
                },
                empty: "there are no NAS devices; 'radian nas add NAME --address CIDR --secret SECRET' adds one")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a NAS by its name or address.",
            discussion: """
                Example:
                  radian nas remove access-points
                """)

        @Argument(help: "Name or address.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try NASChanges(options.openForWriting()).remove(name)
            Output.line("NAS '\(Output.printable(name))' removed")
        }
    }
}

/// How a NAS connects and how it is told from others.
struct NASLinkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How its packets come: any, or a list of udp, tcp, tls and dtls.", valueName: "list"))
    var transports: String?
    @Option(
        help: ArgumentHelp(
            "The certificate it shows on TLS and DTLS: any, sha256:HEX, dns:NAME, ip:ADDRESS, uri:URI, cn:NAME or realm:REALM.",
            valueName: "rule"))
    var certificate: String?
    @Option(help: "The identity of the pre-shared key it uses instead of a certificate.") var pskIdentity: String?
    @Option(help: ArgumentHelp("File with the key: hexadecimal digits, 32 or more.", valueName: "path")) var pskKeyFile: String?
    @Option(help: "The NAS-Identifier that its packets carry, where several devices share an address.") var nasIdentifier: String?
    @Option(help: "TCP, TLS and DTLS connections it may have at once.") var maxConnections = LinkLimits().maximumLinks

    func validate() throws {
        guard (pskIdentity == nil) == (pskKeyFile == nil) else { throw ValidationError("Give --psk-identity and --psk-key-file together.") }
        guard maxConnections > 0 else { throw ValidationError("--max-connections must be 1 or more.") }
    }

    func read() throws -> NASLinkSettings {
        var settings = NASLinkSettings()
        if let transports {
            guard let set = NASLinkSettings.transports(transports) else {
                throw CommandFailure("'\(transports)' is no transport; use any, or a list of udp, tcp, tls and dtls")
            }
            settings.transports = set
        } else if certificate != nil || pskIdentity != nil {
            settings.transports = [.tls, .dtls]
        }
        if let certificate {
            guard let rule = CertificateRule(certificate) else {
                throw CommandFailure(
                    "'\(certificate)' names no certificate; use any, or sha256:, dns:, ip:, uri:, cn: or realm: and a value")
            }
            settings.certificate = rule
        }
        if let pskIdentity, let pskKeyFile {
            let text = try String(contentsOfFile: pskKeyFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            settings.preSharedKey = NASPreSharedKey(identity: pskIdentity, hexadecimal: text)
            guard settings.preSharedKey != nil else { throw CommandFailure("\(pskKeyFile) does not hold 32 or more hexadecimal digits") }
        }
        settings.nasIdentifier = nasIdentifier
        settings.limits.maximumLinks = maxConnections
        return settings
    }
}

extension NASDevice {
    /// What it is known by, beside its address.
    fileprivate var proof: String {
        certificate ?? preSharedKeyIdentity.map { "psk:\($0)" } ?? nasIdentifier.map { "nas-identifier:\($0)" } ?? "address"
    }
}
