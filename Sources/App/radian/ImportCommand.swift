import AccessPolicy
import Accounts
import ArgumentParser
import Batches
import Composition
import Database
import Documents
import Foundation
import Localization
import Logging
import WebRouting

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import users from a CSV file, or a FreeRADIUS installation.",
        discussion: """
            Example:
              radian import guests.csv --organization cafe
              radian import freeradius --from /etc/freeradius/3.0
            """,
        subcommands: [CSV.self, FreeRADIUS.self], defaultSubcommand: CSV.self)

    struct CSV: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "csv",
            abstract: "Import users from a CSV file.",
            discussion: """
                Columns: username,password,email,first_name,last_name. A header may name them in another order and leave some out.
                  - Without a user name, the part of the e-mail address before the @ is taken.
                  - Without a password, one is made up and printed.
                  - cleartext$PASSWORD and anything that is no hash is the password itself;
                    Django's hashes (pbkdf2_sha256$, argon2$, bcrypt_sha256$, scrypt$) stay hashes and serve PAP only.
                  - A known e-mail address makes its user a member of the organization and changes nothing else.
                Good lines are imported even if others are wrong; those are listed, and the exit code is 1.
                With --batch the users can be listed, printed and undone together ('radian batch'), and an import that was interrupted
                goes on where it was: 'radian batch resume NAME', or by itself on a running server.

                Example:
                  radian import guests.csv --organization cafe --dry-run
                  radian import guests.csv --organization cafe
                  radian import guests.csv --organization cafe --batch conference
                """)

        @Argument(
            help: ArgumentHelp("The file: UTF-8 or UTF-16; columns separated by , ; or tab.", valueName: "file.csv"))
        var path: String
        @Option(help: ArgumentHelp("An existing organization whose members the users become.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("An existing group that replaces those which the users have in the organization.", valueName: "name"))
        var group: String?
        @Option(help: ArgumentHelp("Remember the users under this name, unique in the organization.", valueName: "name")) var batch: String?
        @Option(help: "How passwords are kept: argon2 and scrypt serve PAP, the console and the API only, cleartext serves every method.")
        var scheme = PasswordScheme.cleartext
        @Option(help: ArgumentHelp("Characters of passwords that are made up.", valueName: "n")) var passwordLength: Int?
        @Option(help: ArgumentHelp("The last day on which new users may log in.", valueName: "YYYY-MM-DD")) var expires: String?
        @Option(help: "With --batch, for operators.") var notes = ""
        @Flag(help: "Check every line and write nothing.") var dryRun = false
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if batch != nil || group != nil, organization == nil {
                throw ValidationError("--\(batch == nil ? "group" : "batch") needs --organization")
            }
            try BatchCommand.check(expires: expires, passwordLength: passwordLength)
        }

        func run() throws {
            guard let file = FileHandle(forReadingAtPath: path), let size = Self.size(path) else {
                throw CommandFailure("cannot read the file \(path)")
            }
            defer { try? file.close() }
            let configuration = try options.load()
            let connection = try dryRun ? configuration.open(.bulk) : options.openForWriting(.bulk)
            var outcome = ImportOutcome(path: path, isDryRun: dryRun, isJSON: json, total: size)
            do {
                let organization = try organization.map { try Self.organization(slug: $0, connection) }
                if let batch, let organization, !dryRun {
                    let runner = configuration.makeBatchRunner(logger: .quiet)
                    try run(batch, in: organization, runner, connection, &outcome)
                } else {
                    try checkGroup(organization, connection)
                    let work = UserImport(
                        connection,
                        target: .init(
                            organization: organization, group: group,
                            expiresAt: expires.flatMap { configuration.batches.settings.end(of: $0) }),
                        hooks: configuration.importHooks, passwordLength: passwordLength ?? 12, scheme: scheme)
                    outcome.counts = try work.run(CSVReader(file: file), isDryRun: dryRun) { outcome.add($0) }
                }
                outcome.finishProgress()
            } catch {
                outcome.finishProgress()
                throw (error as? ImportProblem).map { CommandFailure("\(path): \($0)") } ?? CommandFailure.explaining(error)
            }
            try outcome.show()
        }

        /// Makes the batch and works it off.
        private func run(
            _ name: String, in organization: Organization, _ runner: BatchRunner, _ connection: any DatabaseConnection,
            _ outcome: inout ImportOutcome
        ) throws {
            let service = BatchService(runner)
            let wish = BatchService.Wish(
                name: name, strategy: .csv, organization: organization, file: URL(fileURLWithPath: path), expirationDate: expires,
                groupID: group, notes: notes, skipsErrors: true, takesPlainPasswords: true, mailsPasswords: false,
                passwordLength: passwordLength,
                passwordScheme: scheme)
            let owner = BatchRunner.newOwner()
            let batch = try service.create(wish, for: owner, over: connection)
            let done = try runner.run(batch.id, owner: owner, over: connection) { _, step in
                outcome.counts = step.counts
                outcome.add(step)
            }
            if let done, done.status == .failed, done.refusedRows < done.position || done.position == 0 {
                throw CommandFailure("the batch '\(name)' failed: \(done.error ?? "")")
            }
        }

        private func checkGroup(_ organization: Organization?, _ connection: any DatabaseConnection) throws {
            guard let group, !dryRun else { return }
            guard try PolicyItemStore(connection).groupNames().contains(group) else { throw ProvisioningError.groupUnknown(group) }
        }

        /// In octets; nil for what is no file.
        private static func size(_ path: String) -> Int? {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard attributes?[.type] as? FileAttributeType != .typeDirectory else { return nil }
            return attributes?[.size] as? Int
        }

        private static func organization(slug: String, _ connection: any DatabaseConnection) throws -> Organization {
            // A dry run may meet a database that has no tables yet.
            guard try connection.tableExists("radian_organization"), let found = try OrganizationStore(connection).organization(slug: slug)
            else { throw AccountsError.organizationUnknown(slug: slug) }
            return found
        }
    }
}

extension CommandFailure {
    /// A ``WebRouting/Problem`` in a command's words; other errors as they are.
    static func explaining(_ error: any Error) -> any Error {
        guard let problem = error as? Problem else { return error }
        switch problem.content {
        case .detail(let message, _): return CommandFailure(message.text(in: .english))
        case .document: return CommandFailure("\(problem.status)")
        case .fields(let fields):
            let lines = fields.flatMap { field in field.messages.map { "\(field.field): \($0.text(in: .english))" } }
            return CommandFailure(lines.joined(separator: "\n"))
        }
    }
}

extension Logger {
    /// For commands, which say themselves what went wrong.
    static let quiet = Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() }
}
