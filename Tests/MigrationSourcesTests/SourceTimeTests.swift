import Foundation
import Testing

@testable import MigrationSources

@Suite struct SourceTimeTests {
    private let utc = SourceTime(zone: .gmt)

    @Test(arguments: [
        ("2026-01-31 12:00:00+00", 1_769_860_800_000_000), ("2026-01-31 13:00:00+01", 1_769_860_800_000_000),
        ("2026-01-31T12:00:00Z", 1_769_860_800_000_000), ("2026-01-31 12:00:00", 1_769_860_800_000_000),
        ("2026-01-31 17:30:00.5+05:30", 1_769_860_800_500_000), ("2026-01-31 07:00:00.123456-0500", 1_769_860_800_123_456),
        ("2026-01-31", 1_769_817_600_000_000), ("1769860800", 1_769_860_800_000_000), ("2000-02-29 00:00:00", 951_782_400_000_000),
    ])
    func readsWhatProgramsWrite(_ text: String, _ microseconds: Int64) {
        #expect(utc.microseconds(text) == microseconds)
    }

    @Test(arguments: ["", "0000-00-00 00:00:00", "0", "yesterday", "2026-13-01", "2026-01-31 25:00:00", "2026-01-31 12:00:00+x"])
    func knowsWhatIsNoTime(_ text: String) {
        #expect(utc.microseconds(text) == nil)
    }

    @Test func takesTheZoneOfTextsThatNameNone() throws {
        let rome = SourceTime(zone: try #require(TimeZone(identifier: "Europe/Rome")))
        #expect(rome.seconds("2026-01-31 13:00:00") == 1_769_860_800)
        #expect(rome.seconds("2026-07-31 14:00:00") == 1_785_499_200)
        #expect(rome.seconds("2026-01-31 12:00:00Z") == 1_769_860_800)
    }

    @Test func readsDatesAsDays() {
        #expect(SourceTime.days(ofDate: "1970-01-02") == 1)
        #expect(SourceTime.days(ofDate: "2026-01-31") == 20_484)
        #expect(SourceTime.days(ofDate: "0000-00-00") == nil)
    }
}
