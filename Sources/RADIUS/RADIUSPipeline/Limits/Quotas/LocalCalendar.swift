public import Foundation

/// Hours, days, weeks and months of a time zone as instants, seconds since 1970 UTC. Weeks begin on Sunday, as FreeRADIUS counts them.
public struct LocalCalendar: Sendable, Hashable {
    public let zone: TimeZone

    public init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// The server's own zone.
    public static var current: LocalCalendar { LocalCalendar(.current) }

    /// Name by which stored counts remember the zone they were cut in.
    public var name: String { zone.identifier }

    /// Start of the local hour that holds the instant.
    public func hourStart(_ epoch: Int64) -> Int64 {
        epoch - (epoch + offset(epoch)).remainderFloored(by: 3600)
    }

    /// The local day that holds the instant, counted from 1 January 1970.
    public func day(_ epoch: Int64) -> Int64 {
        let day = (epoch + offset(epoch)).quotientFloored(by: 86_400)
        // Where clocks go back at midnight, the repeated hour still belongs to the day before.
        if start(ofDay: day) > epoch { return day - 1 }
        return start(ofDay: day + 1) <= epoch ? day + 1 : day
    }

    /// First instant of a local day.
    public func start(ofDay day: Int64) -> Int64 {
        let midnight = day * 86_400
        let before = offset(midnight - 86_400)
        let after = offset(midnight + 86_400)
        if before == after { return midnight - before }
        let candidates = [midnight - before, midnight - after].sorted()
        for instant in candidates where instant + offset(instant) == midnight { return instant }
        // Clocks skip midnight: the day begins with the hour that follows.
        return midnight - before
    }

    /// First instant of the local day that holds the instant.
    public func dayStart(_ epoch: Int64) -> Int64 { start(ofDay: day(epoch)) }

    /// First instant of the local day after the one that holds the instant.
    public func nextDayStart(_ epoch: Int64) -> Int64 { start(ofDay: day(epoch) + 1) }

    /// The local hour that holds the instant, counted from 1970.
    func hour(_ epoch: Int64) -> Int64 { (epoch + offset(epoch)).quotientFloored(by: 3600) }

    /// Day on which month number `month` (years since 0 times 12, plus 0...11) has its day `dayOfMonth`, at most the month's last.
    static func day(ofMonth month: Int64, dayOfMonth: Int) -> Int64 {
        let first = firstDay(ofMonth: month)
        let length = firstDay(ofMonth: month + 1) - first
        return first + min(Int64(max(1, dayOfMonth)), length) - 1
    }

    /// The month that holds a day.
    static func month(ofDay day: Int64) -> Int64 {
        // A guess from the mean length of a month is at most one off.
        var month = 1970 * 12 + day * 4800 / 146_097
        while firstDay(ofMonth: month) > day { month -= 1 }
        while firstDay(ofMonth: month + 1) <= day { month += 1 }
        return month
    }

    /// Day number of the first of a month in the Gregorian calendar.
    private static func firstDay(ofMonth month: Int64) -> Int64 {
        let year = month.quotientFloored(by: 12)
        // Counted from March, so that the leap day is a year's last.
        let index = month - year * 12
        let shifted = index < 2 ? year - 1 : year
        let era = shifted.quotientFloored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((index + 10) % 12) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private func offset(_ epoch: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(max(-1_000_000_000_000, min(1_000_000_000_000, epoch))))))
    }
}

extension Int64 {
    func quotientFloored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    func remainderFloored(by divisor: Int64) -> Int64 {
        self - quotientFloored(by: divisor) * divisor
    }
}
