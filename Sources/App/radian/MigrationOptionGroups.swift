import Accounts
import ArgumentParser
import Composition
import Database
import Foundation
import MigrationSources

/// Where everything of a source without organizations goes.
struct MigrationScopeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Whose members, groups and devices all of it becomes; without it, nobody's.", valueName: "slug"))
    var organization: String?
    @Flag(help: "Make the organization where there is none.") var createOrganization = false

    func validate() throws {
        if createOrganization, organization == nil { throw ValidationError("--create-organization needs --organization.") }
    }
}

/// What all migrations can be told, and how they report.
struct MigrationCommonOptions: ParsableArguments {
    @Flag(help: "Show what would be taken, and write nothing.") var dryRun = false
    @Flag(help: "Let the source's values take the place of those that are there.") var replace = false
    @Flag(help: "Leave out sessions and the log of logins.") var skipAccounting = false
    @Option(help: ArgumentHelp("Leave out sessions and logins that ended before this day.", valueName: "yyyy-mm-dd")) var since: String?
    @Option(help: ArgumentHelp("Time zone of times that name none, as in MySQL's dumps; UTC without it.", valueName: "zone"))
    var timeZone: String?
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if let since, Self.day(since) == nil { throw ValidationError("'\(since)' is no day such as 2026-01-31.") }
        if let timeZone, TimeZone(identifier: timeZone) == nil { throw ValidationError("There is no time zone '\(timeZone)'.") }
    }

    /// Microseconds since 1970 UTC of a day's begin.
    private static func day(_ text: String) -> Int64? {
        guard let date = try? Date(text, strategy: .iso8601.year().month().day()) else { return nil }
        return Int64(date.timeIntervalSince1970 * 1_000_000)
    }

    /// Runs a migration and reports.
    func run(_ scope: MigrationScopeOptions?, _ body: (MigrationRun) throws -> Void) throws {
        let configuration = try options.load()
        let target = try dryRun ? options.openForReading() : options.openForWriting(.bulk)
        var migration = MigrationOptions(
            settings: configuration.api.organizationDefaults, timeZone: timeZone.flatMap { TimeZone(identifier: $0) } ?? .gmt)
        migration.organizationSlug = scope?.organization
        migration.createsOrganization = scope?.createOrganization ?? false
        migration.isDryRun = dryRun
        migration.replaces = replace
        migration.skipsAccounting = skipAccounting
        migration.since = since.flatMap(Self.day)
        let display = MigrationDisplay(isQuiet: json)
        let run = try MigrationRun(into: target, options: migration, scratchEngine: MigrationEngines.newFile) { problem in
            display.show(problem)
        } progress: {
            display.show($0)
        }
        do {
            try body(run)
            display.finish()
        } catch {
            display.finish()
            throw error
        }
        try report(run.report)
    }

    private func report(_ report: MigrationReport) throws {
        if json {
            try Output.json(report)
        } else {
            let rows = MigrationReport.Kind.allCases.compactMap { kind in
                report.tallies[kind].map { tally in
                    [kind.rawValue] + [tally.taken, tally.present, tally.kept, tally.skipped, tally.refused].map { String($0) }
                }
            }
            Output.table(["", "taken", "there already", "kept as here", "left out", "refused"], rows, empty: "nothing to take over")
            if dryRun { Output.line("dry run, nothing written") }
        }
        guard report.refused == 0 else {
            throw CommandFailure("\(report.refused) rows \(dryRun ? "would not be" : "were not") taken; the messages say why")
        }
    }
}

/// What a migration does, on standard error.
private final class MigrationDisplay {
    private let isQuiet: Bool
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private var hasLine = false

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func show(_ problem: MigrationProblem) {
        finish()
        if !isQuiet { Output.complain((problem.isRefused ? "refused: " : "note: ") + Output.printable(problem.description)) }
    }

    func show(_ progress: MigrationProgress) {
        guard isTerminal, !isQuiet else { return }
        let percent = progress.fraction.map { " \(Int($0 * 100)) %" } ?? ""
        Output.write("\r\(progress.stage): \(progress.rows) rows\(percent)    ", to: .standardError)
        hasLine = true
    }

    /// Leaves the line that is drawn again and again.
    func finish() {
        if hasLine { Output.complain("") }
        hasLine = false
    }
}
