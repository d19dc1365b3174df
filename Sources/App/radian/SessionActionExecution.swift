import Accounts
import ArgumentParser
import Composition
import Database
import DynamicAuthorization
import Foundation
import Logging
import NASClients
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
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

/// Acts on sessions from the command line, over sockets of its own; a running server is not needed.
struct SessionActionExecution {
    private struct Step {
        var session: ControlledSession
        var prepared: SessionControl.Prepared
        var id: Int64
    }

    let options: SessionActionOptions
    let wish: SessionActionOrder.Wish
    /// `Name=Value`, for a change.
    var additional: [String] = []
    /// What a session's NAS is told, given the State issued for ``SessionActionOrder/Wish/authorizeOnly``.
    let action: (_ state: [UInt8]) -> SessionAction
    private static let concurrency = 32

    /// - Throws: ``ArgumentParser/ExitCode/failure`` when a NAS did not do it.
    func run() async throws {
        let configuration = try options.options.load()
        let connection = try options.options.openForWriting()
        let sessions = try find(connection)
        let dynamicAuthorization = configuration.dynamicAuthorization
        var settings = dynamicAuthorization.settings
        if let timeout = options.timeout { settings.timers.total = .milliseconds(Int64(timeout * 1000)) }
        let dictionary = try configuration.loadDictionary()
        let receiver = try OutgoingReceiver()
        defer { receiver.stop() }
        let control = SessionControl(
            dictionary: dictionary, links: UDPNASLinks(receiver: receiver, source: dynamicAuthorization.sourceAddress),
            timers: settings.timers, vlanTag: settings.vlanTag)
        let registry = NASRegistry(configured: configuration.nasClients, logger: Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() })
        try registry.refresh(over: connection)
        let attributes = try additional.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("'\(text)' is no attribute; write NAME=VALUE.") }
            return try dictionary.parse(String(parts[0]), String(parts[1]))
        }

        var steps: [Step] = []
        var isDone = true
        for session in sessions {
            do {
                let state = try wish == .authorizeOnly ? self.state(for: session, connection) : []
                let prepared = try control.prepare(
                    action(state), on: session, in: registry.table, target: { try NASTargetStore(connection).target($0) },
                    additional: attributes,
                    epoch: currentMicroseconds() / 1_000_000)
                if options.dryRun {
                    try Self.show(prepared, packet: control.packet(prepared), of: session)
                } else if let id = try begin(session, settings, connection) {
                    steps.append(Step(session: session, prepared: prepared, id: id))
                } else {
                    isDone = false
                    Output.line("\(Self.name(session)): another action of this session is under way; try again in a minute")
                }
            } catch let refusal as SessionControl.Refusal {
                isDone = false
                Output.line("\(Self.name(session)): not sent: \(Output.printable(refusal.description))")
            }
        }
        for (step, outcome) in try await send(steps, control) {
            let closed = try SessionActions.finish(
                step.id, outcome, step.session, settings: settings, at: currentMicroseconds(), over: connection)
            Output.line("\(Self.name(step.session)): \(Self.text(outcome, step.prepared, wasClosed: closed != nil))")
            for note in step.prepared.request.notes { Output.line("  note: \(Output.printable(note))") }
            isDone = isDone && outcome.isDone
        }
        if !isDone { throw ExitCode.failure }
    }

    private func find(_ connection: any DatabaseConnection) throws -> [ControlledSession] {
        let organization = try options.organization.map { slug in
            guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                throw AccountsError.organizationUnknown(slug: slug)
            }
            return found.id
        }
        var sessions: [ControlledSession] = []
        for selector in options.selectors.compactMap({ SessionSelector($0) }) {
            let found = try ControlledSessionStore(connection).openSessions(selector, organizationID: organization)
            sessions += found.filter { session in !sessions.contains { $0.uniqueID == session.uniqueID } }
        }
        guard !sessions.isEmpty else {
            throw CommandFailure("no open session matches; 'radian session list' shows those there are")
        }
        return sessions
    }

    private func begin(
        _ session: ControlledSession, _ settings: DynamicAuthorizationSettings, _ connection: any DatabaseConnection
    ) throws -> Int64? {
        let now = currentMicroseconds()
        let order = SessionActionOrder(
            sessionID: session.uniqueID, wish: wish, reason: "operator", requestedBy: ProcessInfo.processInfo.userName)
        let lease = settings.timers.total.components.seconds * 1_000_000 + 60_000_000
        return try SessionActionStore(connection).begin(order, session: session, at: now, leaseUntil: now + lease)
    }

    /// The State by which the NAS's request will be recognised.
    private func state(for session: ControlledSession, _ connection: any DatabaseConnection) throws -> [UInt8] {
        let store = AuthorizeOnlyStore(connection)
        return try options.dryRun ? AuthorizeOnlyStore.draw() : store.issue(for: session.uniqueID, at: currentMicroseconds())
    }

    /// Sends a number of requests at a time.
    private func send(_ steps: [Step], _ control: SessionControl) async throws -> [(Step, SessionActionOutcome)] {
        let name = wish.name
        var outcomes = [SessionActionOutcome?](repeating: nil, count: steps.count)
        await withTaskGroup(of: (Int, SessionActionOutcome).self) { group in
            var rest = steps.indices.makeIterator()
            func add(_ index: Int) {
                let prepared = steps[index].prepared
                group.addTask { (index, await control.send(prepared, action: name)) }
            }
            for _ in 0..<Self.concurrency { if let index = rest.next() { add(index) } }
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                if let next = rest.next() { add(next) }
            }
        }
        return zip(steps, outcomes).compactMap { step, outcome in outcome.map { (step, $0) } }
    }

    private static func name(_ session: ControlledSession) -> String {
        let words = [session.userName, session.identity.callingStationID ?? "", session.identity.acctSessionID ?? ""]
        return Output.printable(words.filter { !$0.isEmpty }.joined(separator: " ") + " at \(session.nasAddress)")
    }

    private static func text(_ outcome: SessionActionOutcome, _ prepared: SessionControl.Prepared, wasClosed: Bool) -> String {
        let cause = outcome.errorCause.map { " \($0.rawValue) \($0.name): \($0.explanation)" } ?? ""
        switch outcome.result {
        case .acknowledged: return "ACK" + cause
        case .initiated: return "NAK" + cause
        case .refused: return "NAK" + (cause.isEmpty ? ", without a reason" : cause) + (wasClosed ? " It is closed here now." : "")
        case .timedOut: return timeout(outcome, prepared)
        case .unreachable, .unsupported, .ended: return "not sent: \(Output.printable(outcome.detail))"
        }
    }

    private static func timeout(_ outcome: SessionActionOutcome, _ prepared: SessionControl.Prepared) -> String {
        let nas = Output.printable(prepared.nas.name)
        return """
            no answer from \(prepared.endpoint) to \(outcome.attempts) \(outcome.attempts == 1 ? "packet" : "packets"). A NAS is silent when
              - dynamic authorization is off on it, or on another port: 'radian nas coa \(nas) --port 1700' sets the port;
              - it takes no requests from this machine's address, or the shared secret differs;
              - a firewall drops UDP towards it, or it stands behind NAT: 'radian nas coa \(nas) --address ADDRESS' sends elsewhere.
            """
    }

    private static func show(_ prepared: SessionControl.Prepared, packet: [UInt8], of session: ControlledSession) {
        Output.line("\(name(session)): \(prepared.request.code.name) to \(prepared.endpoint), NAS '\(Output.printable(prepared.nas.name))'")
        for attribute in prepared.request.attributes {
            let value = attribute.isSecret ? SecretMask.text : Output.printable(attribute.printedValue)
            Output.line("  \(attribute.printedName) = \(value)")
        }
        for note in prepared.request.notes { Output.line("  note: \(Output.printable(note))") }
        Output.line("  " + packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
