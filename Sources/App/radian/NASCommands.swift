import Accounts
import ArgumentParser
import NASClients

struct NASCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nas",
        abstract: "NAS devices: who may send requests, and with which secret.",
        discussion: """
            Example:
              radian nas add access-points --address 10.1.0.0/16 --secret-stdin < secret.txt
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a NAS; a running server knows it at once.",
            discussion: """
                Example:
                  radian nas add access-points --address 10.1.0.0/16 --secret 's3cret of 16 or more' --type mikrotik
                """)

        @Argument(help: "A short name for lists and logs.") var name: String
        @Option(help: ArgumentHelp("Address or prefix that its packets come from.", valueName: "cidr")) var address: String
        @OptionGroup var secret: SharedSecretOptions
        @Option(help: ArgumentHelp("The organization whose users it serves; all when left out.", valueName: "slug")) var organization:
            String?
        @Option(help: "The vendor, such as cisco or mikrotik.") var type = "other"
        @Option(help: "Where it stands, who looks after it.") var comment: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let secret = try secret.read()
            let connection = try options.openForWriting()
            let owner = try organization.map { slug in
                guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                    throw AccountsError.organizationUnknown(slug: slug)
                }
                return found.id
            }
            try NASStore(connection).add(
                name: name, address: address, secret: secret, type: type, organizationID: owner, comment: comment)
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
                ["name", "address", "type", "organization", "message-authenticator", "comment"],
                devices.map { [$0.name, $0.address, $0.type, $0.organization ?? "", $0.requireMessageAuthenticator, $0.comment ?? ""] },
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
            try NASStore(options.openForWriting()).remove(name)
            Output.line("NAS '\(Output.printable(name))' removed")
        }
    }
}
