import Foundation
import WebRouting

/// Times as graphs have them.
enum TopologyTime {
    /// `2026-01-02T03:04:05.678000Z` from microseconds since 1970 UTC.
    static func text(_ microseconds: Int64) -> String { WebTime.text(microseconds: microseconds) }

    /// The day `2026-01-31` of a moment in a time zone.
    /// - Parameter microseconds: since 1970 UTC.
    static func day(_ microseconds: Int64, in zone: TimeZone) -> String {
        let seconds = microseconds / 1_000_000
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return WebTime.date(days: Int64((Double(seconds + Int64(offset)) / 86_400).rounded(.down)))
    }
}
