import ArgumentParser
import Composition
import Logging
import ServerKernel
import Sessions

extension SessionCommand {
    struct ConvertCalledStationIDs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "convert-called-station-ids",
            abstract: "Find the access points of sessions behind VPN concentrators.",
            discussion: """
                The concentrators are those of 'called_station_ids' in the configuration. The running server does the same every five
                minutes. The exit code is 0 when every interface that was needed has answered.

                Example:
                  radian session convert-called-station-ids
                  radian session convert-called-station-ids --unique-id 5d41402abc4b2a76b9719d911017c592
                """)

        @Option(help: ArgumentHelp("Only this session, which may have ended.", valueName: "id")) var uniqueID: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try options.load()
            let concentrators = configuration.calledStations.concentrators
            guard !concentrators.isEmpty else { throw CommandFailure("there are no 'called_station_ids' in the configuration") }
            // Brings the schema up to date.
            _ = try options.openForWriting()
            let logger = Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() }
            let kernel = Kernel(engine: try configuration.makeEngine(), connections: 1, refreshInterval: .seconds(60), logger: logger)
            defer { kernel.stop() }
            let report = try await CalledStationConversion(kernel, concentrators: concentrators).run(uniqueID: uniqueID)
            for (session, address) in report.converted.sorted(by: { $0.key < $1.key }) {
                Output.line("\(Output.printable(session)): \(address)")
            }
            for session in report.unknown { Output.complain("\(Output.printable(session)): no client of the VPN carries its device") }
            for failure in report.failures { Output.complain(Output.printable(failure)) }
            if report.converted.isEmpty, report.unknown.isEmpty { Output.line("there is no session to convert") }
            if !report.failures.isEmpty { throw ExitCode.failure }
        }
    }
}
