/// A limit in FreeRADIUS's manner (rlm_sqlcounter): a check attribute holds it, a period resets it.
public struct UsageCounter: Sendable, Hashable {
    /// Control attribute with the limit, such as `Max-Daily-Session`.
    public var attribute: String
    public var measure: UsageMeasure
    public var period: UsagePeriod
    /// Reply attribute that gets what is left; nil for Session-Timeout, and for the NAS's own attributes of volumes.
    public var replyAttribute: String?

    public init(_ attribute: String, _ measure: UsageMeasure, _ period: UsagePeriod, replyAttribute: String? = nil) {
        self.attribute = attribute
        self.measure = measure
        self.period = period
        self.replyAttribute = replyAttribute
    }

    /// Those of FreeRADIUS's configuration, and what operators commonly add to it.
    public static let builtIn: [UsageCounter] = {
        let month = UsagePeriod.months(1, resetDay: 1)
        let periods: [(String, UsagePeriod)] = [
            ("Hourly", .hours(1)), ("Daily", .days(1)), ("Weekly", .weeks(1)), ("Monthly", month), ("All", .total),
        ]
        var counters = [UsageCounter("Expire-After", .age, .total)]
        for (word, period) in periods {
            counters.append(UsageCounter("Max-\(word)-Session", .time, period))
            counters.append(UsageCounter("Max-\(word)-Octets", .octets, period))
            counters.append(UsageCounter("Max-\(word)-Input-Octets", .up, period))
            counters.append(UsageCounter("Max-\(word)-Output-Octets", .down, period))
            counters.append(UsageCounter("Max-\(word)-Traffic", .octets, period))
            counters.append(UsageCounter("Max-\(word)-Session-Traffic", .octets, period))
            let suffix = word == "All" ? "" : "-\(word)"
            counters.append(UsageCounter("CS-Total-Octets\(suffix)", .octets, period))
            counters.append(UsageCounter("CS-Input-Octets\(suffix)", .up, period))
            counters.append(UsageCounter("CS-Output-Octets\(suffix)", .down, period))
        }
        return counters
    }()
}
