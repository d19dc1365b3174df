import Foundation
import NIOConcurrencyHelpers

/// Keys of rows that are made in great numbers: UUIDs of version 7 (RFC 9562 §5.7).
///
/// Those made one after the other stand next to each other in an index, so a large import writes few of its pages; random ones touch all.
public enum RowID {
    /// Milliseconds since 1970 UTC in the upper 52 bits, 4096th parts of one in the lower 12 (RFC 9562 §6.2, method 3), of the newest key.
    private static let newest = NIOLockedValueBox<UInt64>(0)

    /// A new key, lower-case text; greater than all that this process made before.
    public static func make() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = UInt64(time.tv_nsec)
        let now = (UInt64(time.tv_sec) * 1000 + nanoseconds / 1_000_000) << 12 | (nanoseconds % 1_000_000) * 4096 / 1_000_000
        let stamp = newest.withLockedValue { newest in
            newest = max(now, newest &+ 1)
            return newest
        }
        return text(stamp, random: UInt64.random(in: 0...UInt64.max))
    }

    static func text(_ stamp: UInt64, random: UInt64) -> String {
        let high = (stamp >> 12) << 16 | 0x7000 | stamp & 0xFFF
        let low = 1 << 63 | random >> 2
        return String(unsafeUninitializedCapacity: 36) { text in
            var position = 0
            for (index, word) in [high, low].enumerated() {
                for digit in 0..<16 {
                    // The groups have 8, 4, 4, 4 and 12 digits.
                    if index * 16 + digit == 8 || index * 16 + digit == 12 || index * 16 + digit == 16 || index * 16 + digit == 20 {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    let value = UInt8(word >> (60 - 4 * UInt64(digit)) & 0xF)
                    text[position] = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                    position += 1
                }
            }
            return position
        }
    }
}
