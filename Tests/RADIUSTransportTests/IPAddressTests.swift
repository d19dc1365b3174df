import RADIUSTransport
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: ["0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::ff:0:1", "fe80::1", "::ffff:192.0.2.1"])
    func textSurvives(_ text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/8", "::g", "fe80::1%eth0", "[::1]", " 1.2.3.4"])
    func otherTextIsRefused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func octetsAreInNetworkOrder() throws {
        let v4 = try #require(IPAddress("192.0.2.1"))
        #expect(v4.bytes == [192, 0, 2, 1])
        #expect(IPAddress(bytes: v4.bytes) == v4)
        let v6 = try #require(IPAddress("2001:db8::1"))
        #expect(v6.bytes == [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(IPAddress(bytes: v6.bytes) == v6)
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }

    @Test func addressesResolveToThemselves() throws {
        #expect(IPAddress(resolving: "192.0.2.7") == IPAddress("192.0.2.7"))
        #expect(IPAddress(resolving: "2001:db8::7") == IPAddress("2001:db8::7"))
        #expect(IPAddress(resolving: "no such host") == nil)
    }

    @Test(arguments: [
        ("192.0.2.77/24", "192.0.2.0/24"), ("192.0.2.77", "192.0.2.77"), ("192.0.2.77/0", "0.0.0.0/0"),
        ("2001:db8:1:2:3::/64", "2001:db8:1:2::/64"), ("2001:db8::ffff/127", "2001:db8::fffe/127"), ("::1/128", "::1"),
        ("ffff::/1", "8000::/1"),
    ])
    func prefixesClearHostBits(_ text: String, _ printed: String) throws {
        #expect(try #require(IPPrefix(text)).description == printed)
    }

    @Test(arguments: ["192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+1", "::/129", "x/8", "192.0.2.0/8/8"])
    func otherPrefixesAreRefused(_ text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test func containmentKeepsVersionsApart() throws {
        let everything = try #require(IPPrefix("0.0.0.0/0"))
        #expect(try everything.contains(#require(IPAddress("203.0.113.9"))))
        #expect(try !everything.contains(#require(IPAddress("::1"))))
        let half = try #require(IPPrefix("10.0.0.0/9"))
        #expect(try half.contains(#require(IPAddress("10.127.255.255"))))
        #expect(try !half.contains(#require(IPAddress("10.128.0.0"))))
    }

    @Test(arguments: ["192.0.2.1:1812", "[::]:1813", "[2001:db8::1]:65535"])
    func endpointTextSurvives(_ text: String) throws {
        #expect(try #require(SocketEndpoint(text)).description == text)
    }

    @Test(arguments: ["192.0.2.1", "::1:1812", "[192.0.2.1]:1812", "192.0.2.1:65536", "host:1812", "[::1]", ":1812"])
    func otherEndpointsAreRefused(_ text: String) {
        #expect(SocketEndpoint(text) == nil)
    }
}
