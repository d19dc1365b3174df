import Testing

@testable import RADIUSClient

@Suite struct LatencyHistogramTests {
    @Test func quantilesAreAtMostOneBucketTooHigh() {
        var histogram = LatencyHistogram()
        // Spread over six decades, in scrambled order.
        let values: [UInt64] = (1...10_000).map { number in
            let scrambled = UInt64(number * 7919 % 10_007)
            return scrambled * scrambled * 13 + 1
        }
        for value in values { histogram.record(value) }
        let sorted = values.sorted()
        for fraction in [0.01, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = sorted[Int((fraction * Double(sorted.count)).rounded(.up)) - 1]
            let quantile = histogram.quantile(fraction)
            #expect(quantile >= exact)
            #expect(Double(quantile) <= Double(exact) * (1 + 1.0 / 64))
        }
        #expect(histogram.maximum == sorted.last)
        #expect(histogram.quantile(1) == sorted.last)
        #expect(histogram.total == 10_000)
    }

    @Test func smallValuesAreExact() {
        var histogram = LatencyHistogram()
        for value: UInt64 in 0..<100 { histogram.record(value) }
        #expect(histogram.quantile(0.5) == 49)
        #expect(histogram.quantile(0.99) == 98)
    }

    @Test func extremesHaveBuckets() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.99) == 0)
        histogram.record(0)
        histogram.record(.max)
        #expect(histogram.quantile(0.5) == 0)
        #expect(histogram.quantile(1) == .max)
    }

    @Test func mergingEqualsRecordingTogether() {
        var left = LatencyHistogram()
        var right = LatencyHistogram()
        for value: UInt64 in 1...1000 { if value % 3 == 0 { left.record(value * 1000) } else { right.record(value * 1000) } }
        left.merge(right)
        #expect(left.total == 1000)
        #expect(left.maximum == 1_000_000)
        #expect((500_000...508_000).contains(left.quantile(0.5)))
    }
}
