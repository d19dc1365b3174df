public import RADIUSWire

/// What became of an action on one session, for whoever waits for it.
public struct SessionActionAnswer: Sendable, Equatable {
    /// The raw values are the API's.
    public enum Result: String, Sendable, CaseIterable {
        /// The NAS did it.
        case acknowledged = "ack"
        /// The NAS did not do it.
        case refused = "nak"
        /// The NAS did not answer.
        case timedOut = "timeout"
        /// Nothing was sent.
        case unreachable
    }

    public var result: Result
    public var errorCause: ErrorCause?
    /// Row of `nas`; nil for a NAS of the configuration file, and for none.
    public var nasID: Int64?
    /// Nil when no NAS is known at the session's address.
    public var nasName: String?
    /// From the first packet to the answer, or until nobody waited any longer.
    public var milliseconds: Int64
    /// For operators: where it went, what the NAS cannot do, why nothing was sent.
    public var detail: String
    /// Whether the session is closed here, since its NAS does not know it.
    public var isClosed: Bool
}

/// Why nothing was done to a session that an operator chose.
public enum SessionActionRefusal: Error, Sendable, Equatable {
    /// Nobody has it, or an organization that the operator does not manage.
    case unknown
    case ended
    /// Another action of it has not ended yet.
    case underWay
    /// No plan has this name where the session's user is.
    case planUnknown
}

extension SessionActionOutcome.Result {
    var answer: SessionActionAnswer.Result {
        switch self {
        case .acknowledged, .initiated: .acknowledged
        case .refused: .refused
        case .timedOut: .timedOut
        case .unreachable, .unsupported, .ended: .unreachable
        }
    }
}
