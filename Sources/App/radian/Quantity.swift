/// Amounts as operators write them.
enum Quantity {
    private static let factors: [String: UInt64] = [
        "": 1, "k": 1000, "m": 1_000_000, "g": 1_000_000_000, "t": 1_000_000_000_000, "ki": 1024, "mi": 1_048_576, "gi": 1_073_741_824,
        "ti": 1_099_511_627_776,
    ]

    /// Reads `500`, `10M`, `1.5G` or `2Gi`, for octets and bit per second alike; nil for anything else and beyond 2^62.
    static func number(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let factor = factors[text.dropFirst(digits.count).lowercased()] else { return nil }
        if let whole = UInt64(digits) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
            return overflow || product > 1 << 62 ? nil : product
        }
        guard digits.first != ".", let value = Double(digits), value * Double(factor) <= 0x1p53 else { return nil }
        return UInt64((value * Double(factor)).rounded())
    }

    /// Reads `3600`, `90m`, `2h`, `1d` or `1h30m` as seconds; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        if let plain = Int64(text), plain >= 0, plain < 1 << 40 { return plain }
        var total: Int64 = 0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let count = Int64(digits), count < 1 << 32, let unit = rest.popFirst(),
                let factor = ["s": Int64(1), "m": 60, "h": 3600, "d": 86_400, "w": 604_800][unit]
            else { return nil }
            total += count * factor
        }
        return text.isEmpty ? nil : total
    }

    /// `1.5 G`, with three digits at least where there are so many.
    static func text(_ number: Int64) -> String {
        let steps: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        guard let (factor, unit) = steps.first(where: { Double(number) >= $0.0 }) else { return String(number) }
        let tenths = (Double(number) / factor * 10).rounded(.down)
        return tenths >= 1000 || tenths.truncatingRemainder(dividingBy: 10) == 0
            ? "\(Int(tenths / 10))\(unit)" : "\(Int(tenths / 10)).\(Int(tenths.truncatingRemainder(dividingBy: 10)))\(unit)"
    }

    /// `1d2h`, `2h30m`, `45s`: the two largest units.
    static func duration(_ seconds: Int64) -> String {
        var rest = max(0, seconds)
        var parts: [String] = []
        for (factor, unit) in [(Int64(86_400), "d"), (3600, "h"), (60, "m"), (1, "s")] where rest >= factor {
            parts.append("\(rest / factor)\(unit)")
            rest %= factor
        }
        return parts.isEmpty ? "0s" : parts.prefix(2).joined()
    }
}
