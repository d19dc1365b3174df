/// Values as RouterOS writes them.
enum RouterOSText {
    /// Seconds of `1w2d3h4m5s`, `4w2d 05:00:00`, `00:30:00` or a bare number; nil for anything else and for `unlimited`.
    static func seconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var isAny = false
        for part in text.lowercased().split(separator: " ") {
            if part.contains(":") {
                let numbers = part.split(separator: ":").map { Int64($0) }
                guard numbers.count == 3 || numbers.count == 2, !numbers.contains(nil) else { return nil }
                total += numbers.compactMap(\.self).reduce(0) { $0 * 60 + $1 } * (numbers.count == 2 ? 60 : 1)
                isAny = true
                continue
            }
            guard let seconds = units(part) else { return nil }
            total += seconds
            isAny = true
        }
        return isAny ? total : nil
    }

    private static func units(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Int64(digits), let unit = seconds[character], number < 1 << 32 else { return nil }
            total += number * unit
            digits = ""
        }
        guard digits.isEmpty || total == 0 else { return nil }
        return digits.isEmpty ? total : Int64(digits)
    }

    private static let seconds: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]

    /// Octets of `10G`, `512MiB`, `1024B` or a bare number, in units of 1024; nil for anything else.
    static func octets(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).lowercased().trimmingBlanks
        guard let number = Double(digits), number >= 0, number < 1e15 else { return nil }
        let shifts: [String: Int64] = [
            "": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40,
            "tib": 40,
        ]
        return shifts[unit].flatMap { Int64(exactly: (number * Double(1 << $0)).rounded()) }
    }

    /// A rate without the `B` of older exports, `2M` or `1024000`; nil where there is none.
    static func rate(_ text: String?) -> String? {
        guard let text = text?.trimmingBlanks, !text.isEmpty else { return nil }
        let rate = text.hasSuffix("B") || text.hasSuffix("b") ? String(text.dropLast()) : text
        return rate == "0" || !rate.allSatisfy({ $0.isNumber || "kKmMgG.".contains($0) }) ? nil : rate
    }

    static func flag(_ text: String?) -> Bool { ["yes", "true", "x", "1"].contains(text?.lowercased() ?? "") }
}
