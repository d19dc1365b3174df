import AccessPolicy
import Accounts
import ArgumentParser
import Composition
import Database
import Foundation
import ServerKernel

struct RuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule",
        abstract: "Rules: when a request looks like this, do that.",
        discussion: """
            Rules of the configuration file come first, then those of the database, in their order; the first that matches ends the walk
            unless it says 'continue: yes'. A running server knows a change within seconds.

            Example:
              radian rule add guests --definition 'when: {ssid: guests}
              then: {vlan: 30, session_timeout: 3600}'
            """,
        subcommands: [List.self, Add.self, Remove.self, Move.self, Check.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the rules of the database in their order.",
            discussion: """
                Example:
                  radian rule list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let rules = try RuleStore(options.openForReading()).all()
            if json { return try Output.json(rules) }
            Output.table(
                ["name", "organization", "definition"],
                rules.map { [$0.name, $0.organization ?? "", $0.definition.split(whereSeparator: \.isNewline).joined(separator: "; ")] },
                empty: "there are no rules in the database; 'radian rule add NAME' adds one")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a rule behind all others.",
            discussion: """
                The definition is YAML with 'when', 'then' and 'early', as in the configuration file.

                Example:
                  radian rule add no-printers --file rule.yaml --organization school
                  radian rule add night --definition 'when: {time: Any2200-0600, group: kids}
                  then: {reject: Good night}'
                """)

        @Argument(help: "The rule's name.") var name: String
        @Option(help: ArgumentHelp("The rule.", valueName: "yaml")) var definition: String?
        @Option(help: ArgumentHelp("Read the rule from a file; - is standard input.", valueName: "path")) var file: String?
        @Option(help: ArgumentHelp("Look at it only for requests of this organization.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("Put it in front of this rule.", valueName: "name")) var before: String?
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (definition == nil) != (file == nil) else { throw ValidationError("Give either --definition YAML or --file PATH.") }
        }

        func run() throws {
            let text = try definition ?? readRule()
            let dictionary = try options.load().loadDictionary()
            let (_, problems) = RuleRegistry.rule(
                StoredRule(id: 0, name: name, position: 0, definition: text), dictionary: dictionary)
            guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
            let connection = try options.openForWriting()
            let owner = try organization.map { slug in
                guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                    throw AccountsError.organizationUnknown(slug: slug)
                }
                return found.id
            }
            try RuleChanges(connection).add(name: name, definition: text, organizationID: owner, before: before)
            Output.line("rule '\(Output.printable(name))' added")
        }

        private func readRule() throws -> String {
            guard let file, file != "-" else {
                return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
            }
            do {
                return try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw CommandFailure("cannot read \(file)")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a rule of the database.",
            discussion: """
                Example:
                  radian rule remove guests
                """)

        @Argument(help: "The rule's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try RuleChanges(options.openForWriting()).remove(name)
            Output.line("rule '\(Output.printable(name))' removed")
        }
    }

    struct Move: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a rule's place.",
            discussion: """
                Example:
                  radian rule move night --before guests
                  radian rule move night
                """)

        @Argument(help: "The rule's name.") var name: String
        @Option(help: ArgumentHelp("The rule it shall stand before; behind all when left out.", valueName: "name")) var before: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try RuleChanges(options.openForWriting()).move(name, before: before)
            Output.line("rule '\(Output.printable(name))' moved")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the rules of the database, or of a file that holds one.",
            discussion: """
                'radian config check' checks those of the configuration.

                Example:
                  radian rule check
                  radian rule check rule.yaml
                """)

        @Argument(help: "A file with one rule; those of the database when left out.") var file: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let dictionary = try options.load().loadDictionary()
            var problems: [ConfigurationProblem] = []
            var count = 1
            if let file {
                guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { throw CommandFailure("cannot read \(file)") }
                var parser = RuleParser(dictionary: dictionary)
                _ = parser.rule(try ConfigurationNode(yaml: text, file: file), name: file, organizationID: nil)
                problems = parser.problems
            } else {
                let rules = try RuleStore(options.openForReading()).all()
                count = rules.count
                for rule in rules { problems += RuleRegistry.rule(rule, dictionary: dictionary).1 }
            }
            guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
            Output.line("\(count) \(count == 1 ? "rule" : "rules"), no problems found")
        }
    }
}
