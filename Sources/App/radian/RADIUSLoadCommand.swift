public import ArgumentParser
import Composition
public import RADIUSClient
import RADIUSWire

extension LoadSettings.Kind: ExpressibleByArgument {}

extension RADIUSCommand {
    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send many requests, check every reply and measure.",
            discussion: """
                With --window, as many requests are under way at any time; with --rate, they go out at equal intervals.

                Example:
                  radian radius load --server 192.0.2.1:1812 --secret s3cret --kind pap --users 100000 --window 128 --duration 10 --json
                """)

        @OptionGroup var server: RADIUSServerOptions
        @Option(help: "What to send.") var kind = LoadSettings.Kind.pap
        @Option(help: ArgumentHelp("How many users to draw from.", valueName: "n")) var users = 1000
        @Option(help: ArgumentHelp("User names, with their number from 0 as %d.", valueName: "pattern")) var userPattern = "user%06d"
        @Option(help: ArgumentHelp("Passwords, with the user's number as %d.", valueName: "pattern")) var passwordPattern = "pass%06d"
        @Flag(help: "Take the users one after the other instead of drawing them.") var inOrder = false
        @Option(help: ArgumentHelp("Requests under way at a time; 128 without --rate.", valueName: "n")) var window: Int?
        @Option(help: ArgumentHelp("Requests a second, whatever the server does.", valueName: "n")) var rate: Double?
        @Option(help: ArgumentHelp("How long to measure; 10 without --count.", valueName: "seconds")) var duration: Double?
        @Option(help: ArgumentHelp("How many requests to measure.", valueName: "n")) var count: Int?
        @Option(help: ArgumentHelp("Time before the measurement begins.", valueName: "seconds")) var warmUp = 1.0
        @Option(help: ArgumentHelp("How long to wait for a reply.", valueName: "seconds")) var timeout = 1.0
        @Option(help: ArgumentHelp("How often to send a request again.", valueName: "n")) var retransmissions = 0
        @Option(help: ArgumentHelp("Threads of the generator.", valueName: "n")) var threads = 1
        @Option(help: ArgumentHelp("Sockets of each thread, with 256 requests under way at most.", valueName: "n")) var sockets: Int?
        @Flag(help: "Sign Access-Requests with a Message-Authenticator.") var messageAuthenticator = false
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard window == nil || rate == nil else { throw ValidationError("Give one of --window and --rate.") }
            guard duration == nil || count == nil else { throw ValidationError("Give one of --duration and --count.") }
            for seconds in [duration ?? 1, warmUp, timeout] where !(0...86_400).contains(seconds) {
                throw ValidationError("Times are 0 to 86400 seconds.")
            }
        }

        func run() throws {
            let configuration = try server.options.load()
            let address = try server.address(configuration, port: kind == .accounting ? \.acctPort : \.authPort)
            let result = try LoadGenerator(
                LoadSettings(
                    server: address, secret: server.sharedSecret(configuration, for: address), kind: kind,
                    users: LoadUsers(count: users, name: userPattern, password: passwordPattern), usersInOrder: inOrder,
                    pace: rate.map { .open(requestsPerSecond: $0) } ?? .closed(window: window ?? 128),
                    limit: count.map { .count($0) } ?? .duration(seconds(duration ?? 10)), warmUp: seconds(warmUp),
                    timeout: seconds(timeout), retransmissions: retransmissions, threads: threads, socketsPerThread: sockets,
                    messageAuthenticator: messageAuthenticator)
            ).run()
            Output.line(json ? try result.json() : result.table)
            if result.badAuthenticators > 0 {
                throw CommandFailure("replies with a wrong Response Authenticator: compare the shared secrets")
            }
            if result.replies == 0 { throw CommandFailure("no reply from \(address): does the server know this machine as a NAS?") }
        }

        private func seconds(_ seconds: Double) -> Duration { .microseconds(Int64(seconds * 1_000_000)) }
    }
}
