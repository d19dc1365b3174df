public import RADIUSPipeline

/// Where the decisions of the running server can be watched.
public protocol DecisionFeed: Sendable {
    /// Calls `observer` for each decision from now on, on the thread that decides, until the watch is cancelled. It must be quick.
    func watch(_ observer: @escaping @Sendable (DecisionRecord) -> Void) -> DecisionWatch
}

/// Ends what ``DecisionFeed/watch(_:)`` began.
public struct DecisionWatch: Sendable {
    public let cancel: @Sendable () -> Void

    public init(cancel: @escaping @Sendable () -> Void) {
        self.cancel = cancel
    }
}
