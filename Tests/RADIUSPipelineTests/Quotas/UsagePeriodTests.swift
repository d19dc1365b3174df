import Foundation
import Testing

@testable import RADIUSPipeline

@Suite struct UsagePeriodTests {
    @Test(arguments: [
        ("hourly", UsagePeriod.hours(1)), ("hour", .hours(1)), ("daily", .days(1)), ("day", .days(1)), ("weekly", .weeks(1)),
        ("monthly", .months(1, resetDay: 1)), ("monthly@15", .months(1, resetDay: 15)), ("never", .total), ("total", .total),
        ("session", .session), ("6h", .hours(6)), ("3", .days(3)), ("3d", .days(3)), ("2w", .weeks(2)),
        ("12m@31", .months(12, resetDay: 31)),
        ("rolling 5h", .rolling(hours: 5)), ("rolling 30d", .rolling(hours: 720)),
    ])
    func `text forms are read, and what is printed means the same`(_ text: String, _ period: UsagePeriod) {
        #expect(UsagePeriod(text) == period)
        #expect(UsagePeriod(period.description) == period)
    }

    @Test(arguments: [
        "", "0", "-1d", "+1d", "1y", "yearly", "d", "daily@2", "monthly@0", "monthly@32", "monthly@", "rolling", "rolling 5m", "rolling h",
        "rolling 32d", "13m", "400d", "99999999999999999999h", "1 d", "monthly@1@2",
    ])
    func `other texts are refused`(_ text: String) {
        #expect(UsagePeriod(text) == nil)
    }

    /// Seconds since 1970 of a local time.
    private static func instant(_ text: String, _ zone: String) throws -> Int64 {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone)
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return Int64(try #require(formatter.date(from: text)).timeIntervalSince1970)
    }

    @Test(arguments: [
        // 2026-06-17 is a Wednesday.
        ("hourly", "2026-06-17 10:59", "2026-06-17 10:00", "2026-06-17 11:00"),
        ("6h", "2026-06-17 11:59", "2026-06-17 06:00", "2026-06-17 12:00"),
        ("daily", "2026-06-17 00:00", "2026-06-17 00:00", "2026-06-18 00:00"),
        ("weekly", "2026-06-17 10:00", "2026-06-14 00:00", "2026-06-21 00:00"),
        ("weekly", "2026-06-14 00:00", "2026-06-14 00:00", "2026-06-21 00:00"),
        ("weekly", "2026-06-13 23:59", "2026-06-07 00:00", "2026-06-14 00:00"),
        ("monthly", "2026-06-17 10:00", "2026-06-01 00:00", "2026-07-01 00:00"),
        ("monthly@15", "2026-06-14 23:59", "2026-05-15 00:00", "2026-06-15 00:00"),
        ("monthly@15", "2026-06-15 00:00", "2026-06-15 00:00", "2026-07-15 00:00"),
        ("monthly@31", "2026-02-27 10:00", "2026-01-31 00:00", "2026-02-28 00:00"),
        ("monthly@31", "2026-03-01 10:00", "2026-02-28 00:00", "2026-03-31 00:00"),
        ("3m", "2026-06-17 10:00", "2026-04-01 00:00", "2026-07-01 00:00"),
        // The nights in which clocks change in Rome: 23 and 25 hours.
        ("daily", "2026-03-29 12:00", "2026-03-29 00:00", "2026-03-30 00:00"),
        ("daily", "2026-10-25 02:30", "2026-10-25 00:00", "2026-10-26 00:00"),
        ("monthly", "2026-10-31 12:00", "2026-10-01 00:00", "2026-11-01 00:00"),
    ])
    func `periods begin and end at local times`(_ text: String, _ at: String, _ begin: String, _ end: String) throws {
        for zone in ["Europe/Rome", "GMT", "Asia/Kathmandu"] {
            let calendar = LocalCalendar(try #require(TimeZone(identifier: zone)))
            let span = try #require(UsagePeriod(text)?.span(at: Self.instant(at, zone), in: calendar))
            #expect(span == UsagePeriod.Span(begin: try Self.instant(begin, zone), end: try Self.instant(end, zone)), "\(zone)")
        }
    }

    @Test func `several days make the same periods whenever one asks`() throws {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: "Europe/Rome")))
        let period = try #require(UsagePeriod("3d"))
        var spans: Set<UsagePeriod.Span> = []
        let start = try Self.instant("2026-10-01 00:00", "Europe/Rome")
        for hour in 0..<(30 * 24) { spans.insert(try #require(period.span(at: start + Int64(hour) * 3600, in: calendar))) }
        let ordered = spans.sorted { $0.begin < $1.begin }
        #expect((10...11).contains(ordered.count))
        for (a, b) in zip(ordered, ordered.dropFirst()) { #expect(a.end == b.begin) }
    }

    @Test func `a rolling window is the current hour and those before it`() throws {
        let calendar = LocalCalendar(.gmt)
        let span = try #require(UsagePeriod.rolling(hours: 3).span(at: 36_000 + 1800, in: calendar))
        #expect(span == UsagePeriod.Span(begin: 36_000 - 7200, end: nil))
    }
}
