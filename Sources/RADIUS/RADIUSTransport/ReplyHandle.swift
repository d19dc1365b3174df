import NIOConcurrencyHelpers
import RADIUSWire

/// What has to be known to answer a request later.
struct Exchange: Sendable {
    let packet: Packet
    let client: NASClient
    let source: SocketEndpoint
    let destination: SocketEndpoint
    let receivedAt: UInt64
    let socket: UDPSocket
    let ticket: DuplicateCacheShards.Ticket
}

/// Answers one request, once, from any thread.
///
/// Letting the last reference go without an answer counts as ``DropReason/unanswered``; a retransmission is then processed anew.
public final class ReplyHandle: Sendable {
    private enum Target {
        case exchange(Exchange, ReplyDispatcher)
        case receiver(NIOLockedValueBox<(@Sendable (Disposition?) -> Void)?>)
    }

    private let target: Target

    init(_ exchange: Exchange, _ dispatcher: ReplyDispatcher) {
        target = .exchange(exchange, dispatcher)
    }

    /// A handle for a request that did not come from a socket, such as a replay in the console.
    /// - Parameter receiver: called once: with the answer, or with nil where the handle was let go.
    public init(receiver: @escaping @Sendable (Disposition?) -> Void) {
        target = .receiver(NIOLockedValueBox(receiver))
    }

    deinit {
        switch target {
        case .exchange(let exchange, let dispatcher): dispatcher.letGo(exchange)
        case .receiver(let box): box.withLockedValue { $0 }?(nil)
        }
    }

    /// Gives the answer. ``Disposition/deferred`` changes nothing, and so does a second answer.
    public func complete(_ disposition: Disposition) {
        if case .deferred = disposition { return }
        switch target {
        case .exchange(let exchange, let dispatcher):
            dispatcher.complete(exchange, with: disposition)
        case .receiver(let box):
            let receiver = box.withLockedValue { receiver in
                defer { receiver = nil }
                return receiver
            }
            receiver?(disposition)
        }
    }

    /// The exchange of a request from a socket.
    var exchange: Exchange? {
        if case .exchange(let exchange, _) = target { exchange } else { nil }
    }
}
