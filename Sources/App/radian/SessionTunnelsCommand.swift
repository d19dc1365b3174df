import ArgumentParser
import Sessions

extension SessionCommand {
    struct Tunnels: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what NAS devices told of tunnels (RFC 2867) and of failed attempts, newest first.",
            discussion: """
                Example:
                  radian session tunnels --nas lac1 --limit 20
                """)

        @Option(help: ArgumentHelp("Only this user's.", valueName: "name")) var user: String?
        @Option(help: ArgumentHelp("Only those of this NAS: its name or address.", valueName: "name")) var nas: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 50
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
        }

        func run() throws {
            let connection = try options.openForReading()
            let devices = try NASNames(options.load(), connection)
            // The table has addresses, not names.
            var events = try TunnelEventStore(connection).events(userName: user, limit: nas == nil ? limit : 100_000)
            if let nas { events = Array(events.lazy.filter { devices.matches(nas, $0.nasAddress) }.prefix(limit)) }
            if json { return try Output.json(events) }
            Output.table(
                ["time", "event", "nas", "user", "session", "from", "to", "connection", "seconds", "in", "out", "lost", "cause"],
                events.map { event in
                    [
                        Output.time(event.happenedAt), event.event, devices.name(of: event.nasAddress), event.userName, event.sessionID,
                        event.clientEndpoint ?? "", event.serverEndpoint ?? "", event.connection ?? "", number(event.seconds),
                        number(event.inputOctets), number(event.outputOctets), number(event.packetsLost), event.cause ?? "",
                    ]
                }, empty: "no NAS has told of tunnels")
        }

        private func number(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
    }
}
