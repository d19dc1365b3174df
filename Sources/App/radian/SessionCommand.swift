import ArgumentParser
import Sessions

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Accounting sessions: list, change and end them.",
        discussion: """
            Example:
              radian session list --user alice --all
              radian session disconnect user=alice
            """,
        subcommands: [List.self, Disconnect.self, CoA.self, History.self, Tunnels.self, ConvertCalledStationIDs.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sessions, newest first.",
            discussion: """
                Example:
                  radian session list --all --user alice --limit 10 --json
                """)

        @Flag(help: "Closed sessions too.") var all = false
        @Option(help: ArgumentHelp("Only this user's.", valueName: "name")) var user: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 100
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
        }

        func run() throws {
            let sessions = try SessionStore(options.openForReading()).sessions(openOnly: !all, userName: user, limit: limit)
            if json { return try Output.json(sessions) }
            Output.table(
                ["user", "nas", "address", "calling station", "started", "stopped", "seconds", "in", "out", "cause"],
                sessions.map { session in
                    [
                        session.userName, session.nasAddress, session.framedIPAddress, session.callingStationID,
                        Output.time(session.startedAt), Output.time(session.stoppedAt), String(session.sessionTimeSeconds),
                        String(session.inputOctets), String(session.outputOctets), session.terminateCause,
                    ]
                }, empty: all ? "there are no sessions" : "there are no open sessions; --all shows the closed ones too")
        }
    }
}
