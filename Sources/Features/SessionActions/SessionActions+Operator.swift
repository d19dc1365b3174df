import Accounts
import Database
import DynamicAuthorization
import Foundation
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import ServerKernel

extension SessionActions {
    private struct Step: Sendable {
        var session: ControlledSession
        var prepared: SessionControl.Prepared
        var id: Int64
    }

    private static let operatorConcurrency = 32

    /// Acts on sessions at once, beside the queue.
    /// - Parameter tell: told about each session.
    /// - Throws: ``OperatorActionProblem``, or the database's error.
    public func perform(_ wanted: OperatorAction, tell: @escaping @Sendable (OperatorActionReport) -> Void) async throws {
        var settings = settings
        if let seconds = wanted.timeoutSeconds { settings.timers.total = .milliseconds(Int64(min(max(seconds, 0.1), 120) * 1000)) }
        let control = control.waiting(settings.timers.total)
        let (table, now) = (directory.table, now)
        let lease = (settings.timers.total + .seconds(60)).microseconds
        let (steps, reports) = try await kernel.withConnection { connection in
            try Self.begin(wanted, control, table, at: now(), lease: lease, over: connection)
        }
        for report in reports { tell(report) }
        for (step, outcome) in await Self.send(steps, wanted.wish.name, control) {
            let closing = try await kernel.withConnection { [settings] connection in
                try Self.finish(step.id, outcome, step.session, settings: settings, at: now(), over: connection)
            }
            if let closing { kernel.events.publish(closing) }
            var lines = outcome.lines(step.prepared, wasClosed: closing != nil)
            lines[0] = "\(step.session.title): \(lines[0])"
            lines += step.prepared.request.notes.map { "  note: \($0)" }
            tell(OperatorActionReport(lines: lines, isDone: outcome.isDone))
        }
    }

    /// Begins the action of each session, or only shows it.
    /// - Returns: what to send, and what is said about the other sessions.
    private static func begin(
        _ wanted: OperatorAction, _ control: SessionControl, _ table: NASTable, at now: Int64, lease: Int64,
        over connection: any DatabaseConnection
    ) throws -> ([Step], [OperatorActionReport]) {
        var attributes: [Attribute] = []
        for text in wanted.attributes { attributes.append(try control.attribute(text)) }
        var steps: [Step] = []
        var reports: [OperatorActionReport] = []
        let targets = NASTargetStore(connection)
        for session in try find(wanted, connection) {
            do {
                let state = try wanted.kind == .authorizeOnly ? self.state(for: session, wanted, at: now, over: connection) : []
                let prepared = try control.prepare(
                    wanted.action(state: state), on: session, in: table, target: { try targets.target($0) }, additional: attributes,
                    epoch: now / 1_000_000)
                let order = SessionActionOrder(
                    sessionID: session.uniqueID, wish: wanted.wish, reason: "operator", requestedBy: wanted.requestedBy)
                if wanted.isRehearsal {
                    let lines = prepared.lines(session, packet: try control.packet(prepared))
                    reports.append(OperatorActionReport(lines: lines, isDone: true))
                } else if let id = try SessionActionStore(connection).begin(order, session: session, at: now, leaseUntil: now + lease) {
                    steps.append(Step(session: session, prepared: prepared, id: id))
                } else {
                    let line = "\(session.title): another action of this session is under way; try again in a minute"
                    reports.append(OperatorActionReport(lines: [line], isDone: false))
                }
            } catch let refusal as SessionControl.Refusal {
                reports.append(OperatorActionReport(lines: ["\(session.title): not sent: \(refusal)"], isDone: false))
            }
        }
        return (steps, reports)
    }

    /// The State by which the NAS's request will be recognised.
    private static func state(
        for session: ControlledSession, _ wanted: OperatorAction, at now: Int64, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> [UInt8] {
        try wanted.isRehearsal ? AuthorizeOnlyStore.draw() : AuthorizeOnlyStore(connection).issue(for: session.uniqueID, at: now)
    }

    private static func find(_ wanted: OperatorAction, _ connection: any DatabaseConnection) throws -> [ControlledSession] {
        let organization = try wanted.organization.map { slug in
            guard let found = try OrganizationStore(connection).organization(slug: slug) else {
                throw OperatorActionProblem(AccountsError.organizationUnknown(slug: slug).description)
            }
            return found.id
        }
        var sessions: [ControlledSession] = []
        for text in wanted.selectors {
            guard let selector = SessionSelector(text) else { throw OperatorActionProblem("'\(text)' means no session") }
            let found = try ControlledSessionStore(connection).openSessions(selector, organizationID: organization)
            sessions += found.filter { session in !sessions.contains { $0.uniqueID == session.uniqueID } }
        }
        guard !sessions.isEmpty else { throw OperatorActionProblem("no open session matches; 'radian session list' shows those there are") }
        return sessions
    }

    /// Sends a number of requests at a time.
    private static func send(_ steps: [Step], _ action: String, _ control: SessionControl) async -> [(Step, SessionActionOutcome)] {
        var outcomes = [SessionActionOutcome?](repeating: nil, count: steps.count)
        await withTaskGroup(of: (Int, SessionActionOutcome).self) { group in
            var rest = steps.indices.makeIterator()
            func add(_ index: Int) {
                let prepared = steps[index].prepared
                group.addTask { (index, await control.send(prepared, action: action)) }
            }
            for _ in 0..<operatorConcurrency { if let index = rest.next() { add(index) } }
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                if let next = rest.next() { add(next) }
            }
        }
        return zip(steps, outcomes).compactMap { step, outcome in outcome.map { (step, $0) } }
    }
}

extension ControlledSession {
    fileprivate var title: String {
        let words = [userName, identity.callingStationID ?? "", identity.acctSessionID ?? ""]
        return words.filter { !$0.isEmpty }.joined(separator: " ") + " at \(nasAddress)"
    }
}

extension SessionControl.Prepared {
    /// The request for people to read, secrets masked, and the packet.
    fileprivate func lines(_ session: ControlledSession, packet: [UInt8]) -> [String] {
        ["\(session.title): \(request.code.name) to \(endpoint), NAS '\(nas.name)'"]
            + request.attributes.map { "  \($0.printedName) = \($0.isSecret ? "***" : $0.printedValue)" }
            + request.notes.map { "  note: \($0)" }
            + ["  " + packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()]
    }
}

extension SessionActionOutcome {
    /// One line or more.
    fileprivate func lines(_ prepared: SessionControl.Prepared, wasClosed: Bool) -> [String] {
        let cause = errorCause.map { " \($0.rawValue) \($0.name): \($0.explanation)" } ?? ""
        switch result {
        case .acknowledged: return ["ACK" + cause]
        case .initiated: return ["NAK" + cause]
        case .refused: return ["NAK" + (cause.isEmpty ? ", without a reason" : cause) + (wasClosed ? " It is closed here now." : "")]
        case .timedOut:
            return [
                "no answer from \(prepared.endpoint) to \(attempts) \(attempts == 1 ? "packet" : "packets"). A NAS is silent when",
                "  - dynamic authorization is off on it, or on another port: 'radian nas coa \(prepared.nas.name) --port 1700' sets the port;",
                "  - it takes no requests from this machine's address, or the shared secret differs;",
                "  - a firewall drops UDP towards it, or it stands behind NAT: 'radian nas coa \(prepared.nas.name) --address ADDRESS' sends"
                    + " elsewhere.",
            ]
        case .unreachable, .unsupported, .ended: return ["not sent: \(detail)"]
        }
    }
}
