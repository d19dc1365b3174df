import NIOConcurrencyHelpers
import RADIUSWire

/// A request of ours on a link, from `send` until its completion has been called or nobody waits for it any more.
final class PendingRequest: Sendable {
    typealias Completion = @Sendable (Result<OutgoingReply, OutgoingError>) -> Void

    let request: OutgoingRequest
    private let completion: NIOLockedValueBox<Completion?>
    private let onCancel: @Sendable (PendingRequest) -> Void

    /// - Parameter onCancel: called once, on any thread, where the request is cancelled before its completion was called.
    init(_ request: OutgoingRequest, completion: @escaping Completion, onCancel: @escaping @Sendable (PendingRequest) -> Void) {
        self.request = request
        self.completion = NIOLockedValueBox(completion)
        self.onCancel = onCancel
    }

    var isOver: Bool { completion.withLockedValue { $0 == nil } }

    func finish(_ result: Result<OutgoingReply, OutgoingError>) { take()?(result) }

    func cancel() {
        if take() != nil { onCancel(self) }
    }

    private func take() -> Completion? {
        completion.withLockedValue { completion in
            defer { completion = nil }
            return completion
        }
    }
}

/// What the caller of a link holds: letting it go cancels the request.
final class LinkExchange: OutgoingExchange {
    private let pending: PendingRequest
    private let resend: (@Sendable (PendingRequest) -> Void)?

    /// - Parameter retransmit: nil on a reliable transport.
    init(_ pending: PendingRequest, retransmit resend: (@Sendable (PendingRequest) -> Void)? = nil) {
        self.pending = pending
        self.resend = resend
    }

    deinit { pending.cancel() }

    func retransmit() { resend?(pending) }

    func cancel() { pending.cancel() }
}
