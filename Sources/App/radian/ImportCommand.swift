import AccessPolicy
import Accounts
import ArgumentParser
import Composition
import Database
import Documents
import Foundation

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

                Example:
                  radian import guests.csv --organization cafe --dry-run
                  radian import guests.csv --organization cafe
                """)

        @Argument(
            help: ArgumentHelp("The file: UTF-8, or UTF-16 with byte order mark; columns separated by , ; or tab.", valueName: "file.csv"))
        var path: String
        @Option(help: ArgumentHelp("An existing organization whose members the users become.", valueName: "slug")) var organization: String?
        @Flag(help: "Check every line and write nothing.") var dryRun = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            guard let file = FileHandle(forReadingAtPath: path), let size = Self.size(path) else {
                throw CommandFailure("cannot read the file \(path)")
            }
            defer { try? file.close() }
            let connection = try dryRun ? options.load().open() : options.openForWriting()
            let organization = try organization.map { try Self.organization(slug: $0, connection) }
            var display = ProgressDisplay(total: size)
            let report: ImportReport
            do {
                report = try UserImport(connection, organization: organization).run(CSVReader(file: file), isDryRun: dryRun) {
                    display.show(done: $0.bytesRead, "\($0.rows) lines")
                }
                display.finish()
            } catch {
                display.finish()
                throw (error as? ImportProblem).map { CommandFailure("\(path): \($0)") } ?? error
            }
            try show(report)
        }

        private func show(_ report: ImportReport) throws {
            if !dryRun, !report.generatedPasswords.isEmpty {
                Output.table(
                    ["line", "user", "new password"], report.generatedPasswords.map { [String($0.line), $0.username, $0.password] },
                    empty: "")
            }
            for problem in report.problems { Output.complain("\(path): \(Output.printable(problem.description))") }
            let counts = [
                ("created", report.created), ("linked to the organization", report.linked), ("there already", report.unchanged),
                ("wrong", report.problems.count),
            ]
            let text = counts.filter { $0.1 > 0 || $0.0 == "created" }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            Output.line(dryRun ? "dry run, nothing written: \(text)" : text)
            guard report.problems.isEmpty else {
                throw CommandFailure(
                    "\(report.problems.count) of \(report.rows) lines \(dryRun ? "would not be" : "were not") imported; correct them and import the file again"
                )
            }
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
