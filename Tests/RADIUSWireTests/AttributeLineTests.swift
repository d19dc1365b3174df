import RADIUSWire
import Testing

/// Lines as operators type them.
@Suite struct AttributeLineTests {
    @Test(
        arguments: [
            ("Session-Timeout = 600", "Session-Timeout", nil, "600"), ("Session-Timeout=600", "Session-Timeout", nil, "600"),
            ("  Session-Timeout   :=  600 , ", "Session-Timeout", nil, "600"), ("Class += 0x01", "Class", nil, "0x01"),
            ("Mikrotik-Rate-Limit = \"2M/2M\"", "Mikrotik-Rate-Limit", nil, "2M/2M"), ("Filter-Id = 'a \\b'", "Filter-Id", nil, "a \\b"),
            ("Filter-Id = \"a \\\"b\\\" = c\\\\\",", "Filter-Id", nil, "a \"b\" = c\\"), ("Tunnel-Type:1 = VLAN", "Tunnel-Type", 1, "VLAN"),
            ("Tunnel-Type:1 := VLAN", "Tunnel-Type", 1, "VLAN"), ("Filter-Id = \"open", "Filter-Id", nil, "\"open"),
            ("Filter-Id =", "Filter-Id", nil, ""),
        ] as [(String, String, UInt8?, String)])
    func read(line: String, name: String, tag: UInt8?, value: String) throws {
        let read = try #require(AttributeLine(line))
        #expect(read.name == name)
        #expect(read.tag == tag)
        #expect(read.value == value)
    }

    @Test(arguments: ["", "Session-Timeout", "= 600", ":1 = x", "Tunnel-Type:x = VLAN", "  := 1"])
    func noAttribute(line: String) {
        #expect(AttributeLine(line) == nil)
    }
}
