import ArgumentParser
import Composition
import Foundation
import RADIUSTransport
import ServerKernel
import Sessions

struct StatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counters of NAS devices and users.",
        discussion: """
            Example:
              radian stats nas
              radian stats user alice --days 30
            """,
        subcommands: [NAS.self, User.self])

    struct NAS: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What each NAS sent to the running server since its start, and who else did.",
            discussion: """
                Example:
                  radian stats nas --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            var statistics: ServerStatistics?
            try ControlClient.send(ControlRequest(command: "statistics"), to: options.load().controlSocketPath) { line in
                statistics = ServerStatistics(json: line)
                return false
            }
            guard let statistics else { throw CommandFailure("the server's answer cannot be understood; are both of one version?") }
            if json { return try Output.json(statistics) }
            Output.table(
                [
                    "nas", "address", "role", "requests", "accepts", "rejects", "challenges", "replies", "duplicates", "wrong secret",
                    "malformed", "dropped", "last seen",
                ],
                statistics.clients.map { client in
                    let counts = client.counts
                    let numbers = [
                        counts.requests, counts.accepts, counts.rejects, counts.challenges, counts.responses, counts.duplicates,
                        counts.badAuthenticators, counts.malformed, counts.dropped,
                    ]
                    return [client.name, client.address, client.role.rawValue] + numbers.map(String.init)
                        + [Output.time(counts.lastRequest > 0 ? counts.lastRequest : nil)]
                }, empty: "no NAS has sent a packet since \(Output.time(statistics.startedAt))")
            for stranger in statistics.strangers {
                Output.line(
                    "unknown: \(stranger.address) sent \(stranger.packets) \(stranger.role.rawValue) packets, the last at "
                        + Output.time(stranger.lastSeen))
            }
        }
    }

    struct User: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A user's logins by result, sessions and volume.",
            discussion: """
                Logins are those of radpostauth, see log.authentications.

                Example:
                  radian stats user alice --days 30
                """)

        @Argument(help: "User-Name.") var name: String
        @Option(help: ArgumentHelp("Look back so far.", valueName: "n")) var days = 7
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (1...36_500).contains(days) else { throw ValidationError("--days must be 1 to 36500.") }
        }

        func run() throws {
            let since = Int64(Date().timeIntervalSince1970) - Int64(days) * 86_400
            let statistics = try SessionStore(options.openForReading()).statistics(of: name, since: since)
            if json { return try Output.json(statistics) }
            var rows = statistics.logins.map { logins in
                (logins.reply + (logins.reason.isEmpty ? "" : " (\(logins.reason))"), String(logins.count))
            }
            rows += [
                ("sessions", "\(statistics.sessions), \(statistics.openSessions) of them open"),
                ("time", Output.duration(statistics.sessionTimeSeconds)), ("up", Output.volume(statistics.inputOctets)),
                ("down", Output.volume(statistics.outputOctets)),
            ]
            Output.details(rows.map { (name: $0.0, value: $0.1) })
        }
    }
}
