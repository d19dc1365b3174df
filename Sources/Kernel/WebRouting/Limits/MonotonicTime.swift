import Foundation

/// Microseconds of a clock that never goes back.
public typealias MonotonicClock = @Sendable () -> Int64

/// The machine's such clock.
public enum MonotonicTime {
    @Sendable public static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
