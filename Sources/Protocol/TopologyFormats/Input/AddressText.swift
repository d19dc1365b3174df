import Foundation

/// What texts that name addresses are.
enum AddressText {
    static func isIPv4(_ text: String) -> Bool {
        var octets = in_addr()
        return inet_pton(AF_INET, text, &octets) == 1
    }

    /// With or without a zone.
    static func isIPv6(_ text: String) -> Bool {
        var octets = in6_addr()
        let address = text.split(separator: "%", maxSplits: 1).first.map(String.init) ?? ""
        return inet_pton(AF_INET6, address, &octets) == 1
    }

    static func isIP(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

    /// An address with a prefix length, such as 10.8.0.0/24.
    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let length = Int(parts[1]), length >= 0 else { return false }
        return isIPv4(parts[0]) ? length <= 32 : isIPv6(parts[0]) && length <= 128
    }

    /// A MAC address in lower case with two digits each; nil where it is none.
    static func canonicalMAC(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var octets: [String] = []
        for part in parts {
            guard (1...2).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexadecimalDigit) else { return nil }
            octets.append((part.utf8.count == 1 ? "0" : "") + part.lowercased())
        }
        return octets.joined(separator: ":")
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}
