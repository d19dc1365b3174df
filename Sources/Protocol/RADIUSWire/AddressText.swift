/// IPv4 and IPv6 addresses and prefixes as text.
enum AddressText {
    /// Four decimal numbers.
    static func ipv4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard part.utf8.count <= 3, let octet = number(part), octet <= 255 else { return nil }
            address = address << 8 | UInt32(octet)
        }
        return address
    }

    static func print(ipv4 address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// Any form of RFC 4291 §2.2.
    static func ipv6(_ text: Substring) -> IPv6Bytes? {
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return address(groups)
        }
        guard let left = groups(text[..<gap.lowerBound], mayEndInIPv4: false), let right = groups(text[gap.upperBound...]),
            left.count + right.count <= 7
        else {
            return nil
        }
        return address(left + repeatElement(0, count: 8 - left.count - right.count) + right)
    }

    /// The recommended form of RFC 5952.
    static func print(ipv6 address: IPv6Bytes) -> String {
        let groups = [address.high, address.low].flatMap { half in
            [48, 32, 16, 0].map { half >> UInt64($0) & 0xffff }
        }
        if address.high == 0, address.low >> 32 == 0xffff {
            return "::ffff:" + print(ipv4: UInt32(truncatingIfNeeded: address.low))
        }
        var gap = 0..<0
        var start = 0
        while start < 8 {
            let run = start..<(groups[start...].firstIndex { $0 != 0 } ?? 8)
            if run.count > max(1, gap.count) { gap = run }
            start = run.upperBound + 1
        }
        let text = groups.map { String($0, radix: 16) }
        guard !gap.isEmpty else { return text.joined(separator: ":") }
        return text[..<gap.lowerBound].joined(separator: ":") + "::" + text[gap.upperBound...].joined(separator: ":")
    }

    /// An address and the length after a slash.
    /// - Parameter limit: the largest length, which is also the one without a slash.
    static func prefix(_ text: String, limit: UInt64) -> (address: Substring, length: UInt8)? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return (text[...], UInt8(limit)) }
        guard let length = number(parts[1]), length <= limit else { return nil }
        return (parts[0], UInt8(length))
    }

    /// Decimal digits only: no sign, no blank.
    static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(text)
    }

    /// Groups of one to four hexadecimal digits between colons; the last may be an IPv4 address.
    private static func groups(_ text: Substring, mayEndInIPv4: Bool = true) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let tail = ipv4(part) {
                groups += [UInt16(tail >> 16), UInt16(tail & 0xffff)]
            } else if (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func address(_ groups: [UInt16]) -> IPv6Bytes {
        IPv6Bytes(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension IPv6Bytes: CustomStringConvertible {
    /// The recommended form of RFC 5952.
    public var description: String { AddressText.print(ipv6: self) }
}
