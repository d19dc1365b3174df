/// Times as FreeRADIUS writes them: `Nov 21 2026 15:08:38 UTC`.
enum DateText {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Seconds since 1970, or day, month's name and year in any order with an optional time and zone (UTC without one).
    static func parse(_ text: String) -> UInt64? {
        if let seconds = AddressText.number(text[...]) { return seconds <= UInt64(UInt32.max) ? seconds : nil }
        var day: Int64?
        var month: Int64?
        var year: Int64?
        var time: Int64 = 0
        var zone: Int64 = 0
        for word in text.lowercased().split(whereSeparator: { $0 == " " || $0 == "," }) {
            if let number = AddressText.number(word) {
                if word.count == 4, year == nil {
                    year = Int64(number)
                } else if (1...31).contains(number), day == nil {
                    day = Int64(number)
                } else {
                    return nil
                }
            } else if let index = months.firstIndex(of: String(word.prefix(3))), word.allSatisfy(\.isLetter), month == nil {
                month = Int64(index) + 1
            } else if word.contains(":") {
                guard let seconds = timeOfDay(word) else { return nil }
                time = seconds
            } else if let offset = offset(word) {
                zone = offset
            } else if !weekdays.contains(String(word.prefix(3))) {
                return nil
            }
        }
        guard let day, let month, let year, day <= length(ofMonth: month, year) else { return nil }
        return UInt32(exactly: daysSince1970(year, month, day) * 86400 + time - zone).map(UInt64.init)
    }

    /// `Nov 21 2026 15:08:38 UTC`, the day padded with a blank.
    static func print(_ seconds: UInt64) -> String {
        let (year, month, day) = date(daysSince1970: Int64(seconds / 86400))
        let name = months[Int(month) - 1]
        let time = [seconds % 86400 / 3600, seconds % 3600 / 60, seconds % 60].map { ($0 < 10 ? "0" : "") + String($0) }
        return name.prefix(1).uppercased() + name.dropFirst() + (day < 10 ? "  " : " ") + "\(day) \(year) " + time.joined(separator: ":")
            + " UTC"
    }

    /// Hours, minutes and perhaps seconds.
    private static func timeOfDay(_ word: Substring) -> Int64? {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { part -> Int64? in
            (1...2).contains(part.count) ? AddressText.number(part).map(Int64.init) : nil
        }
        guard parts.count == 2 || parts.count == 3, let hours = parts[0], let minutes = parts[1], hours < 24, minutes < 60 else {
            return nil
        }
        guard parts.count == 3 else { return hours * 3600 + minutes * 60 }
        guard let seconds = parts[2], seconds < 61 else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }

    /// Seconds east of Greenwich: `utc`, `gmt`, `z`, `+0200`.
    private static func offset(_ word: Substring) -> Int64? {
        if ["utc", "gmt", "z"].contains(word) { return 0 }
        guard word.count == 5, let sign = word.first, sign == "+" || sign == "-", let digits = AddressText.number(word.dropFirst()) else {
            return nil
        }
        let seconds = Int64(digits / 100) * 3600 + Int64(digits % 100) * 60
        return sign == "-" ? -seconds : seconds
    }

    private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days of the proleptic Gregorian calendar. Years begin in March here, so that the leap day is the last of its year.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let sinceMarch0 = days + 719_468
        let era = sinceMarch0 / 146_097
        let dayOfEra = sinceMarch0 % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
