import CUDP
import Testing

@testable import RADIUSClient

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:1812"), ("127.0.0.1:21812", "127.0.0.1:21812"), ("radius.example.org:1", "radius.example.org:1"),
        ("::1", "[::1]:1812"), ("[::1]", "[::1]:1812"), ("[2001:db8::1]:65535", "[2001:db8::1]:65535"), ("", nil), (":1812", nil),
        ("host:0", nil), ("host:65536", nil), ("host:", nil), ("[::1", nil), ("[::1]x", nil), ("[]:1", nil),
    ])
    func reads(text: String, expected: String?) {
        #expect(ServerAddress(text, defaultPort: 1812)?.description == expected)
    }

    @Test func resolvesBothFamilies() throws {
        let v4 = try ServerAddress(host: "127.0.0.1", port: 21812).resolve()
        #expect(v4.version == 4 && v4.low == 0x7f00_0001 && v4.port == 21812)
        let v6 = try ServerAddress(host: "2001:db8::5", port: 1).resolve()
        #expect(v6.version == 6 && v6.high == 0x2001_0db8_0000_0000 && v6.low == 5)
    }

    @Test func namesTheHostThatDoesNotResolve() {
        #expect {
            try ServerAddress(host: "no such host", port: 1).resolve()
        } throws: {
            "\($0)".contains("no such host")
        }
    }
}
