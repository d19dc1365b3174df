public import ArgumentParser
public import DynamicAuthorization
import ServicePlans
import SessionActions

extension PortCommand: ExpressibleByArgument {}

extension SessionCommand {
    struct Disconnect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End sessions: tell their NAS by Disconnect-Request (RFC 5176).",
            discussion: """
                The exit code is 0 when every NAS has acknowledged. A session that its NAS does not know any more is closed here.

                Example:
                  radian session disconnect user=alice
                  radian session disconnect nas=lobby --dry-run
                """)

        @OptionGroup var options: SessionActionOptions

        func run() async throws {
            try await SessionActionExecution(options: options, kind: .disconnect).run()
        }
    }

    struct CoA: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "coa",
            abstract: "Change running sessions: tell their NAS by CoA-Request (RFC 5176).",
            discussion: """
                The terms are sent as the attributes and units of the NAS's type ('radian nas list' shows it); what a NAS cannot do is
                noted. The exit code is 0 when every NAS has acknowledged.

                --authorize-only tells nothing but has the NAS ask the server what the user is entitled to now (RFC 5176 §3.2). The NAS
                says NAK with Request-Initiated to that, which counts as done.

                Example:
                  radian session coa user=alice --down 2M --up 1M --session-timeout 3600
                  radian session coa mac=02:00:00:00:00:01 --command bounce-port
                  radian session coa session=0001 --attribute 'Filter-Id=guests'
                  radian session coa user=alice --authorize-only
                """)

        @OptionGroup var options: SessionActionOptions
        @OptionGroup(title: "Terms") var plan: PlanTermOptions
        @Option(
            name: [.customShort("a"), .long],
            help: ArgumentHelp("A further attribute as it is; may be repeated.", valueName: "name=value"))
        var attribute: [String] = []
        @Option(help: "A vendor's command instead of terms.") var command: PortCommand?
        @Flag(help: "Have the NAS ask for authorization anew instead of terms.") var authorizeOnly = false

        func validate() throws {
            let hasTerms = try plan.terms() != .init() || !attribute.isEmpty
            switch (hasTerms ? 1 : 0) + (command == nil ? 0 : 1) + (authorizeOnly ? 1 : 0) {
            case 1: break
            case 0:
                throw ValidationError(
                    "Say what to change: --down 2M, --vlan 20, --attribute NAME=VALUE, --command reauthenticate, --authorize-only …")
            default: throw ValidationError("Give terms and attributes, --command or --authorize-only, not several of them.")
            }
        }

        func run() async throws {
            let terms = try plan.terms()
            let kind: OperatorAction.Kind = authorizeOnly ? .authorizeOnly : command.map { .command($0) } ?? .change(terms)
            try await SessionActionExecution(options: options, kind: kind, additional: attribute).run()
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what was done to sessions, by whom and why, newest first.",
            discussion: """
                Example:
                  radian session history --user alice
                """)

        @Option(help: ArgumentHelp("Only this user's.", valueName: "name")) var user: String?
        @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 50
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be 1 or more.") }
        }

        func run() throws {
            let records = try SessionActionStore(options.openForReading()).history(userName: user, limit: limit)
            if json { return try Output.json(records) }
            Output.table(
                ["time", "user", "nas", "action", "result", "cause", "reason", "by"],
                records.map { record in
                    [
                        Output.time(record.requestedAt), record.userName, record.nasAddress, record.action, record.result ?? "waiting",
                        record.errorCause.map { String($0) } ?? "", record.reason, record.requestedBy,
                    ]
                }, empty: "nothing was done to sessions")
        }
    }
}
