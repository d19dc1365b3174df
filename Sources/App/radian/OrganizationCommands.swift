import AccessPolicy
import Accounts
import ArgumentParser
import Database

struct OrganizationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organization",
        abstract: "Organizations: tenants with users and NAS devices of their own.",
        discussion: """
            Example:
              radian organization add cafe --name "Café Central"
            """,
        subcommands: [Add.self, List.self, Show.self, OrganizationSettingsCommand.self, Set.self, Members.self, Role.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an organization.",
            discussion: """
                Its members may log in as USER@SLUG through a NAS that serves all organizations.

                Example:
                  radian organization add cafe --name "Café Central"
                """)

        @Argument(help: "Short name of lower-case letters, digits, '-' and '_'.") var slug: String
        @Option(help: "The name people see; the slug when left out.") var name: String?
        @Flag(help: "Make the groups SLUG-users, which new members get, and SLUG-power-users.") var defaultGroups = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let organization = Organization(name: name ?? slug, slug: slug)
            try connection.unitOfWork {
                try OrganizationStore(connection).add(organization)
                if defaultGroups { try DefaultGroups.create(organization, over: connection) }
                try AuditLog(connection).organization(.added, before: nil, after: organization)
            }
            Output.line("organization '\(slug)' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the organizations.",
            discussion: """
                Example:
                  radian organization list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let organizations = try OrganizationStore(options.openForReading()).all()
            if json { return try Output.json(organizations) }
            Output.table(
                ["slug", "name", "active"], organizations.map { [$0.slug, $0.name, $0.isActive ? "yes" : "no"] },
                empty: "there are no organizations; 'radian organization add SLUG' adds one")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one organization.",
            discussion: """
                Example:
                  radian organization show cafe
                """)

        @Argument(help: "The organization's short name.") var slug: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        private struct Details: Encodable {
            let id, slug, name: String
            let isActive: Bool
            let members: Int
        }

        func run() throws {
            let store = OrganizationStore(try options.openForReading())
            guard let found = try store.organization(slug: slug) else { throw AccountsError.organizationUnknown(slug: slug) }
            let members = try store.memberCount(of: found)
            if json {
                return try Output.json(
                    Details(id: found.id, slug: found.slug, name: found.name, isActive: found.isActive, members: members))
            }
            Output.details([
                ("slug", found.slug), ("name", found.name), ("id", found.id), ("active", found.isActive ? "yes" : "no"),
                ("members", String(members)),
            ])
        }
    }
}
