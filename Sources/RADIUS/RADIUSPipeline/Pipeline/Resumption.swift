public import RADIUSTransport

/// Continues a suspended request, once, on the calling thread. The steps that follow may visit the database, so that a network thread
/// hands this to a ``RADIUSTransport/WorkPool``.
///
/// Letting it go unused leaves the request unanswered, which is counted.
public struct Resumption: Sendable {
    private let proceed: @Sendable (@escaping @Sendable (inout RequestContext) -> StageResult) -> Void
    private let abandon: @Sendable (DropReason) -> Void

    init(
        proceed: @escaping @Sendable (@escaping @Sendable (inout RequestContext) -> StageResult) -> Void,
        abandon: @escaping @Sendable (DropReason) -> Void
    ) {
        self.proceed = proceed
        self.abandon = abandon
    }

    /// Runs `work` with the request, then the steps behind the one that waited.
    public func callAsFunction(_ work: @escaping @Sendable (inout RequestContext) -> StageResult) { proceed(work) }

    /// Ends the request without a reply.
    public func silence(_ reason: DropReason) { abandon(reason) }
}
