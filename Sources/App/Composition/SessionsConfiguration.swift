public import ServerKernel
public import Sessions

/// The section `sessions`.
public struct SessionsConfiguration: Sendable {
    /// When sessions that nobody hears of end; nil leaves them open.
    public var stale: StaleSessionLimits?
    /// How long events of tunnels are kept.
    public var tunnelHistoryDays: Int

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        var limits = StaleSessionLimits()
        limits.missedIntervals = reader.integer("sessions", "missed_intervals", default: limits.missedIntervals, in: 1...100)
        limits.minimumSeconds = reader.integer("sessions", "stale_after_at_least", default: limits.minimumSeconds, in: 60...604_800)
        limits.expectedInterval = reader.integer("sessions", "interim_interval", default: limits.expectedInterval, in: 60...86_400)
        limits.silentSeconds = reader.integer("sessions", "stale_without_interim", default: limits.silentSeconds, in: 600...31_536_000)
        tunnelHistoryDays = reader.integer("sessions", "tunnel_history_days", default: 90, in: 1...3650)
        stale = reader.flag("sessions", "end_stale", default: true) ? limits : nil
    }
}
