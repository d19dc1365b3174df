import ArgumentParser
import Composition
import Database
import Foundation
import FreeRADIUSFiles
import FreeRADIUSImport

extension ImportCommand {
    struct FreeRADIUS: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeradius",
            abstract: "Import a FreeRADIUS 3 installation: clients, users, realms and home servers.",
            discussion: """
                With --from, everything is taken from the usual places below the directory; single files can be given instead or besides.
                What exists already stays as it is. What has no counterpart is listed with file and line, and the exit code is 0 all the same.

                Example:
                  radian import freeradius --from /etc/freeradius/3.0 --dry-run
                  radian import freeradius --clients clients.conf --users users
                """)

        @Option(help: ArgumentHelp("The directory of radiusd.conf.", valueName: "directory")) var from: String?
        @Option(help: ArgumentHelp("A clients.conf.", valueName: "file")) var clients: String?
        @Option(help: ArgumentHelp("A users file.", valueName: "file")) var users: String?
        @Option(help: ArgumentHelp("A proxy.conf.", valueName: "file")) var proxy: String?
        @Option(help: ArgumentHelp("A huntgroups file, for users that name huntgroups.", valueName: "file")) var huntgroups: String?
        @Flag(help: "Look at everything and write nothing.") var dryRun = false
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard from != nil || clients != nil || users != nil || proxy != nil else {
                throw ValidationError("Give --from DIRECTORY, or one of --clients, --users and --proxy.")
            }
        }

        func run() throws {
            let dictionary = try options.load().loadDictionary()
            let connection = try dryRun ? options.openForReading() : options.openForWriting(.bulk)
            // A dry run does everything and takes it back: so it finds what the real one would.
            try connection.script("BEGIN")
            let report: FreeRADIUSImportReport
            do {
                var work = FreeRADIUSImport(connection, dictionary: dictionary)
                try take(&work)
                report = work.report
                try connection.script(dryRun ? "ROLLBACK" : "COMMIT")
            } catch {
                try? connection.script("ROLLBACK")
                throw Self.failure(error)
            }
            try json ? Output.json(report) : show(report)
        }

        private func take(_ work: inout FreeRADIUSImport) throws {
            var root: ConfigurationSection?
            if let from {
                root = try ConfigurationParser.read(from + "/radiusd.conf")
            }
            if let clients { try work.addClients(ConfigurationParser.read(clients)) } else if let root { try work.addClients(root) }
            if let proxy { try work.addProxies(ConfigurationParser.read(proxy)) } else if let root { try work.addProxies(root) }
            if let path = users ?? usual("mods-config/files/authorize", "users") {
                let groups = huntgroups ?? usual("mods-config/preprocess/huntgroups", "huntgroups")
                try work.addUsers(Self.read(path), huntGroups: groups.map { try Self.read($0) })
            }
            if let root { work.look(through: root) }
        }

        /// The first of some files below the directory that is there.
        private func usual(_ names: String...) -> String? {
            guard let from else { return nil }
            return names.map { from + "/" + $0 }.first { FileManager.default.fileExists(atPath: $0) }
        }

        private static func read(_ path: String) throws -> UsersFile {
            try UsersFile(text(path), file: path, include: text)
        }

        private static func text(_ path: String) throws(UsersFileError) -> String {
            do {
                return try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw UsersFileError(file: path, line: 0, message: "cannot be read as UTF-8 text")
            }
        }

        private static func failure(_ error: any Error) -> any Error {
            switch error {
            case let error as UsersFileError: CommandFailure("\(error)")
            case let error as FreeRADIUSFileError: CommandFailure("\(error)")
            default: error
            }
        }

        private func show(_ report: FreeRADIUSImportReport) {
            for note in report.notes { Output.complain("\(note.position): \(Output.printable(note.text))") }
            for setting in report.settings { Output.complain("set in the configuration:\n\(setting)") }
            let tallies = [
                ("NAS devices", report.clients), ("users", report.users), ("entries as groups", report.groups), ("realms", report.realms),
                ("home servers", report.homeServers), ("pools", report.pools),
            ]
            let text = tallies.filter { $0.1.added + $0.1.existing > 0 }.map { name, tally in
                "\(tally.added) \(name)" + (tally.existing > 0 ? " (\(tally.existing) exist already)" : "")
            }
            let sum = text.isEmpty ? "nothing to import" : text.joined(separator: ", ")
            Output.line(dryRun ? "dry run, nothing written: \(sum)" : sum)
        }
    }
}
