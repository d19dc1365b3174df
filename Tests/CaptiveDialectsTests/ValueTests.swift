@testable import CaptiveDialects
import Testing

@Suite struct ValueTests {
    @Test(
        "addresses that are taken",
        arguments: [
            ("http://a.example/", "http://a.example/"), ("HTTPS://A.Example:8443/x?y=z#frag", "https://a.example:8443/x?y=z"),
            ("http://192.168.1.1", "http://192.168.1.1/"), ("http://[FE80::1]:80/", "http://[fe80::1]:80/"), ("http://a?b", "http://a/?b"),
            ("http://a/\u{e4}|^", "http://a/%C3%A4%7C%5E"), ("http://a/%zz", "http://a/%zz"),
        ])
    func urls(text: String, url: String) { #expect(CaptiveURL(text)?.description == url) }

    @Test(
        "addresses that are not",
        arguments: [
            "", "javascript:alert(1)", "data:text/html,x", "//a/", "http:/a", "http://", "http:///x", "http://user@a/", "http://user:pw@a/",
            "http://a b/", "http://a/\n", "http://a/\"x", "http://a/<x>", "http://a\\@b/", "http://a:0/", "http://a:65536/", "http://a:x/",
            "http://a:/", "http://2130706433/", "http://0x7f.1/", "http://a.0x1/", "http://1.2.3/", "http://1.2.3.256/", "http://[::1/",
            "http://[zz]/",
            "http://a..b/", "http://-%41/", "ftp://a/", "http://a\u{0}b/", "http://\u{430}.example/",
            "http://" + String(repeating: "a", count: 300) + "/", "http://a/" + String(repeating: "x", count: 2048),
        ])
    func refusedURLs(text: String) { #expect(CaptiveURL(text) == nil) }

    @Test(
        "hardware addresses",
        arguments: [
            ("aa:bb:cc:00:11:22", true), ("AA-BB-CC-00-11-22", true), ("aabb.cc00.1122", true), ("aabbcc001122", true),
            ("aa:bb:cc:00:11", false),
            ("aa:bb:cc:00:11:2g", false), ("aabbcc00112233", false), ("", false), (":::::aabbcc001122", false), ("a:abbcc0011:22", false),
            ("aa:bb-cc:00:11:22", false),
        ])
    func macs(text: String, isRead: Bool) {
        #expect((CaptiveMAC(text) != nil) == isRead)
        if let mac = CaptiveMAC(text) { #expect(mac.description == "AA-BB-CC-00-11-22") }
    }

    @Test(
        "IP addresses",
        arguments: [
            ("10.0.0.1", true, true), ("8.8.8.8", true, false), ("172.31.0.1", true, true), ("172.32.0.1", true, false),
            ("01.2.3.4", false, false),
            ("1.2.3", false, false), ("::1", true, true), ("fe80::1", true, true), ("fd00::", true, true), ("2001:db8::1", true, true),
            ("2606:4700::1", true, false), ("::", true, false), ("1::2::3", false, false), ("1:2:3:4:5:6:7:8", true, false),
            (":1", false, false),
            ("1:2:3:4:5:6:7:8:9", false, false), ("::ffff:10.0.0.1", true, false), ("12345::", false, false), (":::", false, false),
            ("1:2:3:4:5:6:7:8::", false, false), ("fe80::1%eth0", false, false),
        ])
    func addresses(text: String, isAddress: Bool, isLocal: Bool) {
        #expect(AddressText.isAddress(text) == isAddress)
        #expect(AddressText.isLocal(text) == isLocal)
    }

    @Test func percentEncoding() {
        #expect(PercentEncoding.encode("a b&c=\u{e4}%") == "a%20b%26c%3D%C3%A4%25")
        #expect(PercentEncoding.decode("a%20b+c%2".utf8, form: true) == "a b c%2")
        #expect(PercentEncoding.decode("%+1%-1%zz+".utf8, form: false) == "%+1%-1%zz+")
        #expect(PercentEncoding.decode("%ff".utf8, form: false) == "\u{fffd}")
    }

    @Test func textsOfStrangers() {
        #expect(PlainText.cleaned("  a\u{202e}b\r\nc\u{0}  ", limit: 10) == "abc")
        #expect(PlainText.cleaned("\u{e4}\u{e4}\u{e4}", limit: 5) == "\u{e4}\u{e4}")
    }

    @Test func json() throws {
        let text = #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"\u00e4\ud83d\ude00\n\"\\\/"},"":""}"#
        let value = try #require(CaptiveJSON(Array(text.utf8)))
        #expect(value["b"]?["c"]?.string == "\u{e4}\u{1f600}\n\"\\/")
        #expect(value["a"]?.elements.first?.integer == 1)
        #expect(CaptiveJSON(Array(value.written.utf8)) == value)
        for wrong in ["", "{", "[1,]", "{\"a\"}", "tru", "1 2", "\"\\x\"", "\"\\ud800\"", "\"a", "nan", "infinity", "+", "\"\u{1}\""] {
            #expect(CaptiveJSON(Array(wrong.utf8)) == nil, "\(wrong)")
        }
        #expect(CaptiveJSON([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) == nil)
    }

    @Test func queriesAreBounded() {
        let many = (0..<1000).map { "k\($0)=v" }.joined(separator: "&")
        #expect(CaptiveQuery(encoded: many).fields.count == CaptiveQuery.maximumFields)
        #expect(CaptiveQuery(encoded: "a=" + String(repeating: "x", count: 5000)).fields.isEmpty)
        #expect(
            CaptiveQuery(encoded: "a=1&A=2&=3&b&c=%41").fields == [CaptiveField("a", "1"), CaptiveField("b", ""), CaptiveField("c", "A")])
    }

    @Test func smartClients() throws {
        let page = """
            <html><!-- <WISPAccessGatewayParam xmlns:x="y"><AuthenticationReply><MessageType>120</MessageType><ResponseCode>100</ResponseCode>
            <ReplyMessage>No more sessions &amp; so on</ReplyMessage><LogoffURL>http://10.0.0.1/off?a=1&amp;b=2</LogoffURL></AuthenticationReply>
            </WISPAccessGatewayParam> --></html>
            """
        let reply = try #require(WISPrMessage.Reply(page: page))
        #expect(reply.messageType == 120)
        #expect(reply.problem == .sessionLimit)
        #expect(reply.replyMessage == "No more sessions & so on")
        #expect(reply.logoffURL?.description == "http://10.0.0.1/off?a=1&b=2")
        #expect(WISPrMessage.Reply(page: page.replacing("100<", with: "50<"))?.problem == nil)
        #expect(WISPrMessage.Reply(page: page.replacing("100<", with: "102<"))?.problem == .radiusTimeout)
        #expect(WISPrMessage.Reply(page: "<WISPAccessGatewayParam></WISPAccessGatewayParam>") == nil)
        let url = try #require(CaptiveURL("https://gw.lan/login?a=1&b=2"))
        let comment = WISPrMessage.redirect(login: url, location: "--><script>", name: "Caf\u{e9}")
        #expect(comment.contains("<LoginURL>https://gw.lan/login?a=1&amp;b=2</LoginURL>"))
        #expect(comment.contains("<AccessLocation>&#45;&#45;&gt;&lt;script&gt;</AccessLocation>"))
        #expect(comment.ranges(of: "-->").count == 1)
    }
}
