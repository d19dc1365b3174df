import RADIUSWire

/// Sends one datagram again and again, waiting twice as long each time, until an acceptable answer comes (RFC 5080 §2.2.1).
struct RetransmittingSender {
    struct Answer {
        let reply: Packet
        let roundTrip: Duration
        let attempts: Int
    }

    let server: ServerAddress
    let timeout: Duration
    let attempts: Int

    /// - Parameter accept: judges a datagram: the reply, nil to go on waiting, or an error. A wrong answer may be forged and a right one may
    ///   follow, so the error is thrown only when none came in the same attempt.
    func send(_ request: [UInt8], accept: ([UInt8]) throws(ClientError) -> Packet?) throws(ClientError) -> Answer {
        guard attempts > 0, timeout > .zero else { throw .invalidSetting("a request needs one attempt and some time to wait") }
        let socket = try DatagramSocket(connectedTo: server.resolve())
        var wait = timeout.nanoseconds
        for attempt in 1...attempts {
            let sent = MonotonicClock.now()
            try socket.send(request)
            var fault: ClientError?
            waiting: while true {
                switch try socket.receive(until: sent + wait) {
                case .timeout: break waiting
                case .refused: throw .refused(server)
                case .datagram(let datagram):
                    do {
                        guard let reply = try accept(datagram) else { continue }
                        let roundTrip = Duration.nanoseconds(Int64(MonotonicClock.now() - sent))
                        return Answer(reply: reply, roundTrip: roundTrip, attempts: attempt)
                    } catch {
                        fault = error
                    }
                }
            }
            if let fault { throw fault }
            wait = min(wait * 2, 16_000_000_000)
        }
        throw .noReply(server, attempts: attempts)
    }
}
