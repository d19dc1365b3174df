/// A range of addresses that share their first bits, such as 192.0.2.0/24.
public struct IPPrefix: Hashable, Sendable {
    /// The first address of the range; bits after ``length`` are zero.
    public let address: IPAddress
    /// Fixed bits: 0...32 or 0...128.
    public let length: Int

    /// Clears the host bits of `address`; `length` is held to the address's width.
    public init(_ address: IPAddress, length: Int) {
        self.length = min(max(length, 0), address.bitWidth)
        self.address = address.masked(to: self.length)
    }

    /// The range of this one address.
    public init(_ address: IPAddress) {
        self.init(address, length: address.bitWidth)
    }

    /// Reads `address` or `address/length`. Nil for a malformed address or a length beyond its width.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        guard parts[1].allSatisfy(\.isASCII), parts[1].allSatisfy(\.isNumber), let length = Int(parts[1]), length <= address.bitWidth
        else { return nil }
        self.init(address, length: length)
    }

    /// The addresses of this machine itself.
    public static let loopback = [IPPrefix(IPAddress(ipv4: 0x7f00_0000), length: 8), IPPrefix(IPAddress(ipv6High: 0, low: 1))]

    /// Whether the range is a single address (/32 or /128).
    public var isHost: Bool { length == address.bitWidth }

    /// Whether `other` is of the same IP version and inside the range.
    public func contains(_ other: IPAddress) -> Bool {
        other.version == address.version && other.masked(to: length) == address
    }
}

extension IPPrefix: CustomStringConvertible {
    /// The address alone for a host, else `address/length`.
    public var description: String { isHost ? address.description : "\(address)/\(length)" }
}
