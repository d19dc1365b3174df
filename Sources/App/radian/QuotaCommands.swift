public import AccessPolicy
import Accounts
public import ArgumentParser
import Composition
import Database
import Foundation
public import RADIUSPipeline
import ServicePlans

extension QuotaRow.Scope: ExpressibleByArgument {}
extension UsageMeasure: ExpressibleByArgument {}

struct QuotaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota",
        abstract: "Quotas of time and traffic, counted over all of a user's sessions and devices.",
        discussion: """
            Check items such as Max-Daily-Session limit users too, as in FreeRADIUS; 'radian quota show' shows both.

            Example:
              radian quota add group guests --limit 2G --period day
              radian quota show alice
            """,
        subcommands: [List.self, Add.self, Remove.self, Show.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the quotas.",
            discussion: """
                Example:
                  radian quota list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let quotas = try QuotaStore(options.openForReading()).quotas().map(QuotaEntry.init)
            if json { return try Output.json(quotas) }
            Output.table(
                ["id", "for", "limit", "of", "per", "then"],
                quotas.map { [String($0.id), "\($0.scope.rawValue) \($0.subject)", $0.amount, $0.measure.rawValue, $0.period, $0.then] },
                empty: "there are no quotas; 'radian quota add' adds one")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a quota to a user, a group or a plan.",
            discussion: """
                Periods: session, hour, day, week, month (--reset-day), total; several such as 6h, 3d, 2w; 'rolling 24h', 'rolling 30d'.
                When it is used up, sessions end and new ones are refused; or with --throttle-down and --throttle-up they go on slower, with
                --plan with another plan's terms, and with --refuse the running ones go on.

                Example:
                  radian quota add user alice --limit 10G --period month --reset-day 15 --throttle-down 1M --throttle-up 256k
                  radian quota add group guests --of time --limit 4h --period day
                  radian quota add plan gold --limit 5G --period 'rolling 24h' --plan slow
                """)

        @Argument(help: "user, group or plan.") var scope: QuotaRow.Scope
        @Argument(help: "Name of the user, group or plan.") var name: String
        @Option(help: ArgumentHelp("Octets such as 10G (powers of 1024), or time such as 4h.", valueName: "amount")) var limit: String
        @Option(help: "time, octets (both directions), down, up, or age (since the first login).") var of = UsageMeasure.octets
        @Option(help: "What it is counted over.") var period = "month"
        @Option(help: ArgumentHelp("Day on which a month begins, 1 to 31.", valueName: "day")) var resetDay: Int?
        @Option(help: ArgumentHelp("Go on with this rate to the user, bit/s.", valueName: "rate")) var throttleDown: String?
        @Option(help: ArgumentHelp("Go on with this rate from the user, bit/s.", valueName: "rate")) var throttleUp: String?
        @Option(help: ArgumentHelp("Go on with this plan.", valueName: "name")) var plan: String?
        @Flag(help: "Refuse new sessions only.") var refuse = false
        @Option(help: ArgumentHelp("The organization that it belongs to.", valueName: "slug")) var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func validate() throws { _ = try quota() }

        func run() throws {
            var quota = try quota()
            let connection = try options.openForWriting()
            quota.organizationID = try organization.map { try connection.organizationID(slug: $0) }
            if let plan { _ = try PlanStore(connection).plan(plan) }
            if scope == .plan { _ = try PlanStore(connection).plan(name) }
            let id = try QuotaChanges(connection).add(quota, for: scope, name, at: Int64(Date().timeIntervalSince1970))
            Output.line("quota \(id) added to \(scope.rawValue) '\(Output.printable(name))'")
        }

        private func quota() throws -> Quota {
            guard let period = UsagePeriod(resetDay.map { "\(self.period)@\($0)" } ?? self.period) else {
                throw ValidationError("--period cannot be '\(self.period)'\(resetDay == nil ? "" : " with a reset day").")
            }
            let amount = of.isVolume ? Quantity.octets(limit) : Quantity.seconds(limit)
            guard let amount, amount > 0 else {
                throw ValidationError("--limit cannot be '\(limit)'; write \(of.isVolume ? "octets such as 10G" : "time such as 4h").")
            }
            let ways = [throttleDown != nil || throttleUp != nil, plan != nil, refuse]
            guard ways.count(where: { $0 }) <= 1 else { throw ValidationError("Throttle, change the plan or refuse: one of them.") }
            var exhaustion = refuse ? Quota.Exhaustion.refuse : plan.map { .plan($0) } ?? .disconnect
            if ways[0] {
                var terms = PlanTerms()
                terms.downRate = try throttleDown.map { try PlanTermOptions.number($0, "--throttle-down", thousand: 1000) }
                terms.upRate = try throttleUp.map { try PlanTermOptions.number($0, "--throttle-up", thousand: 1000) }
                exhaustion = .throttle(terms)
            }
            return Quota(id: "", measure: of, period: period, limit: amount, exhaustion: exhaustion)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a quota.",
            discussion: """
                Example:
                  radian quota remove 7
                """)

        @Argument(help: "Its number; 'radian quota list' shows it.") var id: Int64
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try QuotaChanges(options.openForWriting()).remove(id)
            Output.line("quota \(id) removed")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a user may use, has used and has left.",
            discussion: """
                Conditions of check items are not looked at: every limit that the user may meet is shown.

                Example:
                  radian quota show alice
                """)

        @Argument(help: "The user's name.") var user: String
        @Option(help: ArgumentHelp("As a member of this organization.", valueName: "slug")) var organization: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let configuration = try options.load()
            let owner = try organization.map { try connection.organizationID(slug: $0) }
            let report = QuotaReport(connection, calendar: configuration.timeZone.map { LocalCalendar($0) } ?? .current)
            let entries = try report.entries(of: user, organizationID: owner, at: Int64(Date().timeIntervalSince1970))
            if json { return try Output.json(entries) }
            Output.table(
                ["limit", "of", "per", "allowed", "used", "left", "resets", "then"],
                entries.map { entry in
                    func amount(_ value: Int64) -> String {
                        entry.measure.isVolume ? Quantity.text(octets: value) : Quantity.duration(value)
                    }
                    return [
                        entry.name, entry.measure.rawValue, entry.period.description, amount(entry.limit), amount(entry.used),
                        amount(entry.left), Output.time(entry.resetsAt), entry.action,
                    ]
                }, empty: "'\(Output.printable(user))' has no quotas and no counters")
        }
    }
}

/// A quota as lists show it.
struct QuotaEntry: Encodable {
    var id: Int64
    var scope: QuotaRow.Scope
    var subject: String
    var measure: UsageMeasure
    var period: String
    /// Seconds or octets.
    var limit: Int64
    var action: String
    var downRate: UInt64?
    var upRate: UInt64?
    var plan: String?

    init(_ row: QuotaRow) {
        id = row.id
        scope = row.scope
        subject = row.subject
        measure = row.quota.measure
        period = row.quota.period.description
        limit = row.quota.limit
        action = row.quota.exhaustion.action
        switch row.quota.exhaustion {
        case .throttle(let terms): (downRate, upRate) = (terms.downRate, terms.upRate)
        case .plan(let name): plan = name
        case .disconnect, .refuse: break
        }
    }

    var amount: String { measure.isVolume ? Quantity.text(octets: limit) : Quantity.duration(limit) }

    /// What follows when it is used up.
    var then: String {
        let rates = [
            downRate.map { "down \(Quantity.text(rate: $0))" }, upRate.map { "up \(Quantity.text(rate: $0))" },
        ]
        return ([action] + rates.compactMap(\.self) + [plan].compactMap(\.self)).joined(separator: " ")
    }

    /// One line for a plan's details.
    var line: String { "\(amount) of \(measure.rawValue) per \(period), then \(then)" }
}

extension DatabaseConnection {
    /// - Throws: ``Accounts/AccountsError`` when there is no such organization.
    func organizationID(slug: String) throws -> String {
        guard let found = try OrganizationStore(self).organization(slug: slug) else { throw AccountsError.organizationUnknown(slug: slug) }
        return found.id
    }
}
