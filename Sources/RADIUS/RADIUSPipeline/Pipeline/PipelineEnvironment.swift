import Digests
public import Logging
public import RADIUSDictionary
import ServicePlans
public import RADIUSTransport

/// What the stages of a pipeline share between requests and threads.
public final class PipelineEnvironment: Sendable {
    public let dictionary: AttributeDictionary
    public let settings: PipelineSettings
    public let reservations: any SessionReservations
    /// Logins without a session yet among which quotas are shared.
    let quotaReservations: MemoryReservations
    public let verifiedPasswords: VerifiedPasswords
    public let decoy = Decoy()
    public let eapConversations: EAPConversations
    /// Of fingerprints kept with sessions that can be resumed.
    let resumptionKey: HMACSHA256
    /// Threads for public-key work, which no packet thread waits for.
    let handshakes: WorkPool
    /// Logs each unusable policy row once.
    public let reporter: RowReporter
    let known: KnownDefinitions
    let planRenderer: PlanRenderer
    let patterns = PatternCache()
    let groupRows = GroupRowCache()

    /// - Parameter reservations: nil keeps them in this process's memory.
    public init(
        dictionary: AttributeDictionary, settings: PipelineSettings, logger: Logger, reservations: (any SessionReservations)? = nil,
        handshakes: WorkPool
    ) {
        self.dictionary = dictionary
        self.settings = settings
        self.handshakes = handshakes
        resumptionKey = HMACSHA256(key: randomOctets(32))
        eapConversations = EAPConversations(lifetimeSeconds: settings.eapLifetimeSeconds, capacity: settings.eapCapacity)
        self.reservations =
            reservations ?? MemoryReservations(lifetimeSeconds: settings.reservationSeconds, capacity: settings.reservationCapacity)
        quotaReservations = MemoryReservations(lifetimeSeconds: settings.reservationSeconds, capacity: settings.reservationCapacity)
        verifiedPasswords = VerifiedPasswords(
            lifetimeSeconds: settings.verifiedPasswordSeconds, capacity: settings.verifiedPasswordCapacity)
        reporter = RowReporter(logger: logger)
        known = KnownDefinitions(dictionary, counters: settings.counters)
        planRenderer = PlanRenderer(dictionary)
    }
}
