import Accounts
public import Database
public import DynamicAuthorization
import Logging
import RADIUSTransport
import RADIUSWire
import ServerKernel
public import ServicePlans
import Sessions

/// Carries out orders and keeps their history; the rules about users and groups that changed.
public final class SessionActions: Sendable {
    /// What a user is entitled to now; nil when no plan says so.
    public typealias PlanLookup = @Sendable (_ session: ControlledSession, _ connection: any DatabaseConnection) throws -> PlanTerms?

    let kernel: Kernel
    let directory: any NASDirectory
    let control: SessionControl
    let settings: DynamicAuthorizationSettings
    private let plan: PlanLookup?
    let planNamed: PlanNamed?
    let now: @Sendable () -> Int64

    init(
        _ kernel: Kernel, directory: any NASDirectory, control: SessionControl, settings: DynamicAuthorizationSettings, plan: PlanLookup?,
        planNamed: PlanNamed? = nil, now: @escaping @Sendable () -> Int64
    ) {
        self.kernel = kernel
        self.directory = directory
        self.control = control
        self.settings = settings
        self.plan = plan
        self.planNamed = planNamed
        self.now = now
    }

    /// Queues an order; unknown and ended sessions are left alone.
    public func request(_ order: SessionActionOrder) async throws {
        let now = now()
        try await kernel.withConnection { connection in
            guard let session = try ControlledSessionStore(connection).session(order.sessionID), session.isOpen else { return }
            try SessionActionStore(connection).enqueue(order, session: session, at: now)
        }
    }

    /// Turns the changes of users and groups into orders.
    /// - Returns: whether there may be more.
    func takeChanges() async throws -> Bool {
        let now = now()
        let batch = 500
        return try await kernel.withConnection { [settings] connection in
            try connection.transaction { () throws(DatabaseError) in
                let changes = try ChangeOutbox(connection).take(limit: batch)
                if changes.isEmpty { return false }
                let sessions = ControlledSessionStore(connection)
                let queue = SessionActionStore(connection)
                func order(_ wish: SessionActionOrder.Wish, _ reason: AccountChange.Kind, _ found: [ControlledSession])
                    throws(DatabaseError)
                {
                    for session in found {
                        let order = SessionActionOrder(
                            sessionID: session.uniqueID, wish: wish, reason: reason.rawValue, requestedBy: "rule")
                        try queue.enqueue(order, session: session, at: now)
                    }
                }
                func subjects(_ kind: AccountChange.Kind) -> [String] { changes.filter { $0.kind == kind }.map(\.subject).sorted() }
                if settings.onUserDisabled == .disconnect {
                    try order(.disconnect, .userDisabled, sessions.openSessions(users: subjects(.userDisabled)))
                }
                if settings.onGroupChanged != .none {
                    let wish: SessionActionOrder.Wish = settings.onGroupChanged == .change ? .reauthorize : .disconnect
                    try order(wish, .userGroupsChanged, sessions.openSessions(users: subjects(.userGroupsChanged)))
                    try order(wish, .groupChanged, sessions.openSessions(membersOf: subjects(.groupChanged)))
                }
                return true
            }
        }
    }

    /// Takes orders from the queue.
    func claim(limit: Int) async throws -> [SessionActionStore.Claim] {
        let now = now()
        return try await kernel.withConnection { [settings] connection in
            try connection.transaction { () throws(DatabaseError) in
                try SessionActionStore(connection).claim(limit: limit, at: now, leaseUntil: now + settings.leaseMicroseconds)
            }
        }
    }

    /// Carries out one order taken from the queue and records how it ended.
    func carryOut(_ claim: SessionActionStore.Claim) async throws {
        guard let order = claim.order else {
            return try await finish(
                claim.id, SessionActionOutcome(result: .unsupported, action: "unknown", detail: "made by a newer program"), nil)
        }
        let now = now()
        let (session, terms, state) = try await kernel.withConnection { [plan] connection in
            let session = try ControlledSessionStore(connection).session(order.sessionID)
            let terms = order.wish == .reauthorize ? try session.flatMap { try plan?($0, connection) } : nil
            let state =
                order.wish == .authorizeOnly ? try AuthorizeOnlyStore(connection).issue(for: order.sessionID, at: now) : []
            return (session, terms, state)
        }
        guard let session, session.isOpen else {
            return try await finish(claim.id, SessionActionOutcome(result: .ended, action: order.wish.name), nil)
        }
        var outcome = SessionActionOutcome(result: .unsupported, action: order.wish.name)
        for action in Self.attempts(order.wish, terms: terms, state: state) {
            outcome = try await perform(action, on: session)
            if outcome.isDone || outcome.errorCause == .sessionContextNotFound { break }
        }
        try await finish(claim.id, outcome, session)
    }

