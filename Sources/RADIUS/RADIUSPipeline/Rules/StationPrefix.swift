import Digests

/// The first octets of stations' addresses: a vendor's prefix, or one whole address.
public struct StationPrefix: Sendable, Equatable {
    private let number: UInt64
    private let octets: Int

    /// Reads one to six octets in hexadecimal, with any of the usual separators.
    public init?(_ text: String) {
        var number: UInt64 = 0
        var digits = 0
        for octet in text.utf8 where !"-:. ".utf8.contains(octet) {
            guard let digit = Hexadecimal.value(of: octet), digits < 12 else { return nil }
            number = number << 4 | UInt64(digit)
            digits += 1
        }
        guard digits > 0, digits % 2 == 0 else { return nil }
        self.number = number
        octets = digits / 2
    }

    func contains(_ address: MACAddress) -> Bool {
        address.number >> UInt64(8 * (6 - octets)) == number
    }
}
