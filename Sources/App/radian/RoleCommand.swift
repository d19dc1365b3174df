import Accounts
import ArgumentParser
import WebRouting

struct RoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Roles: permissions that staff have together.",
        discussion: """
            A role says what its users may do; where they may do it say the organizations that they manage.

            Example:
              radian role give alice Operator
            """,
        subcommands: [List.self, Add.self, Permissions.self, Remove.self, Give.self, Take.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the roles and their permissions.",
            discussion: """
                Example:
                  radian role list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let (roles, _) = try RoleStore(options.openForReading()).page(Page(number: 1, size: 10_000))
            if json { return try Output.json(roles) }
            Output.table(
                ["role", "permissions"], roles.map { [$0.name, $0.permissions.map(\.codeName).joined(separator: " ")] },
                empty: "there are no roles; 'radian role add NAME' adds one")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a role.",
            discussion: """
                Example:
                  radian role add "Help desk" --permission view_user --permission change_user
                """)

        @Argument(help: "The role's name.") var name: String
        @Option(name: .customLong("permission"), help: ArgumentHelp("A permission; may be repeated.", valueName: "code name"))
        var permissions: [String] = []
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let store = RoleStore(connection)
            try connection.transactionOfCommand {
                let id = try store.add(name, permissions: store.ids(of: permissions))
                try AuditLog(connection).role(.added, before: nil, after: store.role(id: id))
            }
            Output.line("role '\(Output.printable(name))' added")
        }
    }

    struct Permissions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the permissions that there are, or set those of a role.",
            discussion: """
                The server makes its permissions known when it starts.

                Example:
                  radian role permissions
                  radian role permissions "Help desk" view_user change_user
                """)

        @Argument(help: "A role.") var name: String?
        @Argument(help: "All that it may do from now on.") var permissions: [String] = []
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let name else {
                let all = try RoleStore(options.openForReading()).permissions()
                return Output.table(
                    ["permission", "meaning"], all.map { [$0.codeName, $0.name] }, empty: "the server has not made any known yet")
            }
            let connection = try options.openForWriting()
            let store = RoleStore(connection)
            let role = try store.known(name)
            guard !permissions.isEmpty else {
                return Output.table(
                    ["permission", "meaning"], role.permissions.map { [$0.codeName, $0.name] }, empty: "'\(name)' has no permissions")
            }
            try connection.transactionOfCommand {
                try store.setPermissions(store.ids(of: permissions), of: role.id)
                try AuditLog(connection).role(.changed, before: role, after: store.role(id: role.id))
            }
            Output.line("permissions of '\(Output.printable(name))' changed")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a role; its users lose what it gave them.",
            discussion: """
                Example:
                  radian role remove "Help desk"
                """)

        @Argument(help: "The role's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let store = RoleStore(connection)
            let role = try store.known(name)
            try connection.transactionOfCommand {
                try store.remove(id: role.id)
                try AuditLog(connection).role(.removed, before: role, after: nil)
            }
            Output.line("role '\(Output.printable(name))' removed")
        }
    }

    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user a role.",
            discussion: """
                Example:
                  radian role give alice Operator
                """)

        @Argument(help: "The user's name.") var user: String
        @Argument(help: "The role's name.") var role: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try RoleCommand.change(user, role, options) { $0 + [$1] }
            Output.line("'\(Output.printable(user))' has the role '\(Output.printable(role))'")
        }
    }

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a role away from a user.",
            discussion: """
                Example:
                  radian role take alice Operator
                """)

        @Argument(help: "The user's name.") var user: String
        @Argument(help: "The role's name.") var role: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try RoleCommand.change(user, role, options) { roles, id in roles.filter { $0 != id } }
            Output.line("'\(Output.printable(user))' does not have the role '\(Output.printable(role))'")
        }
    }

    private static func change(
        _ user: String, _ role: String, _ options: ConfigurationOptions, _ change: ([Int64], Int64) -> [Int64]
    ) throws {
        let connection = try options.openForWriting()
        let store = RoleStore(connection)
        let account = try UserStore(connection).known(user)
        let id = try store.known(role).id
        try connection.transactionOfCommand {
            let before = try UserSnapshot(account.id, over: connection)
            try store.setRoles(change(store.roles(of: [account.id])[account.id] ?? [], id), of: account.id)
            try AuditLog(connection).record(.changed, before: before, after: UserSnapshot(account.id, over: connection))
        }
    }
}

extension RoleStore {
    fileprivate func known(_ name: String) throws -> Accounts.Role {
        guard let role = try role(named: name) else { throw AccountsError.roleUnknown(name) }
        return role
    }

    fileprivate func ids(of codeNames: [String]) throws -> [Int64] {
        let known = Dictionary(try permissions().map { ($0.codeName, $0.id) }, uniquingKeysWith: { first, _ in first })
        return try codeNames.map { name in
            guard let id = known[name] else { throw AccountsError.permissionUnknown(name) }
            return id
        }
    }
}
