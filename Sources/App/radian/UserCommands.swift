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
            Add.self, List.self, Show.self, Set.self, Remove.self, Password.self, Disable.self, Enable.self, Join.self, Leave.self,
            Token.self, VerifyEmail.self, Verify.self, Unverify.self, Code.self, Export.self,
        ])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user.",
            discussion: """
                The password is kept in clear text in radcheck, so that every method (PAP, CHAP, MS-CHAP) can use it; those of staff and
                superusers, who log in to the console and the API, are hashed as accounts.password_scheme says. --scheme says otherwise.

                Example:
                  radian user add alice --password-stdin --group staff --organization cafe < password.txt
                  radian user add root --superuser --email root@example.org --password-stdin < password.txt
                """)

        @Argument(help: "The name to log in with.") var name: String
        @OptionGroup var password: PasswordOptions
        @OptionGroup var scheme: PasswordSchemeOptions
        @Option(help: "An existing group.") var group: String?
        @Option(help: ArgumentHelp("An existing organization.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("E-mail address, of one user only.", valueName: "address")) var email: String?
        @Option(help: "First name.") var firstName = ""
        @Option(help: "Last name.") var lastName = ""
        @Option(help: ArgumentHelp("Telephone number, of one user only.", valueName: "+number")) var phone: String?
        @Flag(help: "May use the console, with the permissions of the user's roles.") var staff = false
        @Flag(help: "May do everything in all organizations.") var superuser = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let user = User(
                username: name, email: email, firstName: firstName, lastName: lastName, phoneNumber: phone, isStaff: staff || superuser,
                isSuperuser: superuser)
            let credential = try scheme.credential(try password.read(), of: user, options.load())
            try UserProvisioning(options.openForWriting()).add(
                user, credential: credential, group: group, organizationSlug: organization)
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
                    ("telephone", account?.phoneNumber ?? ""), ("rights", account?.rights ?? ""),
                    ("last login", Output.time(account?.lastLogin.map { $0 / 1_000_000 })),
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
                It is kept as with 'radian user add'.

                Example:
                  radian user password alice --password-stdin < password.txt
                """)

        @Argument(help: "The user's name.") var name: String
        @OptionGroup var password: PasswordOptions
        @OptionGroup var scheme: PasswordSchemeOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let user = try UserStore(connection).user(named: name) ?? User(username: name)
            let credential = try scheme.credential(try password.read(), of: user, options.load())
            try UserProvisioning(connection).setPassword(name, to: credential)
            Output.line("password of '\(Output.printable(name))' changed")
        }
    }
}

extension User {
    /// For people: what the account may do beyond its roles; empty for an ordinary one.
    fileprivate var rights: String { isSuperuser ? "superuser" : isStaff ? "staff" : "" }
}

extension UserProvisioning.Entry {
    /// For people: whether the account lets the user in.
    fileprivate var state: String {
        guard let account else { return "FreeRADIUS" }
        guard account.isActive else { return "inactive" }
        return account.expiresAt.map { "until \(Output.time($0))" } ?? "active"
    }
}
