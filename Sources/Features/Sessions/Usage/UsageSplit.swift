import Database
import RADIUSPipeline

/// One session's usage, and what of it was counted before.
struct MeteredSession {
    var uniqueID: String
    var userName: StoredName
    /// Empty for none.
    var organizationID: String
    /// Seconds since 1970 UTC.
    var start: Int64
    var amount: UsageAmount
    /// What a mark says that was counted.
    var counted: (start: Int64, amount: UsageAmount)?
    /// Of a session without a mark that is so old that it may be counted all the same: the moment before which that is so.
    var settled: Int64?
    /// Newest packet, seconds since 1970 UTC.
    var updated: Int64

    /// A session that claims more is a broken NAS's; sums of such stay within 64 bits.
    static let largest: Int64 = 1 << 50

    /// Whether something is left to count.
    var isPending: Bool { counted.map { $0.start != start || $0.amount != amount } ?? true }
}

/// Cuts what sessions used into hours, days and sums.
///
/// Time lies where the session ran: from its start, as long as it lasted. Traffic lies evenly between the packet that reports it and
/// the one before.
struct UsageSplit {
    /// What a row of `radian_usage` counts.
    enum Grain: Int64 {
        case total = 0, hour, day
    }

    struct Key: Hashable {
        var userName: StoredName
        var organizationID: String
        var grain: Grain
        var began: Int64
    }

    struct Value {
        var amount = UsageAmount()
        /// Only with the total.
        var firstStart: Int64?
    }

    private(set) var values: [Key: Value] = [:]
    private let calendar: LocalCalendar
    private let epoch: Int64

    /// - Parameter epoch: now, seconds since 1970 UTC; 0 where sessions are of now.
    init(_ calendar: LocalCalendar, at epoch: Int64 = 0) {
        self.calendar = calendar
        self.epoch = epoch
    }

    /// Adds what of the session is not counted yet.
    mutating func add(_ session: MeteredSession) {
        let before = session.counted ?? (session.start, UsageAmount())
        var change = session.amount + -before.amount
        var total = Key(userName: session.userName, organizationID: session.organizationID, grain: .total, began: 0)
        values[total, default: Value()].amount += change
        let first = values[total]?.firstStart
        values[total]?.firstStart = min(first ?? session.start, session.start)

        // Traffic: over the seconds that are new, or at the session's end when there are none.
        let (from, to) = (session.start + before.amount.seconds, session.start + session.amount.seconds)
        change.seconds = 0
        if !change.isZero {
            let begin = to > from ? from : max(session.start, to - 1)
            spread(change, from: begin, to: max(to, begin + 1), session, &total)
        }
        // Time: only the difference where the start is as it was, else all anew.
        if before.start == session.start {
            let seconds = session.amount.seconds - before.amount.seconds
            if seconds > 0 { spread(UsageAmount(seconds: seconds), from: from, to: to, session, &total) }
            if seconds < 0 { spread(UsageAmount(seconds: seconds), from: to, to: from, session, &total) }
        } else {
            let (old, new) = (before.amount.seconds, session.amount.seconds)
            if old > 0 { spread(UsageAmount(seconds: -old), from: before.start, to: before.start + old, session, &total) }
            if new > 0 { spread(UsageAmount(seconds: new), from: session.start, to: to, session, &total) }
        }
    }

    /// Lays an amount evenly over the seconds from `from` until before `to`, as far back as hours and days are kept.
    private mutating func spread(_ amount: UsageAmount, from: Int64, to: Int64, _ session: MeteredSession, _ key: inout Key) {
        let share = Share(amount: amount, from: from, to: to)
        let latest = max(session.updated, epoch)
        let oldestHour = latest - Int64(UsagePeriod.longestHours + 1) * 3600
        key.grain = .hour
        var instant = max(from, oldestHour)
        while instant < to {
            key.began = calendar.hourStart(instant)
            let end = min(to, key.began + 3600)
            values[key, default: Value()].amount += share.part(instant, end)
            instant = end
        }
        let oldestDay = latest - UsageLedger.keptDays * 86_400
        key.grain = .day
        instant = max(from, oldestDay)
        while instant < to {
            let day = calendar.day(instant)
            key.began = calendar.start(ofDay: day)
            let end = min(to, calendar.start(ofDay: day + 1))
            values[key, default: Value()].amount += share.part(instant, end)
            instant = end
        }
    }

    /// An amount over a stretch of time, whose parts add up to it exactly.
    private struct Share {
        let amount: UsageAmount
        let from: Int64
        let to: Int64

        func part(_ begin: Int64, _ end: Int64) -> UsageAmount {
            func part(_ total: Int64) -> Int64 { until(end, total) - until(begin, total) }
            return UsageAmount(
                seconds: part(amount.seconds), inputOctets: part(amount.inputOctets), outputOctets: part(amount.outputOctets))
        }

        private func until(_ instant: Int64, _ total: Int64) -> Int64 {
            if instant >= to { return total }
            let (high, low) = total.magnitude.multipliedFullWidth(by: (instant - from).magnitude)
            let quotient = Int64((to - from).magnitude.dividingFullWidth((high, low)).quotient)
            return total < 0 ? -quotient : quotient
        }
    }
}
