import Foundation

/// Times as the API writes and reads them (RFC 3339).
public enum WebTime {
    /// `2026-01-02T03:04:05.678000Z` from microseconds since 1970 UTC.
    public static func text(microseconds: Int64) -> String {
        let seconds = Int64((Double(microseconds) / 1_000_000).rounded(.down))
        let rest = microseconds - seconds * 1_000_000
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func pad(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return pad(parts.tm_year + 1900, 4) + "-" + pad(parts.tm_mon + 1, 2) + "-" + pad(parts.tm_mday, 2) + "T" + pad(parts.tm_hour, 2)
            + ":"
            + pad(parts.tm_min, 2) + ":" + pad(parts.tm_sec, 2) + (rest == 0 ? "" : "." + pad(rest, 6)) + "Z"
    }

    /// `2026-01-02T03:04:05Z` from seconds since 1970 UTC.
    public static func text(seconds: Int64) -> String { text(microseconds: seconds * 1_000_000) }

    /// Microseconds since 1970 UTC of a date and time with or without fraction and offset; without one, UTC.
    public static func microseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let days = days(String(decoding: bytes[..<10], as: UTF8.self)) else { return nil }
        if bytes.count == 10 { return days * 86_400_000_000 }
        guard [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]) else { return nil }
        var rest = String(decoding: bytes[11...], as: UTF8.self)[...]
        var offset: Int64 = 0
        if let last = rest.last, last == "Z" || last == "z" {
            rest.removeLast()
        } else if let sign = rest.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = rest[rest.index(after: sign)...].split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(zone.count), let hours = Int64(zone[0]), let minutes = Int64(zone.count == 2 ? zone[1] : "0"),
                hours <= 23, minutes <= 59
            else { return nil }
            offset = (hours * 60 + minutes) * (rest[sign] == "+" ? 60 : -60)
            rest = rest[..<sign]
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = Int64(parts[0]), let minute = Int64(parts[1]), (0...23).contains(hour),
            (0...59).contains(minute)
        else { return nil }
        var fraction: Int64 = 0
        var second: Int64 = 0
        if parts.count == 3 {
            let pieces = parts[2].split(separator: ".", omittingEmptySubsequences: false)
            guard (1...2).contains(pieces.count), let whole = Int64(pieces[0]), (0...60).contains(whole) else { return nil }
            second = whole
            if pieces.count == 2 {
                guard (1...9).contains(pieces[1].count), pieces[1].allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
                fraction = Int64((pieces[1] + "000000").prefix(6)) ?? 0
            }
        }
        return (days * 86400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000 + fraction
    }

    /// Days since 1970 of a date `2026-01-31`; nil when it does not exist.
    public static func days(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2]) else {
            return nil
        }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (year - 1900, month - 1, day)
        let days = Int64(timegm(&time)) / 86400
        // 31 April becomes 1 May.
        return time.tm_year == year - 1900 && time.tm_mon == month - 1 && time.tm_mday == day ? days : nil
    }

    /// `2026-01-31` from days since 1970.
    public static func date(days: Int64) -> String { String(text(seconds: days * 86400).prefix(10)) }
}
