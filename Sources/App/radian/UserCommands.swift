import AccessPolicy
import Accounts
import ArgumentParser

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Users and their passwords.",
        discussion: """
            Example:
              radian user add alice --password 'correct horse' --group staff
            """,
        subcommands: [
            Add.self, List.self, Show.self, Remove.self, Password.self, Disable.self, Enable.self, Join.self, Leave.self,
        ])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user.",
            discussion: """
                The password is kept in clear text in radcheck, so that every method (PAP, CHAP, MS-CHAP) can use it.

                Example:
                  radian user add alice --password-stdin --group staff --organization cafe < password.txt
                """)

        @Argument(help: "The name to log in with.") var name: String
        @OptionGroup var password: PasswordOptions
        @Option(help: "An existing group.") var group: String?
        @Option(help: ArgumentHelp("An existing organization.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("E-mail address, of one user only.", valueName: "address")) var email: String?
        @Option(help: "First name.") var firstName = ""
        @Option(help: "Last name.") var lastName = ""
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let credential = UserProvisioning.cleartext(try password.read())
            try UserProvisioning(options.openForWriting()).add(
                User(username: name, email: email, firstName: firstName, lastName: lastName), credential: credential, group: group,
                organizationSlug: organization)
            Output.line("user '\(Output.printable(name))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List users, those of FreeRADIUS's tables included.",
            discussion: """
                Example:
                  radian user list --organization cafe --json
                """)

        @Option(help: ArgumentHelp("Only this organization's members.", valueName: "slug")) var organization: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let users = try UserProvisioning(options.openForReading()).all(organizationSlug: organization)
            if json { return try Output.json(users) }
            Output.table(
                ["user", "e-mail", "organizations", "groups", "password", "state"],
                users.map { user in
                    [
                        user.username, user.account?.email ?? "", user.account?.organizations.joined(separator: ",") ?? "",
                        user.groups.joined(separator: ","), user.credentials.joined(separator: ","), user.state,
                    ]
                }, empty: "there are no users; 'radian user add NAME --password PW' adds one")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one user, without the password.",
            discussion: """
                Example:
                  radian user show alice
                """)

        @Argument(help: "The user's name.") var name: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        private struct Details: Encodable {
            let username: String
            let account: User?
            let groups, credentials: [String]
            let check, reply: [PolicyItem]
        }

        func run() throws {
            let configuration = try options.load()
            let provisioning = UserProvisioning(try options.openForReading())
            guard let user = try provisioning.entry(name) else { throw AccountsError.userUnknown(username: name) }
            let mask = try SecretMask(configuration)
            let check = mask.items(try provisioning.items(of: name, in: .check))
            let reply = mask.items(try provisioning.items(of: name, in: .reply))
            if json {
                return try Output.json(
                    Details(
                        username: user.username, account: user.account, groups: user.groups, credentials: user.credentials, check: check,
                        reply: reply))
            }
            let account = user.account
            Output.details(
                [
                    ("user", user.username), ("id", account?.id ?? ""), ("e-mail", account?.email ?? ""),
                    ("name", [account?.firstName, account?.lastName].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")),
                    ("state", user.state), ("organizations", account?.organizations.joined(separator: ", ") ?? ""),
                    ("groups", user.groups.joined(separator: ", ")),
                ] + check.map { ("check", $0.line) } + reply.map { ("reply", $0.line) })
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a user; the accounting stays.",
            discussion: """
                Example:
                  radian user remove alice
                """)

        @Argument(help: "The user's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).remove(name)
            Output.line("user '\(Output.printable(name))' removed")
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a user's password, in the place of every one there was.",
            discussion: """
                Example:
                  radian user password alice --password-stdin < password.txt
                """)

        @Argument(help: "The user's name.") var name: String
        @OptionGroup var password: PasswordOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).setPassword(name, to: password.read())
            Output.line("password of '\(Output.printable(name))' changed")
        }
    }
}

extension UserProvisioning.Entry {
    /// For people: whether the account lets the user in.
    fileprivate var state: String {
        guard let account else { return "FreeRADIUS" }
        guard account.isActive else { return "inactive" }
        return account.expiresAt.map { "until \(Output.time($0))" } ?? "active"
    }
}
