import CUDP
import NIOConcurrencyHelpers

/// The threads that read the sockets of all outgoing UDP links.
public final class OutgoingReceiver: Sendable {
    /// What is done with a datagram; called on a receiver's thread.
    typealias Handler = @Sendable (UnsafeRawBufferPointer) -> Void

    private struct Watched: Sendable {
        let socket: UDPSocket
        let handler: Handler
    }

    private struct State {
        var watched: [UInt64: Watched] = [:]
        /// 0 is the bell.
        var nextToken: UInt64 = 1
        var threads: [NamedThread] = []
        var isStopped = false
    }

    private let poller: Int32
    private let bell: Int32
    private let state = NIOLockedValueBox(State())
    private static let batchLimit = 64

    /// Starts the threads; ``stop()`` ends them.
    /// - Parameter threads: 1 or more.
    /// - Throws: where the system gives no descriptor.
    public init(threads: Int = 1) throws(ListenerError) {
        let nowhere = SocketEndpoint(address: IPAddress(ipv4: 0), port: 0)
        poller = cudp_poller_create([], 0)
        guard poller >= 0 else { throw ListenerError(endpoint: nowhere, errno: -poller) }
        bell = cudp_bell_create()
        guard bell >= 0, cudp_poller_add(poller, bell, 0) == 0 else {
            cudp_close(poller)
            throw ListenerError(endpoint: nowhere, errno: bell < 0 ? -bell : 0)
        }
        let started = (0..<max(1, threads)).map { index in NamedThread("outgoing-\(index)") { [self] in run() } }
        state.withLockedValue { $0.threads = started }
    }

    /// Ends the threads; links get no reply any more. Not to be called from a completion.
    public func stop() {
        let threads = state.withLockedValue { state in
            defer {
                state.isStopped = true
                state.threads = []
                state.watched = [:]
            }
            return state.threads
        }
        guard !threads.isEmpty else { return }
        cudp_bell_ring(bell)
        for thread in threads { thread.join() }
        cudp_close(poller)
        cudp_close(bell)
    }

    /// Reads a socket from now on.
    /// - Returns: what ``forget(_:)`` takes; nil when the receiver has stopped or the system refuses.
    func watch(_ socket: UDPSocket, _ handler: @escaping Handler) -> UInt64? {
        state.withLockedValue { state in
            guard !state.isStopped, cudp_poller_add(poller, socket.descriptor, state.nextToken) == 0 else { return nil }
            defer { state.nextToken += 1 }
            state.watched[state.nextToken] = Watched(socket: socket, handler: handler)
            return state.nextToken
        }
    }

    /// Lets a socket go; it closes with its last reference.
    func forget(_ token: UInt64) {
        // Taken out first, so that a socket's end does not happen under the lock.
        let watched = state.withLockedValue { $0.watched.removeValue(forKey: token) }
        _ = watched
    }

    private func run() {
        let batch = DatagramBatch(capacity: Self.batchLimit)
        var tokens = [UInt64](repeating: 0, count: Self.batchLimit)
        while !state.withLockedValue({ $0.isStopped }) {
            let count = Int(cudp_poller_next(poller, .max >> 1, &tokens, UInt32(tokens.count)))
            for token in tokens.prefix(count) {
                guard let watched = state.withLockedValue({ $0.watched[token] }) else { continue }
                // One batch a turn: what is left wakes the poller again, and no busy peer keeps the others waiting.
                let received = batch.receive(from: watched.socket, wait: false)
                for slot in 0..<max(0, received) {
                    if let datagram = batch[slot] { watched.handler(datagram.bytes) }
                }
            }
        }
    }
}
