/// IP addresses as text.
enum AddressText {
    /// Four octets of a dotted address without leading zeros; nil for anything else.
    static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: Character("."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let octet = UInt8(part),
                part.utf8.count == 1 || part.utf8.first != 0x30
            else { return nil }
            octets.append(octet)
        }
        return octets
    }

    /// Eight groups of an address without zone (RFC 4291 §2.2); nil for anything else.
    static func ipv6(_ text: some StringProtocol) -> [UInt16]? {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        let halves = text.split(separator: Character(":"), omittingEmptySubsequences: false).map { String($0) }
        guard halves.count <= 9 else { return nil }
        guard let gap = firstGap(halves) else {
            guard let groups = groups(halves), groups.count == 8 else { return nil }
            return groups
        }
        let front = Array(halves[..<gap.lowerBound])
        let back = Array(halves[gap.upperBound...])
        guard let left = groups(front), let right = groups(back), left.count + right.count < 8 else { return nil }
        return left + [UInt16](repeating: 0, count: 8 - left.count - right.count) + right
    }

    /// The one run of empty parts that `::` makes: one inside, two at an end, three alone.
    private static func firstGap(_ parts: [String]) -> Range<Int>? {
        guard let start = parts.firstIndex(of: "") else { return nil }
        var end = start
        while end < parts.count, parts[end].isEmpty { end += 1 }
        let atEdges = (start == 0 ? 1 : 0) + (end == parts.count ? 1 : 0)
        return end - start == 1 + atEdges ? start..<end : nil
    }

    private static func groups(_ parts: [String]) -> [UInt16]? {
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let v4 = ipv4(part) {
                groups += [UInt16(v4[0]) << 8 | UInt16(v4[1]), UInt16(v4[2]) << 8 | UInt16(v4[3])]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// Whether a text is an address of either family.
    static func isAddress(_ text: some StringProtocol) -> Bool { ipv4(text) != nil || ipv6(text) != nil }

    /// Whether an address can only be in the network at hand: private, shared, link-local, loopback, for documentation or for benchmarks (RFC 6890).
    static func isLocal(_ text: some StringProtocol) -> Bool {
        if let octets = ipv4(text) {
            switch (octets[0], octets[1], octets[2]) {
            case (10, _, _), (127, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _), (169, 254, _), (192, 0, 2),
                (198, 18...19, _),
                (198, 51, 100), (203, 0, 113):
                return true
            default: return false
            }
        }
        guard let groups = ipv6(text) else { return false }
        return groups[0] & 0xffc0 == 0xfe80 || groups[0] & 0xfe00 == 0xfc00 || (groups[0] == 0x2001 && groups[1] == 0x0db8)
            || groups == [0, 0, 0, 0, 0, 0, 0, 1]
    }
}
