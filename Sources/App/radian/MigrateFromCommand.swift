import ArgumentParser
import Composition
import Database
import Documents
import Foundation
import MigrationSources

struct MigrateFromCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-from",
        abstract: "Take over the users and sessions of another program.",
        discussion: """
            What is there already stays as it is, so that a run can be repeated; --dry-run shows what one would do.
            Rows that cannot be taken are listed with table, key and reason, and the exit code is 1.

            Example:
              radian migrate-from openwisp postgres://openwisp@localhost/openwisp --dry-run
              radian migrate-from daloradius radius.sql --organization cafe --create-organization
            """,
        subcommands: [FreeRADIUS.self, DaloRADIUS.self, OpenWISP.self, MikroTik.self, LoginPage.self])

    /// What a source of tables is.
    static let sourceHelp = """
        SOURCE is a URL postgres://…, an SQLite file, or a dump in SQL: of pg_dump, mysqldump, mariadb-dump or SQLite's .dump, not compressed.
        """

    struct FreeRADIUS: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeradius",
            abstract: "Take over FreeRADIUS's tables: users, groups, devices, sessions.",
            discussion: """
                \(sourceHelp)
                Each user of radcheck becomes an account. With --organization, they become its members, and groups get its slug before their names.
                Radian also serves FreeRADIUS's database as it is: point 'database.url' at it, and nothing need be taken over.

                Example:
                  radian migrate-from freeradius radius.sql --organization cafe --dry-run
                """)

        @Argument(help: "Where the tables are.") var source: String
        @OptionGroup var scope: MigrationScopeOptions
        @OptionGroup var common: MigrationCommonOptions

        func run() throws {
            try common.run(scope) { try $0.run(.freeradius, MigrateFromCommand.source(source)) }
        }
    }

    struct DaloRADIUS: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "daloradius",
            abstract: "Take over daloRADIUS: FreeRADIUS's tables, people and operators.",
            discussion: """
                \(sourceHelp)
                Operators become staff without rights; those whose password is not a known hash need a new one. Billing, hotspots and batches
                are listed as not taken.

                Example:
                  mysqldump radius > radius.sql && radian migrate-from daloradius radius.sql --organization cafe --create-organization
                """)

        @Argument(help: "Where the tables are.") var source: String
        @OptionGroup var scope: MigrationScopeOptions
        @OptionGroup var common: MigrationCommonOptions

        func run() throws {
            try common.run(scope) { try $0.run(.daloradius, MigrateFromCommand.source(source)) }
        }
    }

    struct OpenWISP: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "openwisp",
            abstract: "Take over OpenWISP: organizations with their settings and tokens, users, groups, sessions.",
            discussion: """
                \(sourceHelp)
                What 'manage.py dumpdata' writes is read, too. Ids, password hashes, API tokens and the organizations' tokens stay, so that login
                pages, FreeRADIUS and scripts go on as before.

                Example:
                  pg_dump openwisp > openwisp.sql && radian migrate-from openwisp openwisp.sql --dry-run
                """)

        @Argument(help: "Where the tables are.") var source: String
        @OptionGroup var common: MigrationCommonOptions

        func run() throws {
            try common.run(nil) { try $0.run(.openwisp, MigrateFromCommand.source(source)) }
        }
    }

    struct MikroTik: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mikrotik",
            abstract: "Take over a MikroTik User Manager: users, profiles as groups, routers.",
            discussion: """
                Files are CSV tables of users, profiles, limitations, profile-limitations, user-profiles or routers, known by their columns, or
                what '/user-manager export show-sensitive' (release 7) or '/tool user-manager export' (release 6) wrote.
                Limits of time, volume, rate and sessions become check and reply items; validity counts from the first login.

                Example:
                  radian migrate-from mikrotik users.csv profiles.csv --organization cafe
                  radian migrate-from mikrotik userman.rsc --organization cafe --dry-run
                """)

        @Argument(help: ArgumentHelp("The files.", valueName: "file")) var files: [String]
        @OptionGroup var scope: MigrationScopeOptions
        @OptionGroup var common: MigrationCommonOptions

        func run() throws {
            var export = UserManagerExport()
            for path in files { try Self.read(path, into: &export) }
            try common.run(scope) { try $0.run(export) }
        }

        private static func read(_ path: String, into export: inout UserManagerExport) throws {
            let name = URL(fileURLWithPath: path).lastPathComponent
            guard let file = FileHandle(forReadingAtPath: path) else { throw CommandFailure("cannot read the file \(path)") }
            defer { try? file.close() }
            if path.hasSuffix(".rsc") {
                guard let data = try file.readToEnd() else { throw CommandFailure("the file \(path) is empty") }
                try export.addScript(String(decoding: data, as: UTF8.self), file: name)
            } else {
                do {
                    try export.addCSV(CSVReader(file: file), file: name)
                } catch let error as CSVError {
                    throw CommandFailure("\(name):\(error.line): field \(error.column) \(error.message)")
                }
            }
        }
    }

    struct LoginPage: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "login-page",
            abstract: "Take over the organization of a WiFi login page's YAML file.",
            discussion: """
                The organization is made with the file's UUID, its secret_key becomes the token of its FreeRADIUS, and the choices of the
                sign-up form become its settings.

                Example:
                  radian migrate-from login-page organizations/cafe/cafe.yml
                """)

        @Argument(help: ArgumentHelp("The organization's file.", valueName: "file.yml")) var file: String
        @OptionGroup var common: MigrationCommonOptions

        func run() throws {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw CommandFailure("cannot read the file \(file)")
            }
            let page = try LoginPageFile(text, file: file)
            try common.run(nil) { try $0.run(page) }
        }
    }

    fileprivate static func source(_ text: String) throws -> MigrationSource {
        try MigrationSource(
            text,
            engines: .init(
                postgres: MigrationEngines.postgres(url:), existingFile: MigrationEngines.existingFile, newFile: MigrationEngines.newFile))
    }
}
