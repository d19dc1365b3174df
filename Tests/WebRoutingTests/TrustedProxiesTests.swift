import HTTPTypes
import Testing

@testable import WebRouting

@Suite struct TrustedProxiesTests {
    private let proxies = TrustedProxies(["10.0.0.0/8", "2001:db8:1::/48"].compactMap { AddressBlock($0) })

    private static func fields(_ values: [String]) -> HTTPFields {
        var fields = HTTPFields()
        for value in values { fields.append(HTTPField(name: .xForwardedFor, value: value)) }
        return fields
    }

    @Test(arguments: [
        // The peer is no proxy: whatever it says of others is not heard.
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("192.0.2.1", [], "192.0.2.1"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["203.0.113.9"], "203.0.113.9"),
        // What the client itself wrote stands on the left.
        ("10.1.1.1", ["127.0.0.1, 203.0.113.9"], "203.0.113.9"),
        ("10.1.1.1", ["127.0.0.1", "203.0.113.9, 10.2.2.2"], "203.0.113.9"),
        ("10.1.1.1", ["203.0.113.9, 10.2.2.2, 10.3.3.3"], "203.0.113.9"),
        ("10.1.1.1", ["10.2.2.2"], "10.2.2.2"),
        // Behind nonsense nothing is believed.
        ("10.1.1.1", ["203.0.113.9, unknown, 10.2.2.2"], "10.2.2.2"),
        ("10.1.1.1", ["203.0.113.9:5000"], "203.0.113.9"), ("10.1.1.1", ["[2001:db8::7]:5000"], "2001:db8::7"),
        ("::ffff:10.1.1.1", ["203.0.113.9"], "203.0.113.9"), ("2001:DB8:1::2", ["2001:0db8::0007"], "2001:db8::7"),
        ("", ["203.0.113.9"], ""),
    ]) func `the client's address`(_ peer: String, _ said: [String], _ expected: String) {
        #expect(proxies.clientAddress(peer: peer, Self.fields(said)) == expected)
    }

    @Test(arguments: [
        ("192.0.2.1", false, "radian.example:8080", "http://radian.example:8080"),
        ("192.0.2.1", true, "radian.example", "https://radian.example"),
        ("10.1.1.1", false, "inner", "https://portal.example"), ("192.0.2.1", false, "evil\"><script>", "http://localhost"),
        ("192.0.2.1", false, "", "http://localhost"),
    ]) func `the origin of links`(_ peer: String, _ isSecure: Bool, _ authority: String, _ expected: String) {
        var head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        head.headerFields[.xForwardedProto] = "https"
        head.headerFields[.xForwardedHost] = "portal.example"
        #expect(proxies.origin(peer: peer, isSecure: isSecure, head) == expected)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.128/25", "192.0.2.129", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("::/0", "::1", true),
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "::ffff:192.0.2.1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("192.0.2.1", "nonsense", false),
    ]) func `blocks of addresses`(_ block: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(address) == expected)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "host", "10.0.0.0/8/8", "1.2.3.4/"])
    func `what is no block`(_ text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test func `a line's whole /64 is one subscriber`() {
        #expect(AddressBlock.subscriber("2001:db8:1:2:3:4:5:6") == AddressBlock.subscriber("2001:db8:1:2:ffff::1"))
        #expect(AddressBlock.subscriber("2001:db8:1:3::1") != AddressBlock.subscriber("2001:db8:1:2::1"))
        #expect(AddressBlock.subscriber("192.0.2.1") != AddressBlock.subscriber("192.0.2.2"))
    }
}
