import ArgumentParser
import Composition
import Foundation
import Logging
import NASClients
import RADIUSTransport
import ServerKernel
import SessionActions

/// Which sessions, and how to act on them.
struct SessionActionOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "user=NAME, mac=ADDRESS, session=ACCT-SESSION-ID, id=UNIQUE-ID, ip=ADDRESS, nas=ADDRESS or NAME; or one such word.",
            valueName: "selector"))
    var selectors: [String]
    @Option(help: ArgumentHelp("Only sessions of this organization.", valueName: "slug")) var organization: String?
    @Flag(help: "Show the packets and send nothing.") var dryRun = false
    @Option(help: ArgumentHelp("How long to wait for an answer in all.", valueName: "seconds")) var timeout: Double?
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard !selectors.isEmpty else { throw ValidationError("Say which sessions: user=NAME, mac=ADDRESS, session=ID, nas=NAME.") }
        for selector in selectors where SessionSelector(selector) == nil {
            throw ValidationError(
                "'\(selector)' means no session; write user=NAME, mac=ADDRESS, session=ID, id=UNIQUE-ID, ip=ADDRESS or nas=NAME.")
        }
        if let timeout, !(0.1...120).contains(timeout) { throw ValidationError("--timeout is 0.1 to 120 seconds.") }
    }
}

/// Has the running server act on sessions, which reaches NAS devices over the connections that they opened; without one does it here, by UDP.
struct SessionActionExecution {
    let options: SessionActionOptions
    let kind: OperatorAction.Kind
    /// `Name=Value`, for a change.
    var additional: [String] = []

    /// - Throws: ``ArgumentParser/ExitCode/failure`` when a NAS did not do it.
    func run() async throws {
        var action = OperatorAction(kind, on: options.selectors, requestedBy: ProcessInfo.processInfo.userName)
        action.organization = options.organization
        action.attributes = additional
        action.isRehearsal = options.dryRun
        action.timeoutSeconds = options.timeout
        let configuration = try options.options.load()
        var isDone = true
        do {
            try ask(action, configuration.controlSocketPath) { isDone = $0.isDone && isDone }
        } catch is ControlClient.NotRunning {
            for report in try await perform(action, configuration) { isDone = report.isDone && isDone }
        }
        if !isDone { throw ExitCode.failure }
    }

    private func ask(_ action: OperatorAction, _ path: String, _ each: (OperatorActionReport) -> Void) throws {
        let text = String(decoding: try JSONEncoder().encode(action), as: UTF8.self)
        try ControlClient.send(ControlRequest(command: "session.act", options: ["action": text]), to: path) { line in
            guard let report = try? JSONDecoder().decode(OperatorActionReport.self, from: Data(line.utf8)) else {
                throw CommandFailure(Output.printable(String(line)))
            }
            Self.show(report)
            each(report)
            return true
        }
    }

    private func perform(_ action: OperatorAction, _ configuration: RadianConfiguration) async throws -> [OperatorActionReport] {
        // Brings the schema up to date.
        let connection = try options.options.openForWriting()
        let logger = Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() }
        let kernel = Kernel(engine: try configuration.makeEngine(), connections: 1, refreshInterval: .seconds(60), logger: logger)
        defer { kernel.stop() }
        let receiver = try OutgoingReceiver()
        defer { receiver.stop() }
        let registry = NASRegistry(configured: configuration.nasClients, logger: logger)
        try registry.refresh(over: connection)
        let dynamicAuthorization = configuration.dynamicAuthorization
        let module = SessionActionsModule(
            kernel, directory: registry, dictionary: try configuration.loadDictionary(),
            links: UDPNASLinks(receiver: receiver, source: dynamicAuthorization.sourceAddress), settings: dynamicAuthorization.settings)
        let (reports, sink) = AsyncStream<OperatorActionReport>.makeStream()
        do {
            try await module.actions.perform(action) {
                Self.show($0)
                sink.yield($0)
            }
        } catch let problem as OperatorActionProblem {
            throw CommandFailure(Output.printable(problem.description))
        }
        sink.finish()
        var all: [OperatorActionReport] = []
        for await report in reports { all.append(report) }
        return all
    }

    private static func show(_ report: OperatorActionReport) {
        for line in report.lines { Output.line(Output.printable(line)) }
    }
}
