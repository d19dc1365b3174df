public import RADIUSPipeline
public import ServerKernel

/// The sections `quotas` and `counters`.
public struct QuotasConfiguration: Sendable {
    /// How often running sessions are looked at, packets or not.
    public var watchInterval: Duration
    /// A session without a packet for so long counts no further; seconds.
    public var staleSeconds: Int64
    /// FreeRADIUS's counters, and the operator's own behind them.
    public var counters: [UsageCounter]

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        watchInterval = reader.seconds("quotas", "watch_interval", default: 15, in: 1...3600)
        staleSeconds = Int64(reader.integer("quotas", "stale_after", default: 900, in: 60...86_400))
        counters = UsageCounter.builtIn
        for (location, values) in reader.recordList("counters", keys: ["attribute", "count", "period", "reply"]) {
            guard let attribute = values["attribute"], !attribute.isEmpty else {
                reader.report(location, "a counter needs 'attribute': the check attribute with the limit, such as Max-Weekly-Octets")
                continue
            }
            guard let measure = UsageMeasure(rawValue: values["count"] ?? "time") else {
                let words = UsageMeasure.allCases.map(\.rawValue).joined(separator: ", ")
                reader.report(location, "'counters.count' is '\(values["count"] ?? "")'; it must be one of \(words)")
                continue
            }
            guard let period = UsagePeriod(values["period"] ?? "never"), period != .session else {
                reader.report(
                    location,
                    "'counters.period' is '\(values["period"] ?? "")'; it must be hourly, daily, weekly, monthly, never, monthly@DAY or <n>h, d, w, m"
                )
                continue
            }
            counters.append(UsageCounter(attribute, measure, period, replyAttribute: values["reply"]))
        }
    }
}
