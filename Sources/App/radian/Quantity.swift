/// Amounts as operators write and read them.
enum Quantity {
    /// Reads `500`, `10M`, `1.5G`: octets, where K, M, G and T are powers of 1024; nil for anything else and beyond 2^53.
    static func octets(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units = ["": 1.0, "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40]
        guard let factor = units[text.dropFirst(digits.count).lowercased()], digits.first != ".", let value = Double(digits),
            value * factor <= 0x1p53
        else { return nil }
        return Int64((value * factor).rounded())
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

    /// Octets as `1.5G`, in powers of 1024.
    static func text(octets: Int64) -> String { text(octets, thousand: 1024) }

    /// Bit per second as `1.5M`, in powers of 1000.
    static func text(rate: UInt64) -> String { text(Int64(clamping: rate), thousand: 1000) }

    private static func text(_ number: Int64, thousand: Double) -> String {
        var value = Double(number)
        var unit = ""
        for next in ["k", "M", "G", "T"] where value >= thousand {
            value /= thousand
            unit = next
        }
        let tenths = Int((value * 10).rounded(.down))
        return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
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
