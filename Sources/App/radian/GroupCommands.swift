public import AccessPolicy
public import ArgumentParser
import Composition

extension PolicyItemStore.List: ExpressibleByArgument {}

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Groups, their check items and their reply items.",
        discussion: """
            Example:
              radian group add staff
              radian group set staff reply Session-Timeout := 3600
            """,
        subcommands: [Add.self, List.self, Show.self, Default.self, Remove.self, Set.self, Unset.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a group.",
            discussion: """
                The name of an organization's group gets the organization's short name and a hyphen before it.

                Example:
                  radian group add staff --description "People who work here"
                  radian group add guests --organization cafe --default
                """)

        @Argument(help: "The group's name.") var name: String
        @Option(help: "What it is for.") var description = ""
        @Option(help: "Short name of the organization whose group it is.") var organization: String?
        @Flag(name: .customLong("default"), help: "New members of the organization get it.") var isDefault = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if isDefault, organization == nil { throw ValidationError("--default needs --organization") }
        }

        func run() throws {
            let stored = try GroupService(options).add(
                name, description: description, organizationSlug: organization, isDefault: isDefault)
            Output.line("group '\(Output.printable(stored))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the groups.",
            discussion: """
                Example:
                  radian group list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let groups = try options.maskedGroups()
            if json { return try Output.json(groups) }
            Output.table(
                ["group", "organization", "default", "check items", "reply items"],
                groups.map {
                    [$0.name, $0.organization ?? "", $0.isDefault ? "yes" : "", String($0.check.count), String($0.reply.count)]
                },
                empty: "there are no groups; 'radian group add NAME' adds one")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one group's items.",
            discussion: """
                Example:
                  radian group show staff
                """)

        @Argument(help: "The group's name.") var name: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let group = try options.maskedGroups().first(where: { $0.name == name }) else {
                throw ProvisioningError.groupUnknown(name)
            }
            if json { return try Output.json(group) }
            var lines = [("group", group.name)]
            if let organization = group.organization {
                lines += [("organization", organization), ("default", group.isDefault ? "yes" : "no")]
            }
            Output.details(lines + group.check.map { ("check", $0.line) } + group.reply.map { ("reply", $0.line) })
        }
    }

    struct Default: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a group the one that new members of its organization get.",
            discussion: """
                Example:
                  radian group default cafe-guests
                """)

        @Argument(help: "The group's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try GroupService(options).makeDefault(name)
            Output.line("group '\(Output.printable(name))' is the default of its organization")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a group, its items and its memberships.",
            discussion: """
                Example:
                  radian group remove staff
                """)

        @Argument(help: "The group's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try GroupService(options).remove(name)
            Output.line("group '\(Output.printable(name))' removed")
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a check or reply item of a group.",
            discussion: """
                The operator += adds to the items of the same attribute, every other one replaces them.
                  check: \(GroupService.operators(.check).joined(separator: " "))
                  reply: \(GroupService.operators(.reply).joined(separator: " "))

                Example:
                  radian group set staff reply Session-Timeout := 3600
                  radian group set staff check Login-Time := 'Wk0800-1800'
                """)

        @Argument(help: "The group's name.") var name: String
        @Argument(help: "reply or check.") var list: PolicyItemStore.List
        @Argument(help: "The attribute's name.") var attribute: String
        @Argument(help: "The operator.") var op: String
        @Argument(help: "The value.") var value: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try GroupService(options).set(PolicyItem(attribute: attribute, op: op, value: value), in: list, of: name)
            Output.line("group '\(Output.printable(name))': \(list.rawValue) item \(Output.printable(attribute)) set")
        }

        /// Puts the operator and the value of `group set` behind a `--`, as operators such as -= and values such as -1 look like options.
        static func separatingItem(_ arguments: [String]) -> [String] {
            let operators = PolicyItemStore.List.allCases.flatMap { GroupService.operators($0) }
            guard arguments.starts(with: ["group", "set"]), !arguments.contains("--"),
                let index = arguments.firstIndex(where: operators.contains), index + 1 < arguments.count
            else { return arguments }
            return arguments[..<index] + arguments[(index + 2)...] + ["--", arguments[index], arguments[index + 1]]
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a group's items of one attribute.",
            discussion: """
                Example:
                  radian group unset staff reply Session-Timeout
                """)

        @Argument(help: "The group's name.") var name: String
        @Argument(help: "reply or check.") var list: PolicyItemStore.List
        @Argument(help: "The attribute's name.") var attribute: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard try GroupService(options).unset(attribute, in: list, of: name) > 0 else {
                throw CommandFailure(
                    "group '\(name)' has no \(list.rawValue) item \(attribute); 'radian group show \(name)' shows what it has")
            }
            Output.line("group '\(Output.printable(name))': \(list.rawValue) item \(Output.printable(attribute)) removed")
        }
    }
}

extension GroupService {
    fileprivate init(_ options: ConfigurationOptions) throws {
        let dictionary = try options.load().loadDictionary()
        self.init(try options.openForWriting(), dictionary: dictionary)
    }
}

extension ConfigurationOptions {
    /// All groups, passwords hidden.
    fileprivate func maskedGroups() throws -> [GroupService.Entry] {
        let configuration = try load()
        let mask = try SecretMask(configuration)
        return try GroupService(openForReading(), dictionary: configuration.loadDictionary()).all().map { group in
            var group = group
            group.check = mask.items(group.check)
            group.reply = mask.items(group.reply)
            return group
        }
    }
}