    /// What to try, one after the other, until the NAS does it.
    /// - Parameters:
    ///   - terms: what the user is entitled to, for ``SessionActionOrder/Wish/reauthorize``.
    ///   - state: issued for ``SessionActionOrder/Wish/authorizeOnly``.
    static func attempts(_ wish: SessionActionOrder.Wish, terms: PlanTerms?, state: [UInt8] = []) -> [SessionAction] {
        switch wish {
        case .disconnect: [.disconnect]
        case .change(let terms, let orDisconnect): [.change(terms)] + (orDisconnect ? [.disconnect] : [])
        case .command(let command): [.command(command)]
        case .authorizeOnly: [.authorizeOnly(state: state)]
        case .reauthorize: (terms.map { [.change($0)] } ?? []) + [.command(.reauthenticate), .disconnect]
        }
    }

    private func perform(_ action: SessionAction, on session: ControlledSession) async throws -> SessionActionOutcome {
        let (control, table, epoch) = (control, directory.table, now() / 1_000_000)
        let prepared: SessionControl.Prepared
        do {
            prepared = try await kernel.withConnection { connection in
                try control.prepare(
                    action, on: session, in: table, target: { try NASTargetStore(connection).target($0) }, epoch: epoch)
            }
        } catch let refusal as SessionControl.Refusal {
            return SessionActionOutcome(result: refusal.result, action: action.name, detail: refusal.description)
        }
        return await control.send(prepared, action: action.name)
    }

    private func finish(_ id: Int64, _ outcome: SessionActionOutcome, _ session: ControlledSession?) async throws {
        let now = now()
        let closing = try await kernel.withConnection { [settings] connection in
            try Self.finish(id, outcome, session, settings: settings, at: now, over: connection)
        }
        if let closing { kernel.events.publish(closing) }
        kernel.logger.info(
            "session action",
            metadata: [
                "session": "\(session?.uniqueID ?? "")", "user": "\(session?.userName ?? "")", "action": "\(outcome.action)",
                "result": "\(outcome.result.rawValue)", "error-cause": "\(outcome.errorCause.map { "\($0.rawValue) \($0.name)" } ?? "")",
            ])
    }

    /// Records an outcome and closes the session that the NAS turned out not to have.
    /// - Returns: the end of the session, to be published.
    static func finish(
        _ id: Int64, _ outcome: SessionActionOutcome, _ session: ControlledSession?, settings: DynamicAuthorizationSettings, at now: Int64,
        over connection: any DatabaseConnection
    ) throws(DatabaseError) -> SessionEnded? {
        try connection.transaction { () throws(DatabaseError) in
            let awaitsStop = outcome.result == .acknowledged && outcome.action == SessionAction.disconnect.name
            try SessionActionStore(connection).finish(
                id, outcome, at: now, closeAfter: awaitsStop ? now + settings.stopGrace.microseconds : nil)
            guard let session, settings.closesUnknownSessions, outcome.result == .refused, outcome.errorCause == .sessionContextNotFound,
                let closed = try ControlledSessionStore(connection).close(
                    session.uniqueID, epoch: now / 1_000_000, atLastWord: true, cause: "Lost-Service")
            else { return nil }
            return SessionEnded(uniqueID: session.uniqueID, userName: closed.user, callingStationID: closed.station)
        }
    }

    /// Closes sessions that were disconnected and whose Stop did not come.
    func closeOverdue() async throws {
        let now = now()
        let ends = try await kernel.withConnection { connection in
            try connection.transaction { () throws(DatabaseError) -> [SessionEnded] in
                var ends: [SessionEnded] = []
                for id in try SessionActionStore(connection).takeOverdue(at: now) {
                    guard
                        let closed = try ControlledSessionStore(connection).close(
                            id, epoch: now / 1_000_000, atLastWord: false, cause: "Admin-Reset")
                    else { continue }
                    ends.append(SessionEnded(uniqueID: id, userName: closed.user, callingStationID: closed.station))
                }
                return ends
            }
        }
        for end in ends { kernel.events.publish(end) }
    }

    /// Forgets old actions.
    func prune() async throws {
        let now = now()
        try await kernel.withConnection { [settings] connection in
            try SessionActionStore(connection).prune(before: now - settings.history.microseconds)
            try AuthorizeOnlyStore(connection).prune(at: now)
        }
    }
}

extension SessionAction {
    /// As the history has it.
    public var name: String {
        switch self {
        case .disconnect: "disconnect"
        case .change: "change"
        case .command(let command): command.rawValue
        case .authorizeOnly: "authorize-only"
        }
    }
}
