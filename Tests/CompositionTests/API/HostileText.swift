import Foundation

/// Texts that are meant to break out of where they stand.
enum HostileText {
    /// For fields that take any text: SQL of both engines, paths, markup, formats, numbers at the edge, and characters that are none or more
    /// than one.
    static let all: [String] =
        [
            "' OR '1'='1", "'; DROP TABLE radian_user; --", "\") OR 1=1 --", "\\'; SELECT pg_sleep(10); --", "%' OR username LIKE '%", "$1",
            "{{any $1 text}}", "../../../../etc/passwd", "<script>alert(1)</script>", "%s%n%x", "a\u{0}b", "\r\nSet-Cookie: sid=x",
            "\u{202E}\u{FEFF}\u{200B}", "e\u{301}\u{1F468}\u{200D}\u{1F469}", String(repeating: "A", count: 5000), "",
        ] + numbers + times

    /// Numbers that overflow something, and such that are none.
    private static let numbers = ["-1", "0", "2147483648", "9223372036854775807", "99999999999999999999", "NaN"]
    /// Times that do not fit into 32 bits, or into any calendar.
    private static let times = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59", "2040-02-30T00:00:00Z"]

    /// A text as one segment of a path, or as a value of a query.
    static func escaped(_ text: String) -> String {
        text.utf8.map { octet -> String in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(octet))
            default: String(format: "%%%02X", octet)
            }
        }.joined()
    }

    /// Escapes that stand for no text, and such that are none.
    static let escapes = ["%FF", "%C0%AF", "%ED%A0%80", "%00", "%", "%zz"]
}
