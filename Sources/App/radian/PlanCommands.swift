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

    /// The options that name terms.
    struct Terms: ParsableArguments {
        @Option(help: ArgumentHelp("Rate to the user, bit/s.", valueName: "rate")) var down: String?
        @Option(help: ArgumentHelp("Rate from the user, bit/s.", valueName: "rate")) var up: String?
        @Option(help: ArgumentHelp("Rate to the user for a short while.", valueName: "rate")) var downBurst: String?
        @Option(help: ArgumentHelp("Rate from the user for a short while.", valueName: "rate")) var upBurst: String?
        @Option(help: ArgumentHelp("Longest session, such as 8h.", valueName: "time")) var session: String?
        @Option(help: ArgumentHelp("Longest silence of a session.", valueName: "time")) var idle: String?
        @Option(help: ArgumentHelp("Time between interim packets, 60s or more.", valueName: "time")) var interim: String?
        @Option(help: ArgumentHelp("Number or name.", valueName: "vlan")) var vlan: String?
        @Option(help: ArgumentHelp("Role, user group or profile of the NAS.", valueName: "name")) var role: String?
        @Option(help: ArgumentHelp("Access list of the NAS.", valueName: "name")) var acl: String?
        @Option(help: ArgumentHelp("Web page that users are led to.", valueName: "url")) var redirect: String?
        @Option(help: ArgumentHelp("Access list that goes with it.", valueName: "name")) var redirectACL: String?
        @Option(help: ArgumentHelp("0 lowest to 7 highest.", valueName: "n")) var priority: UInt8?
        @Option(help: ArgumentHelp("Sessions at once; 0 for any number.", valueName: "n")) var sessions: UInt32?

        /// Changes a plan as the options say; an empty text takes a term away.
        func apply(to plan: inout PlanRow) throws {
            func take<T>(_ option: String?, _ path: WritableKeyPath<PlanTerms, T?>, _ name: String, _ read: (String) -> T?) throws {
                guard let option else { return }
                guard !option.isEmpty else { return plan.terms[keyPath: path] = nil }
                guard let value = read(option) else { throw ValidationError("--\(name) cannot be '\(option)'.") }
                plan.terms[keyPath: path] = value
            }
            func seconds(_ text: String) -> UInt32? { Quantity.seconds(text).flatMap { $0 > 0 ? UInt32(exactly: $0) : nil } }
            func rate(_ text: String) -> UInt64? { Quantity.number(text).flatMap { $0 > 0 ? $0 : nil } }
            try take(down, \.downRate, "down", rate)
            try take(up, \.upRate, "up", rate)
            try take(downBurst, \.downBurst, "down-burst", rate)
            try take(upBurst, \.upBurst, "up-burst", rate)
            try take(session, \.sessionSeconds, "session", seconds)
            try take(idle, \.idleSeconds, "idle", seconds)
            try take(interim, \.interimSeconds, "interim") { seconds($0).flatMap { $0 >= 60 ? $0 : nil } }
            try take(vlan, \.vlan, "vlan") { text in
                guard let number = UInt16(text) else { return PlanTerms.VLAN.name(text) }
                return (1...4094).contains(number) ? .id(number) : nil
            }
            try take(role, \.role, "role") { $0 }
            try take(acl, \.acl, "acl") { $0 }
            try take(redirect, \.redirectURL, "redirect") { $0 }
            try take(redirectACL, \.redirectACL, "redirect-acl") { $0 }
            if let priority {
                guard priority <= 7 else { throw ValidationError("--priority is 0 to 7.") }
                plan.terms.priority = priority
            }
            if let sessions { plan.sessionLimit = sessions == 0 ? nil : sessions }
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
                        plan.name, plan.terms.downRate.map { Quantity.text(Int64(clamping: $0)) } ?? "",
                        plan.terms.upRate.map { Quantity.text(Int64(clamping: $0)) } ?? "", plan.sessionLimit.map(String.init) ?? "",
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
                Rates are in bit/s: 512k, 10M, 1.5G.

                Example:
                  radian plan add gold --down 50M --up 10M --idle 15m --sessions 3 --description "Rooms 1 to 40"
                """)

        @Argument(help: "The plan's name.") var name: String
        @Option(help: "What it is for.") var description = ""
        @Option(help: ArgumentHelp("The organization that it belongs to.", valueName: "slug")) var organization: String?
        @OptionGroup var terms: Terms
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var plan = PlanRow(name: name, description: description)
            try terms.apply(to: &plan)
            let connection = try options.openForWriting()
            plan.organizationID = try organization.map { try connection.organizationID(slug: $0) }
            try PlanStore(connection).add(plan, at: Int64(Date().timeIntervalSince1970))
            Output.line("plan '\(Output.printable(name))' added")
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a plan's terms; an empty value takes a term away.",
            discussion: """
                Sessions that run keep their terms until they are changed: 'radian session coa'.

                Example:
                  radian plan set gold --down 100M --redirect ""
                """)

        @Argument(help: "The plan's name.") var name: String
        @Option(help: "What it is for.") var description: String?
        @OptionGroup var terms: Terms
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let store = PlanStore(try options.openForWriting())
            var plan = try store.plan(name)
            try terms.apply(to: &plan)
            if let description { plan.description = description }
            try store.set(plan)
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
            try PlanStore(options.openForWriting()).remove(name, force: force)
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
        func rate(_ value: UInt64?) -> String { value.map { "\(Quantity.text(Int64(clamping: $0)))bit/s" } ?? "" }
        func time(_ value: UInt32?) -> String { value.map { Quantity.duration(Int64($0)) } ?? "" }
        var vlan = ""
        switch terms.vlan {
        case .id(let number): vlan = String(number)
        case .name(let name): vlan = name
        case nil: break
        }
        return [
            ("down", rate(terms.downRate)), ("up", rate(terms.upRate)), ("down burst", rate(terms.downBurst)),
            ("up burst", rate(terms.upBurst)), ("session", time(terms.sessionSeconds)), ("idle", time(terms.idleSeconds)),
            ("interim", time(terms.interimSeconds)), ("vlan", vlan), ("role", terms.role ?? ""), ("acl", terms.acl ?? ""),
            ("redirect", terms.redirectURL ?? ""), ("redirect acl", terms.redirectACL ?? ""),
            ("priority", terms.priority.map(String.init) ?? ""), ("sessions", sessionLimit.map(String.init) ?? ""),
        ]
    }
}
