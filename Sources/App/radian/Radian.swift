import ArgumentParser
import Foundation
import RADIUSDictionary
import ServerKernel
import WebRouting

/// The program: a RADIUS server and the commands to run one.
@main
struct Radian: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "radian",
        abstract: "A RADIUS server, and the commands to run one.",
        discussion: """
            A first login, from an empty directory:
              radian demo
              radian serve

            'radian help COMMAND' shows an example of each command.
            Exit codes: 0 done, 1 failed, 64 wrong usage, 78 wrong configuration.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Server",
                subcommands: [ServeCommand.self, MigrateCommand.self, ConfigCommand.self, CertificateCommand.self, DemoCommand.self]),
            CommandGroup(
                name: "Users and devices",
                subcommands: [
                    OrganizationCommand.self, UserCommand.self, RoleCommand.self, TokenCommand.self, GroupCommand.self, NASCommand.self,
                    RealmCommand.self, HomeServerCommand.self, ImportCommand.self, MigrateFromCommand.self, BatchCommand.self,
                ]),
            CommandGroup(
                name: "Policy",
                subcommands: [PolicyCommand.self, RuleCommand.self, PlanCommand.self, QuotaCommand.self, PoolCommand.self, OTPCommand.self]),
            CommandGroup(
                name: "What happens",
                subcommands: [
                    WhoCommand.self, LastCommand.self, StatisticsCommand.self, SessionCommand.self, TraceCommand.self, CheckCommand.self,
                    ShadowCommand.self, MessageCommand.self,
                    RADIUSCommand.self, DictionaryCommand.self,
                    TopologyCommand.self,
                ]),
        ])

    static func main() async {
        unblockSignals()
        do {
            try await ChangeAuthor.$current.withValue(author) { try await runCommand() }
        } catch {
            end(with: error)
        }
    }

    private static func runCommand() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // The names of all commands are made from their types, which would be a tenth of a server's start. Whatever is wrong is told below.
        if arguments.first == ServeCommand.configuration.commandName, let server = try? ServeCommand.parse(Array(arguments.dropFirst())) {
            return try await server.run()
        }
        var command = try parseAsRoot(GroupCommand.Set.separatingItem(arguments))
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    /// Who is behind what commands change, for the audit; nobody is behind what the server does by itself.
    private static var author: ChangeAuthor? {
        guard CommandLine.arguments.dropFirst().first != ServeCommand.configuration.commandName else { return nil }
        let name = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        return ChangeAuthor(name: "command line (\(name))")
    }

    /// Commands that run until interrupted must be: a parent hands its own thread's mask down, and those of thread pools block everything.
    private static func unblockSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        sigprocmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Says on standard error what is wrong and ends the program with the exit code for it.
    private static func end(with error: any Error) -> Never {
        switch error {
        case is ExitCode: exit(withError: error)
        case let failure as CommandFailure: end(failure.message, failure.code)
        case let error as ValidationError: end(error.message, .validationFailure)
        case let error as ConfigurationError: end(error.description, .configuration)
        case let error as DictionaryError: end("dictionary: \(error)", .configuration)
        case _ where exitCode(for: error) == .validationFailure:
            let message = fullMessage(for: error)
            end(message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message, .validationFailure, isOneMessage: true)
        case _ where exitCode(for: error).isSuccess: exit(withError: error)
        default: end("\(error)", .failure)
        }
    }

    /// - Parameter isOneMessage: false when each line is a message of its own.
    private static func end(_ message: String, _ code: ExitCode, isOneMessage: Bool = false) -> Never {
        for line in isOneMessage ? [message[...]] : message.split(separator: "\n") { Output.complain("radian: \(line)") }
        Foundation.exit(code.rawValue)
    }
}

extension ExitCode {
    /// `EX_CONFIG` of sysexits.h.
    static let configuration = ExitCode(78)
}

/// Why a command failed, with the way out.
struct CommandFailure: Error {
    /// May hold several lines, each a message of its own.
    let message: String
    var code = ExitCode.failure

    init(_ message: String, code: ExitCode = .failure) {
        self.message = message
        self.code = code
    }
}
