import AccessPolicy
import ArgumentParser
import Composition
import Foundation
import ServicePlans

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plans: what a session is granted, the same for every kind of NAS.",
        discussion: """
            The check item Radian-Plan gives a plan to a user or group; each NAS gets it in its own attributes.

            Example:
              radian plan add gold --down 50M --up 10M --sessions 3
              radian group set staff check Radian-Plan := gold
            """,
        subcommands: [List.self, Show.self, Add.self, Set.self, Remove.self])

    /// Terms that `--clear` takes away, by the names of their options.
    enum Term: String, CaseIterable, ExpressibleByArgument {
        case down, up, downBurst = "down-burst", upBurst = "up-burst", downVolume = "down-volume", upVolume = "up-volume"
        case totalVolume = "total-volume", sessionTimeout = "session-timeout", idleTimeout = "idle-timeout", interim, vlan, role, acl
        case redirectURL = "redirect-url", redirectACL = "redirect-acl", priority, sessions

        func clear(_ plan: inout PlanRow) {
            switch self {
            case .down: plan.terms.downRate = nil
            case .up: plan.terms.upRate = nil
            case .downBurst: plan.terms.downBurst = nil
            case .upBurst: plan.terms.upBurst = nil
            case .downVolume: plan.terms.downVolume = nil
            case .upVolume: plan.terms.upVolume = nil
            case .totalVolume: plan.terms.totalVolume = nil
            case .sessionTimeout: plan.terms.sessionSeconds = nil
            case .idleTimeout: plan.terms.idleSeconds = nil
            case .interim: plan.terms.interimSeconds = nil
            case .vlan: plan.terms.vlan = nil
            case .role: plan.terms.role = nil
            case .acl: plan.terms.acl = nil
            case .redirectURL: plan.terms.redirectURL = nil
            case .redirectACL: plan.terms.redirectACL = nil
            case .priority: plan.terms.priority = nil
            case .sessions: plan.sessionLimit = nil
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the plans.",
            discussion: """
                Example:
                  radian plan list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let plans = try PlanStore(options.openForReading()).all()
            if json { return try Output.json(plans.map(PlanEntry.init)) }
            Output.table(
                ["plan", "down", "up", "sessions", "description"],
                plans.map { plan in
                    [
                        plan.name, plan.terms.downRate.map(Quantity.text(rate:)) ?? "",
                        plan.terms.upRate.map(Quantity.text(rate:)) ?? "", plan.sessionLimit.map(String.init) ?? "",
                        plan.description,
                    ]
                }, empty: "there are no plans; 'radian plan add NAME' adds one")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a plan's terms and quotas.",
            discussion: """
                Example:
                  radian plan show gold
                """)

        @Argument(help: "The plan's name.") var name: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let plan = try PlanStore(connection).plan(name)
            let quotas = try QuotaStore(connection).quotas(.plan, of: name)
            if json {
                var entry = PlanEntry(plan)
                entry.quotas = quotas.map(QuotaEntry.init)
                return try Output.json(entry)
            }
            Output.details(
                [("plan", plan.name), ("description", plan.description)] + plan.details + quotas.map { ("quota", QuotaEntry($0).line) })
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a plan.",
            discussion: """
                Volumes are of each session; a quota counts over all of them: 'radian quota add plan'.

                Example:
                  radian plan add gold --down 50M --up 10M --idle-timeout 900 --sessions 3 --description "Rooms 1 to 40"
                """)

        @Argument(help: "The plan's name.") var name: String
        @Option(help: "What it is for.") var description = ""
        @Option(help: ArgumentHelp("The organization that it belongs to.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("Sessions at once.", valueName: "n")) var sessions: UInt32?
        @OptionGroup var terms: PlanTermOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var plan = PlanRow(name: name, description: description, terms: try terms.terms(), sessionLimit: sessions)
            let connection = try options.openForWriting()
            plan.organizationID = try organization.map { try connection.organizationID(slug: $0) }
            try PlanChanges(connection).add(plan, at: Int64(Date().timeIntervalSince1970))
            Output.line("plan '\(Output.printable(name))' added")
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a plan's terms.",
            discussion: """
                Sessions that run keep their terms until they are changed: 'radian session coa'.

                Example:
                  radian plan set gold --down 100M --clear redirect-url --clear sessions
                """)

        @Argument(help: "The plan's name.") var name: String
        @Option(help: "What it is for.") var description: String?
        @Option(help: ArgumentHelp("Sessions at once.", valueName: "n")) var sessions: UInt32?
        @Option(
            help: ArgumentHelp(
                "Take a term away, named as its option: \(Term.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "term"))
        var clear: [Term] = []
        @OptionGroup var terms: PlanTermOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            var plan = try PlanStore(connection).plan(name)
            for term in clear { term.clear(&plan) }
            plan.terms = plan.terms.overlaid(by: try terms.terms())
            if let sessions { plan.sessionLimit = sessions }
            if let description { plan.description = description }
            try PlanChanges(connection).set(plan)
            Output.line("plan '\(Output.printable(name))' changed")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a plan and its quotas.",
            discussion: """
                Example:
                  radian plan remove gold
                """)

        @Argument(help: "The plan's name.") var name: String
        @Flag(help: "Even if users or groups have it.") var force = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try PlanChanges(options.openForWriting()).remove(name, force: force)
            Output.line("plan '\(Output.printable(name))' removed")
        }
    }
}

/// A plan in JSON.
private struct PlanEntry: Encodable {
    var name: String
    var description: String
    var terms: PlanTerms
    var sessions: UInt32?
    var quotas: [QuotaEntry]?

    init(_ plan: PlanRow) {
        name = plan.name
        description = plan.description
        terms = plan.terms
        sessions = plan.sessionLimit
    }
}

extension PlanRow {
    /// Terms as lines of a table.
    fileprivate var details: [(name: String, value: String)] {
        func rate(_ value: UInt64?) -> String { value.map { "\(Quantity.text(rate: $0))bit/s" } ?? "" }
        func volume(_ value: UInt64?) -> String { value.map { Quantity.text(octets: Int64(clamping: $0)) } ?? "" }
        func time(_ value: UInt32?) -> String { value.map { Quantity.duration(Int64($0)) } ?? "" }
        var vlan = ""
        switch terms.vlan {
        case .id(let number): vlan = String(number)
        case .name(let name): vlan = name
        case nil: break
        }
        return [
            ("down", rate(terms.downRate)), ("up", rate(terms.upRate)), ("down burst", rate(terms.downBurst)),
            ("up burst", rate(terms.upBurst)), ("down volume", volume(terms.downVolume)), ("up volume", volume(terms.upVolume)),
            ("total volume", volume(terms.totalVolume)), ("session", time(terms.sessionSeconds)), ("idle", time(terms.idleSeconds)),
            ("interim", time(terms.interimSeconds)), ("vlan", vlan), ("role", terms.role ?? ""), ("acl", terms.acl ?? ""),
            ("redirect", terms.redirectURL ?? ""), ("redirect acl", terms.redirectACL ?? ""),
            ("priority", terms.priority.map(String.init) ?? ""), ("sessions", sessionLimit.map(String.init) ?? ""),
        ]
    }
}
