import RADIUSPipeline
import Testing

@testable import AddressPools

@Suite struct AddressRangesTests {
    private func all(_ ranges: AddressRanges) -> [String] { (0..<ranges.count).compactMap { ranges.text(at: $0) } }

    @Test func `ranges hand out their addresses in order`() throws {
        let ranges = try AddressRanges("10.0.0.254-10.0.1.1, 192.0.2.0/30 192.0.2.8/32", kind: .ipv4)
        #expect(ranges.count == 7)
        #expect(
            all(ranges) == ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1", "192.0.2.1", "192.0.2.2", "192.0.2.8"])
        #expect(ranges.text(at: 7) == nil)
        for address in all(ranges) { #expect(ranges.contains(address)) }
        for other in ["10.0.0.253", "10.0.1.2", "192.0.2.0", "192.0.2.3", "2001:db8::1", "10.0.0.254/31", "x"] {
            #expect(!ranges.contains(other))
        }
    }

    @Test func `prefixes follow each other`() throws {
        let delegated = try AddressRanges("2001:db8:100::/46", kind: .delegatedPrefix, length: 48)
        #expect(all(delegated) == ["2001:db8:100::/48", "2001:db8:101::/48", "2001:db8:102::/48", "2001:db8:103::/48"])
        #expect(
            delegated.contains("2001:db8:103::/48") && !delegated.contains("2001:db8:104::/48") && !delegated.contains("2001:db8:103::/47"))
        let links = try AddressRanges("2001:db8:ffff::/48", kind: .ipv6Prefix)
        #expect(links.count == 65_536)
        #expect(links.text(at: 65_535) == "2001:db8:ffff:ffff::/64")
    }

    @Test func `a network of any size is counted without an address for each`() throws {
        let hosts = try AddressRanges("2001:db8::/64", kind: .ipv6)
        #expect(hosts.count == (1 << 62) - 1)
        #expect(hosts.text(at: 0) == "2001:db8::1")
        #expect(try AddressRanges("::/0", kind: .delegatedPrefix, length: 128).count == 1 << 62)
        #expect(try AddressRanges("0.0.0.0/0", kind: .ipv4).count == (1 << 32) - 2)
        #expect(try AddressRanges("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", kind: .ipv6).count == 1 << 62)
    }

    @Test(
        arguments: [
            ("", AddressKind.ipv4, nil), ("10.0.0.9-10.0.0.1", .ipv4, nil), ("2001:db8::/64", .ipv4, nil), ("10.0.0.0/8", .ipv6, nil),
            ("10.0.0.1-2001::1", .ipv4, nil), ("10.0.0.1-10.0.0.9, 10.0.0.5", .ipv4, nil), ("2001:db8::/64", .delegatedPrefix, 48),
            ("2001:db8::/48", .delegatedPrefix, 129), ("2001:db8::1-2001:db8::9", .ipv6Prefix, nil), ("10.0.0.0/33", .ipv4, nil),
            ("10.0.0.0/24", .ipv4, 28), ("a-b", .ipv4, nil), ("-", .ipv4, nil), ("10.0.0.0/", .ipv4, nil),
        ] as [(String, AddressKind, Int?)])
    func `what is no range is refused`(_ text: String, _ kind: AddressKind, _ length: Int?) {
        #expect(throws: AddressPoolError.self) { try AddressRanges(text, kind: kind, length: length) }
    }

    @Test func `overlaps are found whatever the lengths`() throws {
        let addresses = try AddressRanges("10.0.0.10-10.0.0.20", kind: .ipv4)
        #expect(addresses.overlaps(try AddressRanges("10.0.0.20/32", kind: .ipv4)))
        #expect(!addresses.overlaps(try AddressRanges("10.0.0.21/32", kind: .ipv4)))
        let prefixes = try AddressRanges("2001:db8::/32", kind: .delegatedPrefix, length: 56)
        #expect(prefixes.overlaps(try AddressRanges("2001:db8:5:1::/64", kind: .ipv6Prefix)))
        #expect(try AddressRanges("2001:db8:5:1::/64", kind: .ipv6).overlaps(prefixes))
        #expect(!prefixes.overlaps(try AddressRanges("2001:db9::/64", kind: .ipv6)))
        #expect(!prefixes.overlaps(addresses))
    }
}
