import Foundation
import Localization
import RADIUSPipeline

/// Times and volumes as people read them.
enum Amounts {
    /// `2 h 5 min`, `45 s`: units that every language has.
    /// - Parameter seconds: negative ones count as none.
    static func duration(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60)
        if days > 0 { return hours > 0 ? "\(days) d \(hours) h" : "\(days) d" }
        if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
        return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
    }

    /// `1.5 GB` (decimal units, as traffic is sold), with the language's decimal sign.
    static func volume(_ octets: Int64, in language: Language) -> String {
        let octets = Double(max(0, octets))
        let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        guard let (unit, size) = units.first(where: { octets >= $0.1 }) else { return "\(Int(octets)) B" }
        let value = (octets / size * 10).rounded(.down) / 10
        let text = value == value.rounded() ? String(Int(value)) : String(value)
        return (language == .english ? text : text.replacing(".", with: ",")) + " " + unit
    }

    /// `18:30` in the site's zone.
    static func time(_ epoch: Int64, in zone: TimeZone) -> String {
        let seconds = (epoch + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(epoch))))) % 86_400
        func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return digits(seconds / 3600) + ":" + digits(seconds % 3600 / 60)
    }

    /// `1 February`, `1. Februar`.
    static func date(_ epoch: Int64, in zone: TimeZone, _ language: Language) -> String {
        var style = Date.FormatStyle(locale: Locale(identifier: language == .english ? "en_GB" : language.rawValue), timeZone: zone)
        style = style.day().month(.wide)
        return Date(timeIntervalSince1970: Double(epoch)).formatted(style)
    }
}
