/// Counts of durations in log-linear buckets: 64 to each power of two, so that a quantile is at most 1.6 % too high.
struct LatencyHistogram: Sendable {
    private static let exactBits = 7
    private var counts = [UInt64](repeating: 0, count: LatencyHistogram.bucket(of: .max) + 1)
    private(set) var total: UInt64 = 0
    private(set) var maximum: UInt64 = 0

    mutating func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        total += 1
        if nanoseconds > maximum { maximum = nanoseconds }
    }

    mutating func merge(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts.enumerated() where count > 0 { counts[bucket] += count }
        total += other.total
        maximum = max(maximum, other.maximum)
    }

    /// The smallest recorded duration that at least `fraction` (0…1) of all do not exceed, rounded up to its bucket; 0 when nothing is recorded.
    func quantile(_ fraction: Double) -> UInt64 {
        let rank = max(1, UInt64((fraction * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return min(maximum, Self.upperBound(of: bucket)) }
        }
        return maximum
    }

    private static func bucket(of value: UInt64) -> Int {
        let shift = max(0, UInt64.bitWidth - value.leadingZeroBitCount - exactBits)
        return (shift << (exactBits - 1)) + Int(value >> UInt64(shift))
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        let shift = max(0, (bucket >> (exactBits - 1)) - 1)
        let mantissa = UInt64(bucket - (shift << (exactBits - 1)))
        return ((mantissa + 1) << UInt64(shift)) &- 1
    }
}
