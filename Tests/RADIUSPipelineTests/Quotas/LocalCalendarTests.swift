import Foundation
import Testing

@testable import RADIUSPipeline

@Suite struct LocalCalendarTests {
    /// Zones with clocks that change at night, at midnight, by half an hour, at the date line and never.
    private static let zones = [
        "GMT", "Europe/Rome", "America/Sao_Paulo", "America/Asuncion", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns",
        "Asia/Beirut", "America/Havana", "Africa/Cairo",
    ]

    @Test(arguments: zones) func `days and hours are those of Foundation's calendar`(_ identifier: String) throws {
        let zone = try #require(TimeZone(identifier: identifier))
        var foundation = Calendar(identifier: .gregorian)
        foundation.timeZone = zone
        let calendar = LocalCalendar(zone)
        // 2010 to 2027, at times of day that move.
        for step in 0..<9000 {
            let epoch: Int64 = 1_262_304_000 + Int64(step) * 62_137
            let date = Date(timeIntervalSince1970: Double(epoch))
            let start = Int64(foundation.startOfDay(for: date).timeIntervalSince1970)
            guard calendar.dayStart(epoch) == start else {
                Issue.record("\(identifier) \(epoch): \(calendar.dayStart(epoch)) instead of \(start)")
                return
            }
            #expect(calendar.nextDayStart(epoch) > epoch)
            let parts = foundation.dateComponents([.minute, .second], from: date)
            #expect(calendar.hourStart(epoch) == epoch - Int64(parts.minute ?? 0) * 60 - Int64(parts.second ?? 0))
        }
    }

    @Test(arguments: zones) func `every second belongs to one day, and days follow each other`(_ identifier: String) throws {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: identifier)))
        for day in Int64(14_000)..<21_000 {
            let (start, next) = (calendar.start(ofDay: day), calendar.start(ofDay: day + 1))
            guard (22 * 3600...26 * 3600).contains(next - start) || next == start else {
                Issue.record("\(identifier) day \(day) has \(next - start) s")
                continue
            }
            if next > start { #expect(calendar.day(start) == day && calendar.day(next - 1) == day) }
        }
    }

    @Test func `months are those of the Gregorian calendar`() {
        #expect(LocalCalendar.month(ofDay: 0) == 1970 * 12)
        #expect(LocalCalendar.day(ofMonth: 1970 * 12, dayOfMonth: 1) == 0)
        #expect(LocalCalendar.day(ofMonth: 2000 * 12 + 1, dayOfMonth: 29) == 11_016)
        #expect(LocalCalendar.day(ofMonth: 2026 * 12 + 1, dayOfMonth: 31) == LocalCalendar.day(ofMonth: 2026 * 12 + 2, dayOfMonth: 1) - 1)
        for month in Int64(1900 * 12)..<2101 * 12 {
            let first = LocalCalendar.day(ofMonth: month, dayOfMonth: 1)
            let last = LocalCalendar.day(ofMonth: month, dayOfMonth: 31)
            #expect((28...31).contains(last - first + 1) && last + 1 == LocalCalendar.day(ofMonth: month + 1, dayOfMonth: 1))
            #expect(LocalCalendar.month(ofDay: first) == month && LocalCalendar.month(ofDay: last) == month)
        }
    }
}
