public import RADIUSTransport
public import RADIUSWire

/// What became of a Disconnect- or CoA-Request.
public enum DynamicAuthorizationResult: Sendable, Hashable {
    /// The NAS did it. A cause such as ``RADIUSWire/ErrorCause/residualContextRemoved`` may come with it.
    case acknowledged(ErrorCause?)
    /// The NAS did not do it; nil where it gives no reason.
    case refused(ErrorCause?)
    /// No valid reply to so many packets.
    case timedOut(attempts: Int)
    /// The request could not be sent; the text is for operators.
    case unreachable(String)
}

/// Sends Disconnect- and CoA-Requests to NASes (the Dynamic Authorization Client of RFC 5176 §1.3).
public struct DynamicAuthorizationClient: Sendable {
    public var timers: RetransmissionTimers
    private let sleep: @Sendable (Duration) async throws -> Void
    private let jitter: @Sendable () -> Double

    public init(timers: RetransmissionTimers = RetransmissionTimers()) {
        self.init(timers: timers, sleep: { try await Task.sleep(for: $0) }, jitter: { Double.random(in: -0.1...0.1) })
    }

    /// - Parameters:
    ///   - sleep: waits, or throws when cancelled.
    ///   - jitter: draws from -0.1...0.1.
    init(
        timers: RetransmissionTimers, sleep: @escaping @Sendable (Duration) async throws -> Void, jitter: @escaping @Sendable () -> Double
    ) {
        self.timers = timers
        self.sleep = sleep
        self.jitter = jitter
    }

    /// Sends a request, again with the same identifier and authenticator as the timers want, until a valid reply comes.
    ///
    /// A cancelled task ends as ``DynamicAuthorizationResult/timedOut(attempts:)``.
    public func send(_ request: OutgoingRequest, over link: any OutgoingLink) async -> DynamicAuthorizationResult {
        let (replies, sink) = AsyncStream<Result<OutgoingReply, OutgoingError>>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let exchange = link.send(request) {
            sink.yield($0)
            sink.finish()
        }
        defer { exchange.cancel() }
        return await withTaskGroup(of: DynamicAuthorizationResult.self) { group in
            group.addTask {
                for await reply in replies { return Self.result(reply) }
                return .timedOut(attempts: 1)
            }
            group.addTask { .timedOut(attempts: await waitThrough(exchange, isDatagram: link.isDatagram)) }
            defer { group.cancelAll() }
            return await group.next() ?? .timedOut(attempts: 1)
        }
    }

    /// - Returns: packets sent.
    private func waitThrough(_ exchange: any OutgoingExchange, isDatagram: Bool) async -> Int {
        guard isDatagram else {
            try? await sleep(timers.total)
            return 1
        }
        var retransmission = Retransmission(timers, jitter: jitter())
        while true {
            do {
                try await sleep(retransmission.currentWait)
            } catch {
                return retransmission.transmissions
            }
            guard retransmission.expire(jitter: jitter()) else { return retransmission.transmissions }
            exchange.retransmit()
        }
    }

    private static func result(_ reply: Result<OutgoingReply, OutgoingError>) -> DynamicAuthorizationResult {
        switch reply {
        case .success(let reply):
            let cause = reply.packet.integer(errorCauseType).map { ErrorCause(rawValue: $0) }
            switch reply.packet.code {
            case .disconnectACK, .coaACK: return .acknowledged(cause)
            case .disconnectNAK, .coaNAK: return .refused(cause)
            default: return .unreachable("\(reply.packet.code.name) is no answer to the request")
            }
        case .failure(.tooManyOutstanding): return .unreachable("too many requests to this NAS are under way")
        case .failure(.linkDown(let reason)): return .unreachable(reason)
        case .failure(.unencodable(let error)): return .unreachable("the request cannot be encoded: \(error)")
        }
    }
}

/// Error-Cause (RFC 5176 §3.5).
private let errorCauseType: UInt8 = 101
