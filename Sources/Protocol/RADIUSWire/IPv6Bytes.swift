/// The sixteen octets of an IPv6 address as two numbers, most significant first.
public struct IPv6Bytes: Hashable, Sendable {
    /// Octets 0 to 7 as a number.
    public var high: UInt64
    /// Octets 8 to 15 as a number.
    public var low: UInt64

    /// Takes the two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Takes up to sixteen octets from the left; missing ones are zero.
    init(leading octets: ArraySlice<UInt8>) {
        high = 0
        low = 0
        for (index, octet) in octets.prefix(16).enumerated() {
            if index < 8 {
                high |= UInt64(octet) << UInt64(56 - index * 8)
            } else {
                low |= UInt64(octet) << UInt64(56 - (index - 8) * 8)
            }
        }
    }

    /// The octets in network order.
    public var bytes: [UInt8] { BigEndian.octets(high, count: 8) + BigEndian.octets(low, count: 8) }

    /// The address with all bits after the first `length` cleared; `length` is 0…128.
    func masked(to length: UInt8) -> IPv6Bytes {
        IPv6Bytes(
            high: high & BigEndian.mask(length: Int(min(length, 64))), low: low & BigEndian.mask(length: Int(max(length, 64)) - 64))
    }
}
