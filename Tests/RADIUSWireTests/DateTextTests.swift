import Testing

@testable import RADIUSWire

struct DateTextTests {
    @Test(
        arguments: [
            ("0", 0), ("1795273718", 1_795_273_718), ("Nov 21 2026 15:08:38 UTC", 1_795_273_718), ("21 Nov 2026", 1_795_219_200),
            ("November 21 2026 16:08:38 +0100", 1_795_273_718), ("Sat, 21 Nov 2026 15:08", 1_795_273_680), ("Jan 1 1970", 0),
            ("29 Feb 2024", 1_709_164_800), ("Feb  7 2106 06:28:15 UTC", 4_294_967_295),
        ] as [(String, UInt64)])
    func parses(text: String, seconds: UInt64) {
        #expect(DateText.parse(text) == seconds)
    }

    @Test(arguments: [
        "", "tomorrow", "29 Feb 2023", "31 Apr 2024", "Nov 2026", "21 Nov 2026 24:00", "21 Nov 2026 12:60", "Dec 31 1969", "4294967296",
        "Feb 7 2106 06:28:16", "21 21 Nov 2026", "21 Nov 2026 15:08 PST", "-1", "99999999999999999999",
    ])
    func refuses(text: String) {
        #expect(DateText.parse(text) == nil)
    }

    /// Every ninth hour of the range: what is printed reads back.
    @Test func roundTrip() {
        for seconds in stride(from: UInt64(0), through: UInt64(UInt32.max), by: 3600 * 9 * 17 + 1) {
            #expect(DateText.parse(DateText.print(seconds)) == seconds)
        }
        #expect(DateText.print(1_793_491_200) == "Nov  1 2026 00:00:00 UTC")
    }
}
