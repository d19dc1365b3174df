public import Logging
public import RADIUSDictionary

/// What all connected links of the process share: handshake threads, dictionary, counters.
public final class ConnectionEnvironment: Sendable {
    let handshakes: WorkPool
    let dictionary: AttributeDictionary
    let counters: LinkCounters
    let logger: Logger
    let clock: TransportClock

    /// - Parameters:
    ///   - handshakes: runs TLS handshakes.
    ///   - dictionary: tells RADIUS/1.1 which attributes RADIUS/1.0 hides.
    ///   - counters: of outgoing links; not those of the listeners.
    public convenience init(
        handshakes: WorkPool, dictionary: AttributeDictionary, counters: LinkCounters, logger: Logger
    ) {
        self.init(handshakes: handshakes, dictionary: dictionary, counters: counters, logger: logger, clock: .system)
    }

    init(
        handshakes: WorkPool, dictionary: AttributeDictionary, counters: LinkCounters, logger: Logger, clock: TransportClock
    ) {
        self.handshakes = handshakes
        self.dictionary = dictionary
        self.counters = counters
        self.logger = logger
        self.clock = clock
    }
}
