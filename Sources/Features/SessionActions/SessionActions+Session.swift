import Database
import DynamicAuthorization
import RADIUSTransport
import RADIUSWire
import ServerKernel
public import ServicePlans
public import WebRouting

/// What an operator who looks at one session wants of it.
public enum SessionWish: Sendable, Equatable {
    case disconnect
    /// CoA with a plan's terms and further attributes, each `Name = Value`.
    case change(plan: String?, attributes: [String])
}

extension SessionActions {
    /// The terms of a plan by its name; nil when there is none that serves the organization.
    public typealias PlanNamed = @Sendable (_ name: String, _ organizationID: String?) -> PlanTerms?

    /// How long an operator waits for a NAS, which the settings may shorten.
    static let longestWait = Duration.seconds(15)

    private enum Beginning: Sendable {
        case sending(SessionControl.Prepared, ControlledSession, id: Int64)
        case refused(SessionControl.Refusal, ControlledSession)
    }

    /// Acts on one open session at once, beside the queue, and waits for its NAS.
    /// - Throws: ``SessionActionRefusal``, ``OperatorActionProblem`` for attributes that cannot be sent, or the database's error.
    public func act(_ wish: SessionWish, on uniqueID: String, in tenancy: Tenancy, requestedBy: String) async throws
        -> SessionActionAnswer
    {
        // No database takes it.
        guard !uniqueID.utf8.contains(0) else { throw SessionActionRefusal.unknown }
        let limit = min(settings.timers.total, Self.longestWait)
        let control = control.waiting(limit)
        let (table, now) = (directory.table, now)
        let beginning = try await kernel.withConnection { [planNamed] connection -> Beginning in
            guard let session = try ControlledSessionStore(connection).session(uniqueID), tenancy.contains(session.organizationID) else {
                throw SessionActionRefusal.unknown
            }
            guard session.isOpen else { throw SessionActionRefusal.ended }
            let (order, action) = try Self.order(wish, session, requestedBy, planNamed)
            var attributes: [Attribute] = []
            if case .change(_, let lines) = wish { for line in lines { attributes.append(try control.attribute(line)) } }
            let moment = now()
            let targets = NASTargetStore(connection)
            do {
                let prepared = try control.prepare(
                    action, on: session, in: table, target: { try targets.target($0) }, additional: attributes,
                    epoch: moment / 1_000_000)
                let lease = (limit + .seconds(60)).microseconds
                guard let id = try SessionActionStore(connection).begin(order, session: session, at: moment, leaseUntil: moment + lease)
                else { throw SessionActionRefusal.underWay }
                return .sending(prepared, session, id: id)
            } catch let refusal as SessionControl.Refusal {
                return .refused(refusal, session)
            }
        }
        switch beginning {
        case .refused(let refusal, let session):
            let nas = IPAddress(session.nasAddress).flatMap { table.client(for: $0, organizationID: session.organizationID) }
            return SessionActionAnswer(
                result: refusal.result.answer, nasID: nas?.id, nasName: nas?.name, milliseconds: 0, detail: refusal.description,
                isClosed: false)
        case .sending(let prepared, let session, let id):
            let start = ContinuousClock.now
            let outcome = await control.send(prepared, action: wish == .disconnect ? "disconnect" : "change")
            let elapsed = ContinuousClock.now - start
            let closing = try await kernel.withConnection { [settings] connection in
                try Self.finish(id, outcome, session, settings: settings, at: now(), over: connection)
            }
            if let closing { kernel.events.publish(closing) }
            return SessionActionAnswer(
                result: outcome.result.answer, errorCause: outcome.errorCause, nasID: prepared.nas.id, nasName: prepared.nas.name,
                milliseconds: elapsed.microseconds / 1000, detail: outcome.detail, isClosed: closing != nil)
        }
    }

    private static func order(
        _ wish: SessionWish, _ session: ControlledSession, _ requestedBy: String, _ planNamed: PlanNamed?
    ) throws(SessionActionRefusal) -> (SessionActionOrder, SessionAction) {
        func order(_ wish: SessionActionOrder.Wish) -> SessionActionOrder {
            SessionActionOrder(sessionID: session.uniqueID, wish: wish, reason: "operator", requestedBy: requestedBy)
        }
        switch wish {
        case .disconnect: return (order(.disconnect), .disconnect)
        case .change(let plan, _):
            var terms = PlanTerms()
            if let plan {
                guard let named = planNamed?(plan, session.organizationID) else { throw .planUnknown }
                terms = named
            }
            return (order(.change(terms, orDisconnect: false)), .change(terms))
        }
    }
}
