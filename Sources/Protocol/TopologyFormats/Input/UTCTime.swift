/// Moments as texts: `2026-01-31T12:00:00Z`.
enum UTCTime {
    /// - Parameter epoch: seconds since 1970.
    /// - Returns: nil outside the years 1970 to 9999.
    static func text(epoch: Int64) -> String? {
        guard (0...253_402_300_799).contains(epoch) else { return nil }
        let (day, second) = epoch.quotientAndRemainder(dividingBy: 86_400)
        // Days of years that begin in March, so that a leap day is a year's last (era of 400 years, 146,097 days).
        let shifted = day + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return text(year, month, dayOfMonth, second / 3_600, second / 60 % 60, second % 60)
    }

    /// Reads `Thu Jun 18 04:23:03 2015` or `2015-06-18 04:23:03`. Neither names a zone; it is taken for UTC.
    /// - Returns: nil for anything else.
    static func text(reading text: String) -> String? {
        let words = text.split(separator: " ")
        let date: [Int64?]
        let time: Substring
        if words.count == 2 {
            let parts = words[0].split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            date = [number(parts[0], 4...4), number(parts[1], 2...2), number(parts[2], 2...2)]
            time = words[1]
        } else if words.count == 5, let month = months.firstIndex(of: String(words[1])) {
            date = [number(words[4], 4...4), Int64(month) + 1, number(words[2], 1...2)]
            time = words[3]
        } else {
            return nil
        }
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, 2...2) }
        guard parts.count == 3, let year = date[0], let month = date[1], let day = date[2], let hour = parts[0], let minute = parts[1],
            let second = parts[2], (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Self.text(year, month, day, hour, minute, second)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private static func text(_ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64) -> String {
        func padded(_ number: Int64, _ length: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))Z"
    }
}
