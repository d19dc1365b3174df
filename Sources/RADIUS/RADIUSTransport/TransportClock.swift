import Glibc

/// The two clocks of the transport, so that tests can set them.
struct TransportClock: Sendable {
    /// Nanoseconds that never go back.
    var monotonic: @Sendable () -> UInt64
    /// Nanoseconds since 1970 UTC.
    var epoch: @Sendable () -> Int64

    static let system = TransportClock(
        monotonic: { UInt64(read(CLOCK_MONOTONIC)) },
        epoch: { read(CLOCK_REALTIME) })

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Duration {
    /// Whole nanoseconds, held to 0...`UInt64.max`.
    var nanoseconds: UInt64 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }
}
