import AccessPolicy
import ArgumentParser

extension UserCommand {
    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a user from now on; a running server ends the user's sessions (dynamic_authorization.on_user_disabled).",
            discussion: """
                Example:
                  radian user disable alice
                """)

        @Argument(help: "The user's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).setActive(false, name)
            Output.line("user '\(Output.printable(name))' disabled")
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a disabled user in again.",
            discussion: """
                Example:
                  radian user enable alice
                """)

        @Argument(help: "The user's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).setActive(true, name)
            Output.line("user '\(Output.printable(name))' enabled")
        }
    }

    struct Join: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a user into a group; running sessions follow by dynamic_authorization.on_group_changed.",
            discussion: """
                Example:
                  radian user join alice staff
                """)

        @Argument(help: "The user's name.") var name: String
        @Argument(help: "An existing group.") var group: String
        @Option(help: ArgumentHelp("Groups with a lower one come first.", valueName: "n")) var priority = 1
        @Option(help: ArgumentHelp("Where the membership counts; everywhere when left out.", valueName: "slug")) var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).join(name, group: group, priority: priority, organizationSlug: organization)
            Output.line("user '\(Output.printable(name))' is in the group '\(Output.printable(group))' now")
        }
    }

    struct Leave: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a user out of a group; running sessions follow by dynamic_authorization.on_group_changed.",
            discussion: """
                Example:
                  radian user leave alice staff
                """)

        @Argument(help: "The user's name.") var name: String
        @Argument(help: "The group.") var group: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try UserProvisioning(options.openForWriting()).leave(name, group: group)
            Output.line("user '\(Output.printable(name))' has left the group '\(Output.printable(group))'")
        }
    }
}
