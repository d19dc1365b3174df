import ArgumentParser
import Composition
import Foundation
import FreeRADIUSFiles
import Proxying
import RADIUSProxy
import ServerKernel

struct HomeServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "home-server",
        abstract: "Home servers: who decides about the users of other realms.",
        discussion: """
            Example:
              radian home-server add uni-1 --host radius1.example.org --secret-stdin < secret.txt
              radian home-server pool add uni --servers uni-1,uni-2
              radian realm add example.org --pool uni
              radian home-server status
            """,
        subcommands: [Add.self, List.self, Remove.self, Status.self, SetState.self, Import.self, HomeServerPoolCommand.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a home server; a running server knows it within the refresh interval.",
            discussion: """
                Example:
                  radian home-server add uni-1 --host 192.0.2.10 --secret-stdin --type auth+acct --set status_check=status-server
                """)

        @Argument(help: "A short name for pools, lists and logs.") var name: String
        @Option(help: "Address or host name.") var host: String
        @Option(help: "auth, acct, auth+acct (accounting at the port after) or coa.") var type: String?
        @Option(help: "UDP or TCP port; the usual one of its type when left out.") var port: String?
        @Option(help: "udp, tcp, tls or dtls.") var transport: String?
        @OptionGroup var secret: SharedSecretOptions
        @OptionGroup var more: RecordOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var values = try more.values(allowed: ProxyRecord.homeServerKeys)
            values.merge(["name": name, "host": host, "secret": try secret.read()]) { $1 }
            for (key, value) in [("type", type), ("port", port), ("transport", transport)] where value != nil { values[key] = value }
            try ProxyChanges(options.openForWriting()).addHomeServer(ProxyRecord(values))
            Output.line("home server '\(Output.printable(name))' added")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the home servers of the configuration file and the database, without their secrets.",
            discussion: """
                Example:
                  radian home-server list
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let records = try RecordSource.all(
                ProxyingConfiguration(options).configured.homeServers, ProxyStore(options.openForReading()).homeServers())
            if json { return try Output.json(records.map(\.values)) }
            Output.table(
                ["name", "type", "transport", "host", "port", "status check", "where"],
                records.map { record in
                    ["name", "type", "transport", "host", "port", "status_check", "where"].map { record.values[$0] ?? "" }
                }, empty: "there are no home servers; 'radian home-server add NAME --host HOST --secret SECRET' adds one")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a home server from the database.",
            discussion: """
                Example:
                  radian home-server remove uni-1
                """)

        @Argument(help: "The home server.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            try ProxyChanges(options.openForWriting()).removeHomeServer(name)
            Output.line("home server '\(Output.printable(name))' removed")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the running server believes of each home server, with counters.",
            discussion: """
                Example:
                  radian home-server status
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var statuses: [HomeServerStatus] = []
            try ControlClient.send(ControlRequest(command: "home-server.status"), to: options.load().controlSocketPath) { line in
                statuses.append(try JSONDecoder().decode(HomeServerStatus.self, from: Data(line.utf8)))
                return true
            }
            if json { return try Output.json(statuses) }
            Output.table(
                ["name", "for", "link", "state", "waiting", "sent", "replies", "timeouts", "ms", "last reply"],
                statuses.map { status in
                    [
                        status.name, status.role.rawValue, status.link, status.condition.rawValue, String(status.outstanding),
                        String(status.sent), String(status.replies), String(status.timeouts),
                        String(format: "%.1f", status.recentMilliseconds),
                        status.secondsSinceReply.map { "\(Int($0)) s ago" } ?? "never",
                    ]
                }, empty: "the server has no home servers")
        }
    }

    struct SetState: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Switch a home server off or on in the running server, until it ends.",
            discussion: """
                Example:
                  radian home-server set-state uni-1 down
                """)

        @Argument(help: "The home server.") var name: String
        @Argument(help: "up or down.") var state: String
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let request = ControlRequest(command: "home-server.set-state", options: ["name": name, "state": state])
            try ControlClient.send(request, to: options.load().controlSocketPath) { line in
                guard line == "ok" else { throw CommandFailure(String(line)) }
                return true
            }
            Output.line("home server '\(Output.printable(name))' is \(state)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take home servers, pools and realms from FreeRADIUS's proxy.conf.",
            discussion: """
                What is in the database already stays as it is. What has no counterpart is told, with its line.

                Example:
                  radian home-server import /etc/freeradius/3.0/proxy.conf --dry-run
                """)

        @Argument(help: "The file.") var path: String
        @Flag(help: "Show what would be added and write nothing.") var dryRun = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let proxies: FreeRADIUSProxies
            do {
                proxies = FreeRADIUSProxies(try ConfigurationParser.read(path))
            } catch {
                throw CommandFailure("\(error)")
            }
            let changes = ProxyChanges(try dryRun ? options.openForReading() : options.openForWriting())
            var refused = 0
            func add(_ kind: String, _ records: [ProxyRecord], _ write: (ProxyRecord) throws -> Void) throws {
                for record in records {
                    let name = Output.printable(record.values["name"] ?? "")
                    do {
                        if !dryRun { try write(record) }
                        Output.line("\(kind) '\(name)'\(dryRun ? "" : " added")")
                    } catch let error as ProxyingError {
                        refused += 1
                        Output.complain("\(kind) '\(name)': \(error)")
                    }
                }
            }
            try add("home server", proxies.homeServers, changes.addHomeServer)
            try add("pool", proxies.pools, changes.addPool)
            try add("realm", proxies.realms, changes.addRealm)
            for note in proxies.notes { Output.complain(Output.printable(note)) }
            if refused > 0 { throw CommandFailure("\(refused) of the file's entries were not added") }
        }
    }
}
