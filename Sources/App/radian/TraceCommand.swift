import ArgumentParser
import Composition
import ServerKernel

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Follow the decisions of the running server, until interrupted.",
        discussion: """
            One block for each request: its stages, what decided and why, with secrets hidden. With several options, all must fit.

            Example:
              radian trace --user alice
              radian trace --mac 00-11-22-33-44-55
            """)

    @Option(help: ArgumentHelp("Only requests with this User-Name.", valueName: "name")) var user: String?
    @Option(help: ArgumentHelp("Only requests of this NAS: its name or address.", valueName: "name")) var nas: String?
    @Option(help: ArgumentHelp("Only requests of this Calling-Station-Id, in any notation.", valueName: "address")) var mac: String?
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let filters = ["user": user, "nas": nas, "mac": mac].compactMapValues { $0 }
        try ControlClient.send(ControlRequest(command: "trace", options: filters), to: options.load().controlSocketPath) { line in
            Output.line(Output.printable(String(line)))
            return true
        }
    }
}
