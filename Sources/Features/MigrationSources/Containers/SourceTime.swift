import Foundation

/// Points in time as other programs' tables write them.
struct SourceTime {
    /// Of texts that name no zone.
    private let zone: TimeZone

    init(zone: TimeZone) {
        self.zone = zone
    }

    /// Microseconds since 1970 UTC of `2026-01-31 12:00:00.5+01`, `2026-01-31T11:00:00Z`, `2026-01-31`, or of a number of seconds; nil
    /// for nothing, for MySQL's `0000-00-00 00:00:00` and for what is no time.
    func microseconds(_ text: String?) -> Int64? {
        guard let text = text?.trimmingBlanks, !text.isEmpty else { return nil }
        if let seconds = Int64(text) { return seconds > 0 && seconds < 1 << 40 ? seconds * 1_000_000 : nil }
        var rest = Array(text.utf8)[...]
        guard let year = Self.number(&rest, 4), Self.skip(&rest, "-"), let month = Self.number(&rest, 2), Self.skip(&rest, "-"),
            let day = Self.number(&rest, 2), year > 0, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if let separator = rest.first, separator == UInt8(ascii: " ") || separator == UInt8(ascii: "T") {
            rest.removeFirst()
            guard let hour = Self.number(&rest, 2), Self.skip(&rest, ":"), let minute = Self.number(&rest, 2), hour < 24, minute < 60
            else { return nil }
            var second: Int64 = 0
            if Self.skip(&rest, ":") {
                guard let value = Self.number(&rest, 2), value < 61 else { return nil }
                second = value
            }
            seconds = hour * 3600 + minute * 60 + second
            if Self.skip(&rest, ".") { fraction = Self.fraction(&rest) }
        }
        let local = Self.days(year, month, day) * 86_400 + seconds
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        guard let offset = rest.isEmpty ? offset(ofLocal: local) : Self.offset(&rest) else { return nil }
        return (local - offset) * 1_000_000 + fraction
    }

    /// Whole seconds since 1970 UTC.
    func seconds(_ text: String?) -> Int64? {
        microseconds(text).map { $0 >= 0 ? $0 / 1_000_000 : ($0 - 999_999) / 1_000_000 }
    }

    /// Days since 1970 of a date, whatever zone.
    static func days(ofDate text: String?) -> Int64? {
        guard let text else { return nil }
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, 4), skip(&rest, "-"), let month = number(&rest, 2), skip(&rest, "-"), let day = number(&rest, 2),
            year > 0, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        return days(year, month, day)
    }

    /// The zone's distance from UTC at a local time, seconds.
    private func offset(ofLocal local: Int64) -> Int64? {
        let guess = Date(timeIntervalSince1970: Double(local) - Double(zone.secondsFromGMT()))
        return Int64(zone.secondsFromGMT(for: guess))
    }

    /// Days since 1970 in the proleptic Gregorian calendar: months counted from March, so that the leap day is the last of its year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(digits) {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest.removeFirst(digits)
        return value
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    /// Digits behind the point, in microseconds.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64 {
        var value: Int64 = 0
        var count = 0
        while let byte = rest.first, byte.isDigit {
            if count < 6 {
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
                count += 1
            }
            rest.removeFirst()
        }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    /// `Z`, `+01`, `-0530`, `+05:30`, `UTC`.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let text = String(decoding: rest, as: UTF8.self).uppercased()
        if text == "Z" || text == "UTC" || text == "GMT" { return 0 }
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(&rest, 2) else {
            return nil
        }
        _ = skip(&rest, ":")
        let minutes = rest.isEmpty ? 0 : number(&rest, 2)
        guard let minutes else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
