internal import Digests

/// A station's or access point's hardware address, read from any notation that a NAS uses.
public struct CaptiveMAC: Hashable, Sendable, CustomStringConvertible {
    /// Six octets.
    public let octets: [UInt8]

    /// Reads `aa:bb:cc:dd:ee:ff`, `AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff` or twelve digits. Nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= 17 else { return nil }
        let separators = text.utf8.filter { ":-.".utf8.contains($0) }
        let groups = text.utf8.split(omittingEmptySubsequences: false) { ":-.".utf8.contains($0) }
        guard [1: 12, 3: 4, 6: 2][groups.count] == groups.map(\.count).min(), Set(separators).count <= 1,
            let octets = Hexadecimal.decode(groups.joined().map { $0 }), octets.count == 6
        else { return nil }
        self.octets = octets
    }

    /// Upper-case pairs with hyphens, as RADIUS writes Calling-Station-Id (RFC 3580 §3.21).
    public var description: String { text(separator: "-").uppercased() }

    /// Lower-case pairs.
    public func text(separator: String) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
    }
}
