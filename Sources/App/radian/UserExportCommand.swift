import Accounts
import ArgumentParser
import Batches
import Composition
import Database
import Foundation

extension UserCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all accounts as CSV, with their memberships and registrations.",
            discussion: """
                Passwords stay out; --hashes adds a column with those that are kept as hashes, in Django's form. Users of FreeRADIUS's tables
                alone have no account and are left out, too.

                Example:
                  radian user export --file users.csv
                  radian user export --organization cafe --exclude notes,location > cafe.csv
                """)

        @Option(help: ArgumentHelp("Only this organization's members.", valueName: "slug")) var organization: String?
        @Option(help: ArgumentHelp("Leave these columns out.", valueName: "column,…")) var exclude = ""
        @Flag(help: "Add the passwords' hashes.") var hashes = false
        @Option(help: ArgumentHelp("Write to this file, for its owner's eyes only; standard output otherwise.", valueName: "file.csv"))
        var file: String?
        @OptionGroup var options: ConfigurationOptions

        private var excluded: [String] { exclude.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }

        func validate() throws {
            let known = UserExport.Column.allCases.map(\.rawValue)
            for name in excluded where !known.contains(name) {
                throw ValidationError("--exclude knows no column '\(name)'; there are \(known.joined(separator: ", "))")
            }
        }

        func run() throws {
            let connection = try options.openForReading()
            let owner = try organization.map { slug in
                guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                    throw AccountsError.organizationUnknown(slug: slug)
                }
                return found
            }
            let columns = UserExport.Column.allCases.filter { !excluded.contains($0.rawValue) && ($0 != .password || hashes) }
            let export = UserExport(connection, columns: columns, organization: owner, settings: try options.load().accounts.settings)
            guard let file else {
                try export.run { try FileHandle.standardOutput.write(contentsOf: Data($0.utf8)) }
                return
            }
            guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: file)
            else { throw CommandFailure("cannot write the file \(file)") }
            defer { try? handle.close() }
            let count = try export.run { try handle.write(contentsOf: Data($0.utf8)) }
            Output.line("\(count) users written to \(file)")
        }
    }
}
