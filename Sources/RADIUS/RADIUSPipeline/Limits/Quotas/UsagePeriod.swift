/// What a limit on usage is counted over.
///
/// Text forms, sqlcounter's among them: `session`; `hour`, `hourly`; `day`, `daily`; `week`, `weekly`; `month`, `monthly`; `total`, `never`;
/// `<n>h`, `<n>d`, `<n>w`, `<n>m`, `<n>` for days; `rolling <n>h`, `rolling <n>d`. `@15` behind a month's form resets on the 15th.
///
/// Several units make periods counted from 1970, so that every server agrees on them, whenever it started.
public enum UsagePeriod: Sendable, Hashable {
    /// Each session by itself.
    case session
    case hours(Int)
    case days(Int)
    /// From Sunday.
    case weeks(Int)
    /// From the reset day, 1...31; a shorter month resets on its last day.
    case months(Int, resetDay: Int)
    /// Never reset.
    case total
    /// The current hour and those before it, so many in all.
    case rolling(hours: Int)

    /// Longest window of hours, and longest period of days, for which counts are kept.
    public static let longestHours = 31 * 24
    public static let longestDays = 366

    /// The seconds of a period: `end` is the moment of the reset, nil when there is none.
    public struct Span: Sendable, Hashable {
        public var begin: Int64
        public var end: Int64?
    }

    /// The period that holds an instant; nil for a session, whose own bounds count.
    public func span(at epoch: Int64, in calendar: LocalCalendar) -> Span? {
        switch self {
        case .session:
            return nil
        case .hours(let count):
            let begin = calendar.hourStart(epoch) - calendar.hour(epoch).remainderFloored(by: Int64(count)) * 3600
            return Span(begin: begin, end: begin + Int64(count) * 3600)
        case .days(let count):
            let day = calendar.day(epoch)
            let first = day - day.remainderFloored(by: Int64(count))
            return Span(begin: calendar.start(ofDay: first), end: calendar.start(ofDay: first + Int64(count)))
        case .weeks(let count):
            // 1 January 1970 was a Thursday: day -4 a Sunday.
            let day = calendar.day(epoch) + 4
            let first = day - day.remainderFloored(by: 7 * Int64(count)) - 4
            return Span(begin: calendar.start(ofDay: first), end: calendar.start(ofDay: first + 7 * Int64(count)))
        case .months(let count, let resetDay):
            let day = calendar.day(epoch)
            var month = LocalCalendar.month(ofDay: day)
            if LocalCalendar.day(ofMonth: month, dayOfMonth: resetDay) > day { month -= 1 }
            month -= month.remainderFloored(by: Int64(count))
            return Span(
                begin: calendar.start(ofDay: LocalCalendar.day(ofMonth: month, dayOfMonth: resetDay)),
                end: calendar.start(ofDay: LocalCalendar.day(ofMonth: month + Int64(count), dayOfMonth: resetDay)))
        case .total:
            return Span(begin: 0, end: nil)
        case .rolling(let hours):
            return Span(begin: calendar.hourStart(epoch) - Int64(hours - 1) * 3600, end: nil)
        }
    }

    /// Hours of history that the period may look at; 0 when it needs none by the hour.
    var hoursBack: Int {
        switch self {
        case .hours(let count), .rolling(let count): count
        default: 0
        }
    }

    /// Days of history that the period may look at; 0 when it needs none by the day.
    var daysBack: Int {
        switch self {
        case .days(let count): count
        case .weeks(let count): count * 7
        case .months(let count, _): count * 31
        default: 0
        }
    }
}

extension UsagePeriod: LosslessStringConvertible, Codable {
    /// - Returns: nil for another text, or a period longer than counts are kept for.
    public init?(_ text: String) {
        var text = text[...]
        var resetDay = 1
        if let at = text.firstIndex(of: "@") {
            guard let day = Self.count(text[text.index(after: at)...]), (1...31).contains(day) else { return nil }
            resetDay = day
            text = text[..<at]
        }
        guard let period = Self.parse(text, resetDay: resetDay) else { return nil }
        if resetDay != 1 {
            guard case .months = period else { return nil }
        }
        guard period.hoursBack <= Self.longestHours, period.daysBack <= Self.longestDays + 6 else { return nil }
        self = period
    }

    private static func parse(_ text: Substring, resetDay: Int) -> UsagePeriod? {
        switch text {
        case "session": return .session
        case "hour", "hourly": return .hours(1)
        case "day", "daily": return .days(1)
        case "week", "weekly": return .weeks(1)
        case "month", "monthly": return .months(1, resetDay: resetDay)
        case "total", "never": return .total
        default: break
        }
        if text.hasPrefix("rolling ") {
            let rest = text.dropFirst(8)
            guard let count = count(rest.dropLast()) else { return nil }
            return rest.last == "h" ? .rolling(hours: count) : rest.last == "d" ? .rolling(hours: count * 24) : nil
        }
        if let days = count(text) { return .days(days) }
        guard let count = count(text.dropLast()) else { return nil }
        return switch text.last {
        case "h": .hours(count)
        case "d": .days(count)
        case "w": .weeks(count)
        case "m": .months(count, resetDay: resetDay)
        default: nil
        }
    }

    private static func count(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int(text),
            (1...10_000).contains(count)
        else { return nil }
        return count
    }

    /// The text form; sqlcounter's word where it has one.
    public var description: String {
        switch self {
        case .session: "session"
        case .hours(let count): count == 1 ? "hourly" : "\(count)h"
        case .days(let count): count == 1 ? "daily" : "\(count)d"
        case .weeks(let count): count == 1 ? "weekly" : "\(count)w"
        case .months(let count, let resetDay): (count == 1 ? "monthly" : "\(count)m") + (resetDay == 1 ? "" : "@\(resetDay)")
        case .total: "never"
        case .rolling(let hours): hours % 24 == 0 ? "rolling \(hours / 24)d" : "rolling \(hours)h"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let period = UsagePeriod(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a period")
        }
        self = period
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
