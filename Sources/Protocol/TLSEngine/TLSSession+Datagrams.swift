import COpenSSL

extension TLSSession {
    /// DTLS: nanoseconds until ``handleTimeout()`` is due, 0 when it is overdue; nil: no flight waits for an answer.
    ///
    /// OpenSSL measures from when the flight was sent, by the system's clock.
    public var nanosecondsUntilTimeout: Int64? {
        guard context.configuration.transport == .datagram else { return nil }
        var left = timeval()
        guard SSL_ctrl(pointer, DTLS_CTRL_GET_TIMEOUT, 0, &left) == 1 else { return nil }
        return Int64(left.tv_sec) * 1_000_000_000 + Int64(left.tv_usec) * 1000
    }

    /// DTLS: sends the last flight again when its time has come, and fails after too many times. Then see ``takeDatagrams()``.
    public func handleTimeout() -> Progress {
        OpenSSLErrors.clear()
        guard context.configuration.transport == .datagram, SSL_ctrl(pointer, DTLS_CTRL_HANDLE_TIMEOUT, 0, nil) < 0 else {
            return receive([])
        }
        return .failed(fail("the peer does not answer"))
    }

    func prepareDatagrams() {
        SSL_ctrl(pointer, SSL_CTRL_SET_MTU, context.configuration.maximumDatagramSize, nil)
        DTLS_set_timer_cb(pointer) { ssl, last in
            guard let milliseconds = TLSSession.of(ssl)?.context.configuration.retransmissionMilliseconds else { return last }
            let first = UInt32(clamping: milliseconds) &* 1000
            // RFC 6347 §4.2.4.1: doubled each time, up to a minute.
            return last == 0 ? first : min(last &* 2, 60_000_000)
        }
    }
}
