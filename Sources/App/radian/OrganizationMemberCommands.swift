import Accounts
import ArgumentParser
import WebRouting

extension OrganizationCommand {
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change an organization.",
            discussion: """
                Only what is named changes. Users and managers of an inactive organization have no rights in it.

                Example:
                  radian organization set cafe --name "Café Central" --no-active
                """)

        @Argument(help: "The organization's short name.") var slug: String
        @Option(help: "The name people see.") var name: String?
        @Option(help: "What it is.") var description: String?
        @Option(help: ArgumentHelp("E-mail address.", valueName: "address")) var email: String?
        @Option(help: "Its site.") var url: String?
        @Flag(inversion: .prefixedNo, help: "Whether its realm is recognised.") var active: Bool?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let store = OrganizationStore(connection)
            let before = try store.known(slug)
            var organization = before
            if let name { organization.name = name }
            if let description { organization.description = description }
            if let email { organization.email = email }
            if let url { organization.url = url }
            if let active { organization.isActive = active }
            try connection.unitOfWork {
                try store.update(organization)
                try AuditLog(connection).organization(.changed, before: before, after: organization)
            }
            Output.line("organization '\(slug)' changed")
        }
    }

    struct Members: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an organization's managers and owner, or all its members.",
            discussion: """
                Example:
                  radian organization members cafe --all
                """)

        @Argument(help: "The organization's short name.") var slug: String
        @Flag(help: "List ordinary members, too.") var all = false
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        private struct Line: Encodable {
            let username, role: String
        }

        func run() throws {
            let connection = try options.openForReading()
            let organization = try OrganizationStore(connection).known(slug)
            let store = MembershipStore(connection)
            var lines: [Line] = []
            var page = Page(number: 1, size: 1000)
            while true {
                let (members, total) = try store.page(page, of: organization.id)
                lines += members.filter { all || $0.role >= .manager }.map { Line(username: $0.username, role: "\($0.role)") }
                guard page.number * page.size < total else { break }
                page.number += 1
            }
            lines.sort { $0.username < $1.username }
            if json { return try Output.json(lines) }
            Output.table(
                ["user", "role"], lines.map { [$0.username, $0.role] }, empty: "'\(slug)' has no \(all ? "members" : "managers")")
        }
    }

    struct Role: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a user is in an organization.",
            discussion: """
                The roles are member, manager, owner and none. There is one owner; the first manager becomes it.

                Example:
                  radian organization role cafe alice manager
                """)

        enum Choice: String, CaseIterable, ExpressibleByArgument {
            case member, manager, owner, none
        }

        @Argument(help: "The organization's short name.") var slug: String
        @Argument(help: "The user's name.") var user: String
        @Argument(help: "What the user is.") var role: Choice
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let organization = try OrganizationStore(connection).known(slug)
            let account = try UserStore(connection).known(user)
            let store = MembershipStore(connection)
            try connection.transactionOfCommand {
                let before = try store.role(account.id, organization.id)
                switch role {
                case .none:
                    guard try store.leave(account.id, organization.id) else { throw AccountsError.notMember(username: user, slug: slug) }
                case .member:
                    if try store.owner(of: organization.id)?.userID == account.id { try store.removeOwner(of: organization.id) }
                    try store.join(account.id, organization.id)
                    try store.setRole(.member, of: account.id, in: organization.id)
                case .manager: try store.join(account.id, organization.id, role: .manager)
                case .owner: try store.join(account.id, organization.id, role: .owner)
                }
                let after = try store.role(account.id, organization.id)
                try AuditLog(connection).membership(of: account, in: organization, before: before, after: after)
            }
            Output.line(
                role == .none
                    ? "'\(Output.printable(user))' is no member of '\(slug)' any more"
                    : "'\(Output.printable(user))' is \(role.rawValue) of '\(slug)'")
        }
    }
}

extension OrganizationStore {
    /// The organization with this slug.
    /// - Throws: an error that names the way out.
    func known(_ slug: String) throws -> Organization {
        guard let organization = try organization(slug: slug) else { throw AccountsError.organizationUnknown(slug: slug) }
        return organization
    }
}
