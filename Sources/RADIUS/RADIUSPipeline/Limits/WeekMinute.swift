public import Foundation

/// A moment of the week in a time zone.
public struct WeekMinute: Sendable, Hashable {
    static let minutesOfDay = 1440
    static let minutesOfWeek = 7 * minutesOfDay

    /// Minutes since Sunday 00:00, 0...10079.
    public let minute: Int
    /// Seconds into that minute, 0...59.
    public let second: Int

    public init(minute: Int, second: Int = 0) {
        self.minute = minute
        self.second = second
    }

    /// - Parameter epoch: seconds since 1970 UTC.
    public init(epoch: Double, zone: TimeZone) {
        let local = Self.localSeconds(epoch, zone)
        let days = local.quotientFloored(by: 86_400)
        let secondOfDay = local - days * 86_400
        // 1 January 1970 was a Thursday, day 4.
        let day = (days + 4) - (days + 4).quotientFloored(by: 7) * 7
        self.init(minute: day * Self.minutesOfDay + secondOfDay / 60, second: secondOfDay % 60)
    }

    /// Seconds since local midnight, 0...86399.
    static func secondsOfDay(epoch: Double, zone: TimeZone) -> Int {
        let local = localSeconds(epoch, zone)
        return local - local.quotientFloored(by: 86_400) * 86_400
    }

    private static func localSeconds(_ epoch: Double, _ zone: TimeZone) -> Int {
        let seconds = Int(max(-1e12, min(1e12, epoch.rounded(.down))))
        return seconds + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}

extension Int {
    fileprivate func quotientFloored(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
