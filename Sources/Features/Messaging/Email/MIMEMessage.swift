import Foundation

/// An e-mail as SMTP carries it (RFC 5322, RFC 2045, RFC 2046).
struct MIMEMessage {
    /// The name beside the address; empty for none.
    var fromName = ""
    var from: String
    var replyTo: String?
    var to: String
    var subject: String
    var text: String
    var html: String?
    /// Unique, without brackets: `id@host`.
    var messageID: String
    /// Seconds since 1970 UTC.
    var date: Int64

    /// Header and body, lines end with CR LF.
    var octets: [UInt8] {
        var header = HeaderText.mailbox("From", display: fromName, address: from)
        if let replyTo { header += HeaderText.mailbox("Reply-To", display: "", address: replyTo) }
        header += HeaderText.mailbox("To", display: "", address: to)
        header += HeaderText.field("Subject", subject)
        header += "Date: \(Self.dateText(date))\r\n"
        header += "Message-ID: <\(messageID)>\r\n"
        // No holiday notices as answers (RFC 3834).
        header += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        guard let html else { return Array((header + Self.part("plain", text)).utf8) }
        // Quoted-printable never writes "=_".
        let boundary = "=_\(messageID.utf8.prefix(36).map { Self.isBoundary($0) ? String(UnicodeScalar($0)) : "-" }.joined())"
        let parts = [Self.part("plain", text), Self.part("html", html)].map { "--\(boundary)\r\n\($0)" }.joined(separator: "\r\n")
        return Array(
            (header + "Content-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n" + parts + "\r\n--\(boundary)--\r\n").utf8)
    }

    private static func part(_ subtype: String, _ text: String) -> String {
        "Content-Type: text/\(subtype); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + QuotedPrintable.encode(text)
    }

    private static func isBoundary(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
    }

    /// `Sat, 31 Jan 2026 12:00:00 +0000`.
    static func dateText(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }
}
