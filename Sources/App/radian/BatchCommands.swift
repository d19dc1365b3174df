import Accounts
import ArgumentParser
import Batches
import Composition
import Database
import Foundation
import Logging
import WebRouting

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Users that were made together: by file, or by prefix and number.",
        discussion: """
            Example:
              radian batch add vouchers --organization cafe --prefix guest --count 50
              radian batch pdf vouchers vouchers.pdf
              radian batch undo vouchers
            """,
        subcommands: [List.self, Show.self, Add.self, PDF.self, Errors.self, Resume.self, Cancel.self, Undo.self, Prune.self])

    /// Which batch.
    struct Selection: ParsableArguments {
        @Argument(help: ArgumentHelp("The batch's name, or its id.", valueName: "batch")) var name: String
        @Option(help: ArgumentHelp("The batch's organization, where several have one of this name.", valueName: "slug"))
        var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func find(_ connection: any DatabaseConnection) throws -> (batch: Batch, organization: Organization) {
            let store = BatchStore(connection)
            let organizations = try OrganizationStore(connection).all().filter { organization == nil || $0.slug == organization }
            if let organization, organizations.isEmpty { throw AccountsError.organizationUnknown(slug: organization) }
            if let batch = try store.batch(id: name.lowercased()),
                let owner = organizations.first(where: { $0.id == batch.organizationID })
            {
                return (batch, owner)
            }
            let found = try organizations.compactMap { organization in
                try store.batch(named: name, organizationID: organization.id).map { ($0, organization) }
            }
            guard let first = found.first else {
                throw CommandFailure("there is no batch '\(name)'; 'radian batch list' shows them")
            }
            guard found.count == 1 else {
                let slugs = found.map(\.1.slug).joined(separator: ", ")
                throw CommandFailure("several organizations have a batch '\(name)': \(slugs); choose one by --organization")
            }
            return first
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List batches, the newest first.", discussion: "Example:\n  radian batch list --organization cafe")
        @Option(help: ArgumentHelp("Only this organization's.", valueName: "slug")) var organization: String?
        @Option(help: "At most so many.") var limit = 100
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let organizations = try OrganizationStore(connection).all()
            var scope = Tenancy.all
            if let organization {
                guard let found = organizations.first(where: { $0.slug == organization }) else {
                    throw AccountsError.organizationUnknown(slug: organization)
                }
                scope = .only([found.id])
            }
            let slugs = Dictionary(organizations.map { ($0.id, $0.slug) }, uniquingKeysWith: { first, _ in first })
            let batches = try BatchStore(connection).page(size: max(1, limit), offset: 0, in: scope).batches
            if json { return try Output.json(batches) }
            Output.table(
                ["name", "organization", "made by", "status", "created", "linked", "refused", "when"],
                batches.map {
                    [
                        $0.name, slugs[$0.organizationID] ?? "", $0.prefix.map { "prefix \($0)" } ?? "file", $0.status.rawValue,
                        String($0.createdUsers), String($0.linkedUsers), String($0.refusedRows), Output.time($0.created / 1_000_000),
                    ]
                }, empty: "no batches; 'radian import FILE --batch NAME' and 'radian batch add' make some")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a batch and its users.", discussion: "Example:\n  radian batch show conference")
        @OptionGroup var selection: Selection
        @Option(help: "At most so many users.") var limit = 100
        @Flag(help: "Print JSON.") var json = false

        private struct Document: Encodable {
            let batch: Batch
            let organization: String
            let users: [BatchUser]
        }

        func run() throws {
            let connection = try selection.options.openForReading()
            let (batch, organization) = try selection.find(connection)
            let users = try BatchStore(connection).users(of: batch, limit: max(0, limit))
            if json { return try Output.json(Document(batch: batch, organization: organization.slug, users: users)) }
            Output.details([
                ("name", batch.name), ("id", batch.id), ("organization", organization.slug), ("status", batch.status.rawValue),
                ("error", batch.error ?? ""), ("made by", batch.prefix.map { "prefix \($0)" } ?? "file"),
                ("rows", "\(batch.position) of \(batch.itemCount)"), ("created", String(batch.createdUsers)),
                ("linked", String(batch.linkedUsers)), ("refused", String(batch.refusedRows)), ("group", batch.groupName ?? ""),
                ("expires", batch.expirationDate ?? ""), ("notes", batch.notes),
                ("passwords kept until", Output.time(batch.credentialsUntil.map { $0 / 1_000_000 })),
            ])
            Output.table(
                ["user", "email", "made by the batch", "groups"],
                users.map { [$0.username, $0.email ?? "", $0.isCreated ? "yes" : "no", $0.groups.joined(separator: ", ")] },
                empty: "no users")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make users by prefix and number, with passwords to print.",
            discussion: "Example:\n  radian batch add vouchers --organization cafe --prefix guest --count 50 --expires 2026-12-31")
        @Argument(help: ArgumentHelp("Unique in the organization.", valueName: "name")) var name: String
        @Option(help: ArgumentHelp("An existing organization whose members the users become.", valueName: "slug")) var organization: String
        @Option(help: "Begins the user names; letters, digits and @ . + - _.") var prefix: String
        @Option(help: "How many users.") var count: Int
        @Option(help: ArgumentHelp("The last day on which they may log in.", valueName: "YYYY-MM-DD")) var expires: String?
        @Option(help: ArgumentHelp("An existing group of the organization.", valueName: "name")) var group: String?
        @Option(help: "How passwords are kept: argon2 and scrypt serve PAP, the console and the API only, cleartext serves every method.")
        var scheme = PasswordScheme.cleartext
        @Option(help: ArgumentHelp("Characters of passwords.", valueName: "n")) var passwordLength: Int?
        @Option(help: "For operators.") var notes = ""
        @OptionGroup var options: ConfigurationOptions

        func validate() throws { try BatchCommand.check(expires: expires, passwordLength: passwordLength) }

        func run() throws {
            let connection = try options.openForWriting(.bulk)
            guard let owner = try OrganizationStore(connection).organization(slug: organization) else {
                throw AccountsError.organizationUnknown(slug: organization)
            }
            let runner = try options.load().makeBatchRunner(logger: .quiet)
            let wish = BatchService.Wish(
                name: name, strategy: .prefix, organization: owner, prefix: prefix, numberOfUsers: count, expirationDate: expires,
                groupID: group, notes: notes, passwordLength: passwordLength, passwordScheme: scheme)
            do {
                let worker = BatchRunner.newOwner()
                let batch = try BatchService(runner).create(wish, for: worker, over: connection)
                try BatchCommand.work(batch) { try runner.run(batch.id, owner: worker, over: connection, step: $0) }
            } catch {
                throw CommandFailure.explaining(error)
            }
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a batch that was interrupted.", discussion: "Example:\n  radian batch resume conference")
        @OptionGroup var selection: Selection

        func run() throws {
            let connection = try selection.options.openForWriting(.bulk)
            let (batch, _) = try selection.find(connection)
            guard !batch.isFinished else { throw CommandFailure("the batch '\(batch.name)' is \(batch.status.rawValue)") }
            let runner = try selection.options.load().makeBatchRunner(logger: .quiet)
            try BatchCommand.work(batch) { try runner.resume(batch.id, over: connection, step: $0) }
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a batch that is not finished; what it did stays until 'undo'.",
            discussion: "Example:\n  radian batch cancel conference")
        @OptionGroup var selection: Selection

        func run() throws {
            let connection = try selection.options.openForWriting(.bulk)
            let (batch, _) = try selection.find(connection)
            let runner = try selection.options.load().makeBatchRunner(logger: .quiet)
            guard try BatchService(runner).cancel(batch, by: "radian batch cancel", over: connection) else {
                throw CommandFailure("the batch '\(batch.name)' is \(batch.status.rawValue)")
            }
            Output.line("cancelled")
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a batch and the accounts that it made.",
            discussion: """
                Accounts that were there before stay, and so do those that are members of another organization, managers or staff by now.

                Example:
                  radian batch undo conference
                """)
        @OptionGroup var selection: Selection

        func run() throws {
            let connection = try selection.options.openForWriting(.bulk)
            let (batch, organization) = try selection.find(connection)
            let runner = try selection.options.load().makeBatchRunner(logger: .quiet)
            try BatchService(runner).undo(batch, in: organization, over: connection)
            Output.line("undone: \(batch.createdUsers) created, \(batch.linkedUsers) linked")
        }
    }

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete users whose accounts ended long ago, and the batches that made them.",
            discussion: """
                The server does it daily, by batches.delete_expired_after.

                Example:
                  radian batch prune --older-than-months 6
                """)
        @Option(help: ArgumentHelp("Days since the end.", valueName: "n")) var olderThanDays: Int?
        @Option(help: ArgumentHelp("The same in months of 30 days.", valueName: "n")) var olderThanMonths: Int?
        @OptionGroup var options: ConfigurationOptions

        private var days: Int? { olderThanDays ?? olderThanMonths.map { $0.multipliedReportingOverflow(by: 30).partialValue } }

        func validate() throws {
            guard olderThanDays == nil || olderThanMonths == nil, days.map({ (1...36_500).contains($0) }) ?? true else {
                throw ValidationError("either --older-than-days or --older-than-months, up to 100 years")
            }
        }

        func run() throws {
            let connection = try options.openForWriting(.bulk)
            let service = BatchService(try options.load().makeBatchRunner(logger: .quiet))
            Output.line("\(try service.removeExpired(now: Date(), days: days, over: connection)) batches deleted")
        }
    }

    struct PDF: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the passwords that a batch made up to a PDF, to hand out.",
            discussion: """
                The passwords are dropped an hour after the first time, and 30 days after they were made.

                Example:
                  radian batch pdf vouchers vouchers.pdf --layout list
                """)
        @OptionGroup var selection: Selection
        @Argument(help: ArgumentHelp("The file to write.", valueName: "file.pdf")) var path: String
        @Option(help: "\(BatchSheet.Options.layouts.joined(separator: " or ")).") var layout = "cards"
        @Option(help: ArgumentHelp("The login page of the QR codes; the organization's own otherwise.", valueName: "url")) var link: String?
        @Flag(help: "Put the password into the QR code's link.") var passwordInCode = false

        func validate() throws {
            guard BatchSheet.Options.layouts.contains(layout) else {
                throw ValidationError("--layout must be one of \(BatchSheet.Options.layouts.joined(separator: ", "))")
            }
        }

        func run() throws {
            let connection = try selection.options.openForWriting(.bulk)
            let (batch, organization) = try selection.find(connection)
            guard batch.credentialsUntil != nil else {
                throw CommandFailure("the batch '\(batch.name)' has no passwords that are still kept")
            }
            let runner = try selection.options.load().makeBatchRunner(logger: .quiet)
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw CommandFailure("cannot write the file \(path)")
            }
            let count = try BatchSheet(runner).write(
                batch, of: organization, to: path, .init(layout: layout, linksPassword: passwordInCode, loginAddress: link),
                over: connection)
            Output.line("\(count) passwords written to \(path)")
        }
    }

    struct Errors: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the rows of a batch that were refused, as CSV.",
            discussion: "Example:\n  radian batch errors conference > errors.csv")
        @OptionGroup var selection: Selection

        func run() throws {
            let connection = try selection.options.openForReading()
            let (batch, _) = try selection.find(connection)
            Output.write(BatchStore.errorReportHeading, to: .standardOutput)
            var line: Int64 = 0
            while let (text, last) = try BatchStore(connection).errorReport(of: batch.id, after: line) {
                Output.write(text, to: .standardOutput)
                line = last
            }
        }
    }

    /// - Throws: for options that make no sense.
    static func check(expires: String?, passwordLength: Int?) throws {
        if let expires, WebTime.days(expires) == nil { throw ValidationError("--expires must be a date such as 2026-12-31") }
        if let passwordLength, !(6...64).contains(passwordLength) { throw ValidationError("--password-length is from 6 to 64") }
    }

    /// Shows progress while `run` works on a batch, and the outcome.
    private static func work(_ batch: Batch, _ run: ((Batch, ImportStep) throws -> Void) throws -> Batch?) throws {
        var display = ProgressDisplay(total: batch.itemCount)
        let done: Batch?
        do {
            done = try run { started, step in
                let rows = started.position + step.counts.rows
                display.show(done: rows, "\(rows) users")
            }
            display.finish()
        } catch {
            display.finish()
            throw error
        }
        guard let done else { throw CommandFailure("another process works on the batch '\(batch.name)'") }
        guard done.status == .completed else { throw CommandFailure("the batch '\(done.name)' failed: \(done.error ?? "")") }
        Output.line("\(done.createdUsers) created, \(done.linkedUsers) linked; 'radian batch pdf' prints the passwords made up")
    }
}
