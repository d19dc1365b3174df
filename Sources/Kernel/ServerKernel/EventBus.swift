public import Database
import NIOConcurrencyHelpers

/// A fact that others may want to know, named in the past tense: `SessionEnded`.
public protocol Event: Sendable {}

/// Delivers events to whoever subscribed, on the publisher's thread.
///
/// Events are facts: ``Database/DatabaseConnection/transaction(publishing:_:)`` hands them out only after the commit.
/// Subscribers must return quickly; slow work goes to a job or a pool.
public final class EventBus: Sendable {
    private let subscribers = NIOLockedValueBox<[ObjectIdentifier: [@Sendable (any Event) -> Void]]>([:])

    public init() {}

    /// Calls `handler` for each later event of this type.
    public func subscribe<E: Event>(to type: E.Type, _ handler: @escaping @Sendable (E) -> Void) {
        subscribers.withLockedValue {
            $0[ObjectIdentifier(type), default: []].append { event in
                if let event = event as? E { handler(event) }
            }
        }
    }

    /// Whether anyone listens, so that a busy publisher need not build the event.
    public func hasSubscribers<E: Event>(for type: E.Type) -> Bool {
        subscribers.withLockedValue { $0[ObjectIdentifier(type)] != nil }
    }

    /// Delivers one event. Outside of a transaction only; inside one, collect it with ``PendingEvents``.
    public func publish(_ event: some Event) {
        deliver(event)
    }

    fileprivate func deliver(_ event: any Event) {
        let handlers = subscribers.withLockedValue { $0[ObjectIdentifier(type(of: event))] ?? [] }
        for handler in handlers { handler(event) }
    }
}

/// The events of a transaction that is under way.
public struct PendingEvents {
    fileprivate var events: [any Event] = []

    /// Adds an event, published if and when the transaction commits.
    public mutating func append(_ event: some Event) {
        events.append(event)
    }
}

extension DatabaseConnection {
    /// A transaction whose events are published after its commit, and never if it rolls back.
    public func transaction<R>(
        publishing bus: EventBus, _ body: (inout PendingEvents) throws(DatabaseError) -> R
    ) throws(DatabaseError) -> R {
        var pending = PendingEvents()
        let result = try transaction { () throws(DatabaseError) -> R in try body(&pending) }
        for event in pending.events { bus.deliver(event) }
        return result
    }
}
