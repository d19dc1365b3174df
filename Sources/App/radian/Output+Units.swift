extension Output {
    /// Octets as people read them: `1.5 GB`, powers of 1000.
    static func volume(_ octets: Int64) -> String {
        var value = Double(octets)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(octets) B" : "\(oneDigit(value)) \(unit)" }
            value /= 1000
        }
        return "\(oneDigit(value)) TB"
    }

    /// Seconds as `2d 03:04:05`.
    static func duration(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return seconds < 86_400 ? parts : "\(seconds / 86_400)d \(parts)"
    }

    private static func oneDigit(_ value: Double) -> String {
        let tenths = Int64(value * 10)
        return "\(tenths / 10).\(tenths % 10)"
    }
}
