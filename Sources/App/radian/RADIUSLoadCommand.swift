public import ArgumentParser
import Composition
import Foundation
public import RADIUSClient
import RADIUSWire

extension LoadSettings.Kind: ExpressibleByArgument {}

extension RADIUSCommand {
    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send many requests, check every reply and measure.",
            discussion: """
                With --window, as many requests are under way at any time; with --rate, they go out at equal intervals.

                With --verify, accounting is sent, a ledger remembers what was sent and what was acknowledged, and in the end the database is
                compared with it as by 'radian radius verify': nothing that was acknowledged may be missing, whatever happened to server and
                database meanwhile. Requests without a reply are repeated as a NAS does, unchanged. With --ledger alone the comparison is left
                to 'radian radius verify'. A ledger may hold several runs.

                Example:
                  radian radius load --server 192.0.2.1:1812 --secret s3cret --kind pap --users 100000 --window 128 --duration 10 --json
                  radian radius load --verify --duration 60
                """)

        @OptionGroup var server: RADIUSServerOptions
        @Option(
            help: ArgumentHelp(
                "A further server of the same secret; may be repeated. Requests are shared out, and repeated to the next one.",
                valueName: "host:port"))
        var alternate: [String] = []
        @Option(help: "What to send; pap when left out, acct with a ledger.") var kind: LoadSettings.Kind?
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
        @Option(help: ArgumentHelp("How often to send a request again; 0 when left out, 5 with a ledger.", valueName: "n"))
        var retransmissions: Int?
        @Option(help: ArgumentHelp("Threads of the generator.", valueName: "n")) var threads = 1
        @Option(help: ArgumentHelp("Sockets of each thread, with 256 requests under way at most.", valueName: "n")) var sockets: Int?
        @Option(help: ArgumentHelp("Accounting sessions of each thread that are open at a time.", valueName: "n")) var sessions = 1000
        @Flag(help: "Sign Access-Requests with a Message-Authenticator.") var messageAuthenticator = false
        @Flag(help: "Compare the database with what was acknowledged.") var verify = false
        @Option(help: ArgumentHelp("Remember in this file what is acknowledged.", valueName: "file")) var ledger: String?
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard window == nil || rate == nil else { throw ValidationError("Give one of --window and --rate.") }
            guard duration == nil || count == nil else { throw ValidationError("Give one of --duration and --count.") }
            for seconds in [duration ?? 1, warmUp, timeout] where !(0...86_400).contains(seconds) {
                throw ValidationError("Times are 0 to 86400 seconds.")
            }
            guard !keepsLedger || kind == nil || kind == .accounting else {
                throw ValidationError("Only accounting can be compared with the database: --kind acct.")
            }
        }

        private var keepsLedger: Bool { verify || ledger != nil }

        func run() throws {
            let configuration = try server.options.load()
            // Before anything is sent: whoever wants a comparison must not learn afterwards that there is no database.
            if verify { _ = try server.options.openForReading() }
            let temporary = FileManager.default.temporaryDirectory.appending(path: "radian-\(UUID().uuidString).ledger").path
            let ledger = keepsLedger ? ledger ?? temporary : nil
            let settings = try settings(configuration, ledger: ledger)
            let result = try LoadGenerator(settings).run()
            guard verify, let ledger else {
                Output.line(json ? try result.json() : result.table)
                return try Self.judge(result, settings.server)
            }
            let report = try LedgerCheck.run(LoadLedger(path: ledger), over: server.options.openForReading())
            if json {
                try Output.json(VerifiedLoad(load: result, verification: report))
            } else {
                Output.line("\(result.table)\n\(report.text)")
            }
            try Self.judge(result, settings.server)
            guard report.faultCount == 0 else { throw CommandFailure("the database is not what was acknowledged; the ledger is \(ledger)") }
            if self.ledger == nil { try? FileManager.default.removeItem(atPath: ledger) }
        }

        private func settings(_ configuration: RadianConfiguration, ledger: String?) throws -> LoadSettings {
            let kind = kind ?? (keepsLedger ? .accounting : .pap)
            let port: KeyPath<RadianConfiguration, Int> = kind == .accounting ? \.acctPort : \.authPort
            let address = try server.address(configuration, port: port)
            return LoadSettings(
                server: address, secret: try server.sharedSecret(configuration, for: address), kind: kind,
                users: try LoadUsers(count: users, name: userPattern, password: passwordPattern), usersInOrder: inOrder,
                pace: rate.map { .open(requestsPerSecond: $0) } ?? .closed(window: window ?? 128),
                limit: count.map { .count($0) } ?? .duration(seconds(duration ?? 10)), warmUp: seconds(warmUp),
                timeout: seconds(timeout), retransmissions: retransmissions ?? (keepsLedger ? 5 : 0), threads: threads,
                socketsPerThread: sockets, messageAuthenticator: messageAuthenticator, sessionsPerThread: sessions,
                alternates: try alternate.map {
                    try RADIUSServerOptions.address($0, defaultPort: UInt16(clamping: configuration[keyPath: port]))
                }, ledger: ledger)
        }

        private static func judge(_ result: LoadResult, _ server: ServerAddress) throws {
            if result.badAuthenticators > 0 {
                throw CommandFailure("replies with a wrong Response Authenticator: compare the shared secrets")
            }
            if result.replies == 0 { throw CommandFailure("no reply from \(server): does the server know this machine as a NAS?") }
        }

        private func seconds(_ seconds: Double) -> Duration { .microseconds(Int64(seconds * 1_000_000)) }
    }
}

/// A measurement, and whether what it did lasts.
private struct VerifiedLoad: Encodable {
    let load: LoadResult
    let verification: LedgerReport
}
