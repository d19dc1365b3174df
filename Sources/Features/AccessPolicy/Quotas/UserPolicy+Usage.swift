import Database
import RADIUSPipeline
import Sessions

extension UserPolicy {
    /// The user's usage as far back as some limits look: as it is kept, or added up from the sessions where it is not.
    func knownUsage(
        of userName: String, organizationID: String?, asFarAs depth: UsageDepth, _ calendar: LocalCalendar,
        over connection: any DatabaseConnection
    ) throws(DatabaseError) -> UsageHistory {
        if let usage, usage.zone == calendar.name, usage.depth.covers(depth) { return usage }
        let query = UsageQuery(userName: userName, organizationID: organizationID, depth: depth)
        return try UsageLedger(connection, calendar: calendar).rehearse([query]).first ?? UsageHistory(zone: calendar.name)
    }
}

extension UsageHistory {
    /// How much of a limit is used.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    func used(_ measure: UsageMeasure, in period: UsagePeriod, at epoch: Int64, _ calendar: LocalCalendar) -> Int64 {
        if measure == .age { return firstStart.map { max(0, epoch - $0) } ?? 0 }
        return measure.value(of: amount(in: period, at: epoch, calendar: calendar))
    }
}
