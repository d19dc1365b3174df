import Logging

/// Writes dropped packets to the log, at most one line for each reason and source in an interval.
struct DropLog: Sendable {
    private let logger: Logger
    private let limiter: LogLimiter

    init(logger: Logger, interval: Duration) {
        self.logger = logger
        limiter = LogLimiter(interval: interval)
    }

    /// - Parameter now: monotonic nanoseconds.
    func drop(_ reason: DropReason, from source: IPAddress, client: NASClient?, now: UInt64) {
        guard let level = reason.logLevel, logger.logLevel <= level,
            let suppressed = limiter.admit(LogLimiter.Subject(reason: reason.rawValue, source: source), now: now)
        else { return }
        var metadata: Logger.Metadata = ["reason": "\(reason.rawValue)", "source": "\(source)"]
        if let client { metadata["nas"] = "\(client.name)" }
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.log(level: level, "request dropped", metadata: metadata)
    }

    /// Says once in a while that requests of a NAS can be forged, as its first packets showed.
    func insecure(_ warning: BlastWarning, client: NASClient, source: IPAddress, now: UInt64) {
        guard let suppressed = limiter.admit(LogLimiter.Subject(reason: warning.rawValue, source: source), now: now) else { return }
        logger.warning(
            "NAS sends Access-Requests that can be forged (BlastRADIUS); update its firmware",
            metadata: [
                "nas": "\(client.name)", "source": "\(source)", "reason": "\(warning.rawValue)", "suppressed": "\(suppressed)",
            ])
    }

    func warning(_ message: Logger.Message, reason: String, source: IPAddress, metadata: Logger.Metadata, now: UInt64) {
        guard let suppressed = limiter.admit(LogLimiter.Subject(reason: reason, source: source), now: now) else { return }
        var metadata = metadata
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.warning(message, metadata: metadata)
    }

    func receiveFailed(on socket: SocketEndpoint, error: String, now: UInt64) {
        guard limiter.admit(LogLimiter.Subject(reason: error, source: socket.address), now: now) != nil else { return }
        logger.error("cannot receive", metadata: ["socket": "\(socket)", "error": "\(error)"])
    }
}

extension DropReason {
    /// Nil for what happens in good health.
    fileprivate var logLevel: Logger.Level? {
        switch self {
        case .duplicateInProgress, .policy, .lateReply: nil
        case .malformed, .unexpectedCode, .tooManyAttributes, .unusableRecord: .notice
        case .invalidClient, .missingMessageAuthenticator, .badMessageAuthenticator, .badRequestAuthenticator, .proxyStateUnprotected,
            .staleTimestamp, .tooOld, .tooManyRequests, .deadlineExceeded, .queueFull, .databaseUnavailable:
            .warning
        case .unanswered, .unencodableReply: .error
        }
    }
}
