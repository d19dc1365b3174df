import Digests
import RADIUSWire

/// Times of the week, in the notation of UUCP: `Wk0800-1700,Sa,Su1000-1400|Any2200-0600`.
///
/// Entries are separated by `,` or `|`. Days are `Su Mo Tu We Th Fr Sa`, `Wk` (Monday to Friday), `Any` or `Al`, several in a row, or a range
/// such as `Fr-Mo`; without a time the whole day counts. The end minute belongs to the range. A range over midnight covers the late and the
/// early part of each named day, as in FreeRADIUS.
public struct LoginTime: Sendable, Equatable {
    /// Minutes of the day on some days; `first` is not after `last`.
    private struct Span: Equatable {
        /// Bit 0 is Sunday.
        var days: UInt8
        var first: Int
        var last: Int
    }

    private var spans: [Span] = []

    /// - Returns: nil when an entry is malformed.
    public init?(_ text: String) {
        for entry in text.split(whereSeparator: { $0 == "," || $0 == "|" }) {
            let trimmed = entry.drop { $0 == " " }.lowercased().reversed().drop { $0 == " " }.reversed()
            guard append(String(trimmed)) else { return nil }
        }
        if spans.isEmpty { return nil }
    }

    /// Whether a moment is allowed.
    public func allows(_ moment: WeekMinute) -> Bool {
        lastAllowedMinute(from: moment.minute) != nil
    }

    /// Seconds until the allowed time that holds `moment` ends; 0 when `moment` is outside, nil when it never ends.
    public func secondsLeft(_ moment: WeekMinute) -> Int? {
        var next = moment.minute
        while let last = lastAllowedMinute(from: next % WeekMinute.minutesOfWeek) {
            next += last - next % WeekMinute.minutesOfWeek + 1
            if next - moment.minute >= WeekMinute.minutesOfWeek { return nil }
        }
        let minutes = next - moment.minute
        return minutes == 0 ? 0 : minutes * 60 - moment.second
    }

    /// The end of the span that covers a minute of the week and reaches furthest; nil when none covers it.
    private func lastAllowedMinute(from minute: Int) -> Int? {
        let day = minute / WeekMinute.minutesOfDay
        let minuteOfDay = minute % WeekMinute.minutesOfDay
        let covering = spans.lazy.filter { $0.days >> UInt8(day) & 1 == 1 && $0.first <= minuteOfDay && minuteOfDay <= $0.last }
        return covering.map(\.last).max().map { day * WeekMinute.minutesOfDay + $0 }
    }

    private mutating func append(_ entry: String) -> Bool {
        let split = entry.firstIndex { $0.isNumber } ?? entry.endIndex
        guard let days = Self.days(entry[..<split]) else { return false }
        let times = entry[split...]
        if times.isEmpty {
            spans.append(Span(days: days, first: 0, last: WeekMinute.minutesOfDay - 1))
            return true
        }
        let parts = times.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Self.minute(parts[0]), let last = Self.minute(parts[1]) else { return false }
        if first <= last {
            spans.append(Span(days: days, first: first, last: last))
        } else {
            spans.append(Span(days: days, first: first, last: WeekMinute.minutesOfDay - 1))
            spans.append(Span(days: days, first: 0, last: last))
        }
        return true
    }

    private static let dayNames = ["su", "mo", "tu", "we", "th", "fr", "sa"]

    private static func days(_ text: Substring) -> UInt8? {
        var rest = text
        var days: UInt8 = 0
        while !rest.isEmpty {
            if rest.hasPrefix("any") {
                days = 0x7f
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("al") {
                days = 0x7f
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("wk") {
                days |= 0x3e
                rest = rest.dropFirst(2)
            } else {
                guard let first = dayNames.firstIndex(where: { rest.hasPrefix($0) }) else { return nil }
                rest = rest.dropFirst(2)
                var last = first
                if rest.first == "-" {
                    rest = rest.dropFirst()
                    guard let end = dayNames.firstIndex(where: { rest.hasPrefix($0) }) else { return nil }
                    rest = rest.dropFirst(2)
                    last = end
                }
                var day = first
                while true {
                    days |= 1 << UInt8(day)
                    if day == last { break }
                    day = (day + 1) % 7
                }
            }
        }
        return days == 0 ? nil : days
    }

    /// Minute of the day of `hhmm`; 2400 is the last one.
    private static func minute(_ text: Substring) -> Int? {
        guard text.utf8.count == 4, text.utf8.allSatisfy({ Hexadecimal.value(of: $0).map { $0 < 10 } ?? false }), let number = Int(text)
        else {
            return nil
        }
        if number == 2400 { return WeekMinute.minutesOfDay - 1 }
        guard number / 100 < 24, number % 100 < 60 else { return nil }
        return number / 100 * 60 + number % 100
    }
}

/// Refuses outside of the control attribute Login-Time and ends sessions with it.
public struct LoginTimes: Stage {
    public let name = "Login-Time"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard case .bytes(let value)? = context.control(context.environment.known.loginTime) else { return .next }
        guard let times = LoginTime(String(decoding: value, as: UTF8.self)) else {
            context.note("Login-Time cannot be read")
            return .decided(.reject(.policyMisconfigured))
        }
        guard let left = times.secondsLeft(WeekMinute(epoch: context.receivedEpoch, zone: context.settings.timeZone)) else { return .next }
        if left == 0 { return .decided(.reject(.loginTimeOutside)) }
        context.note("\(left) s left")
        guard left >= Int(context.settings.minimumSessionSeconds) else { return .decided(.reject(.loginTimeEnding)) }
        context.limitSession(to: UInt32(left))
        return .next
    }
}
