import Foundation
import Localization
import Testing

@testable import Messaging

@Suite struct EmailFormatTests {
    /// The text of encoded words (RFC 2047), unfolded; what is not encoded stays.
    private func decoded(_ field: String) -> String {
        var text = field.replacing("\r\n ", with: " ")
        text = text.replacing(/\?= =\?utf-8\?B\?/) { _ in "?==?utf-8?B?" }
        return text.replacing(/=\?utf-8\?B\?([A-Za-z0-9+\/=]*)\?=/) { match in
            String(decoding: Data(base64Encoded: String(match.1)) ?? Data(), as: UTF8.self)
        }
    }

    private func quotedPrintableDecoded(_ text: String) -> String {
        var octets: [UInt8] = []
        var rest = Array(text.replacing("=\r\n", with: "").utf8)[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "="), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                octets.append(value)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    @Test(arguments: [
        "Test", "Códigos y contraseñas de Café Müller — «nuevo» 🎉", String(repeating: "è", count: 200), "=?utf-8?B?eA==?=", "",
        String(repeating: "word ", count: 40) + "end", String(repeating: "x", count: 300), "a  b",
    ]) func `subjects survive, in short lines`(_ subject: String) {
        let field = HeaderText.field("Subject", subject)
        #expect(field.hasSuffix("\r\n"))
        #expect(decoded(field) == "Subject: \(subject)\r\n" || subject.isEmpty)
        for line in field.split(separator: "\r\n") {
            #expect(line.utf8.count <= 76)
            #expect(line.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
        for match in field.matches(of: /=\?.*?\?=/) { #expect(match.0.utf8.count <= 75) }
    }

    @Test(arguments: ["x\r\nBcc: y@z", "x\nBcc: y@z", "x\rBcc: y@z", "x\u{85}Bcc: y@z", "x\u{2028}Bcc: y@z", "x\0y"])
    func `a value holds no other field`(_ value: String) {
        for field in [HeaderText.field("Subject", value), HeaderText.mailbox("From", display: value, address: value)] {
            #expect(!field.contains(/[\r\n]Bcc/))
            #expect(!field.dropLast().contains(/\r\n[^ ]/))
            #expect(!field.utf8.contains(0))
        }
    }

    @Test func `names beside addresses are quoted or encoded`() {
        #expect(HeaderText.mailbox("From", display: "", address: "a@b.c") == "From: a@b.c\r\n")
        #expect(HeaderText.mailbox("From", display: "Bob \"B\" O\\B", address: "a@b.c") == "From: \"Bob \\\"B\\\" O\\\\B\" <a@b.c>\r\n")
        #expect(HeaderText.mailbox("From", display: "Café", address: "a@b.c") == "From: =?utf-8?B?Q2Fmw6k=?= <a@b.c>\r\n")
    }

    @Test(arguments: [
        ("", ""), ("a", "a\r\n"), ("a\nb\n", "a\r\nb\r\n"), ("a \nb\t", "a=20\r\nb=09\r\n"), ("1=2", "1=3D2\r\n"), ("é", "=C3=A9\r\n"),
        ("a\r\nb\rc", "a\r\nb\r\nc\r\n"), (" x", " x\r\n"), (".\n", ".\r\n"),
    ]) func `quoted-printable`(_ text: String, _ expected: String) {
        #expect(QuotedPrintable.encode(text) == expected)
    }

    @Test func `long lines are broken and come back`() {
        for text in [String(repeating: "abcdefghij ", count: 100), String(repeating: "ü🎉 ", count: 100), String(repeating: "=", count: 80)]
        {
            let encoded = QuotedPrintable.encode(text)
            for line in encoded.split(separator: "\r\n") { #expect(line.utf8.count <= 76) }
            #expect(quotedPrintableDecoded(encoded) == text + "\r\n")
        }
    }

    @Test func `a mail has its fields and both texts`() throws {
        let mail = MIMEMessage(
            fromName: "Café", from: "wifi@example.org", replyTo: "help@example.org", to: "user@example.net", subject: "Prüfung",
            text: "Grüße\n", html: "<p>Grüße</p>", messageID: "1234-5678@example.org", date: 1_769_860_800)
        let text = String(decoding: mail.octets, as: UTF8.self)
        let (header, body) = try #require(text.range(of: "\r\n\r\n").map { (text[..<$0.lowerBound], text[$0.upperBound...]) })
        let fields = header.split(separator: "\r\n").map(String.init)
        #expect(
            fields == [
                "From: =?utf-8?B?Q2Fmw6k=?= <wifi@example.org>", "Reply-To: help@example.org", "To: user@example.net",
                "Subject: =?utf-8?B?UHLDvGZ1bmc=?=", "Date: Sat, 31 Jan 2026 12:00:00 +0000", "Message-ID: <1234-5678@example.org>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: multipart/alternative; boundary=\"=_1234-5678-example-org\"",
            ])
        #expect(
            body == """
                --=_1234-5678-example-org\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                Gr=C3=BC=C3=9Fe\r
                \r
                --=_1234-5678-example-org\r
                Content-Type: text/html; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r
                <p>Gr=C3=BC=C3=9Fe</p>\r
                \r
                --=_1234-5678-example-org--\r

                """)
        #expect(!text.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
    }

    @Test func `a mail without HTML is plain text`() {
        let mail = MIMEMessage(
            from: "a@b.c", to: "d@e.f", subject: "x", text: "y", messageID: "1@b.c", date: 0)
        #expect(
            String(decoding: mail.octets, as: UTF8.self).hasSuffix(
                "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ny\r\n"))
    }

    @Test func `the frame escapes what is put in`() throws {
        var frame = EmailFrame()
        frame.logoURL = "https://example.org/logo.png?a=1&b=\"2\""
        frame.footer = "Café <x>\nVia Roma"
        let content = EmailContent(
            title: "<b>", body: "one & two\nthree\n\n<script>",
            button: EmailContent.Button(text: "go \"now\"", url: "https://e.org/?a=1&b='"))
        let html = try #require(frame.html(content, in: .italian))
        #expect(html.contains("<html lang=\"it\">"))
        #expect(html.contains("&lt;b&gt;</h1>"))
        #expect(html.contains("one &amp; two<br>\nthree</p>"))
        #expect(html.contains("&lt;script&gt;"))
        #expect(!html.contains("<script"))
        #expect(html.contains("href=\"https://e.org/?a=1&amp;b=&#39;\""))
        #expect(html.contains("src=\"https://example.org/logo.png?a=1&amp;b=&quot;2&quot;\""))
        #expect(html.contains("Café &lt;x&gt;<br>\nVia Roma"))
        #expect(
            frame.text(content) == "one & two\nthree\n\n<script>\n\ngo \"now\":\nhttps://e.org/?a=1&b='\n\n-- \nCafé <x>\nVia Roma\n")
    }

    @Test func `a button leads nowhere but to the web, and text-only frames have no HTML`() throws {
        let content = EmailContent(title: "t", body: "b", button: EmailContent.Button(text: "go", url: "javascript:alert(1)"))
        #expect(try #require(EmailFrame().html(content, in: .english)).contains("href") == false)
        var frame = EmailFrame()
        frame.hasHTML = false
        #expect(frame.html(content, in: .english) == nil)
    }
}
