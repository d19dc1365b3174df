/// Numbers in network byte order.
enum BigEndian {
    /// Reads a whole slice of at most eight octets.
    static func unsigned(_ octets: some Collection<UInt8>) -> UInt64 {
        octets.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads a whole slice of one to eight octets in two's complement.
    static func signed(_ octets: ArraySlice<UInt8>) -> Int64 {
        let unused = UInt64(64 - octets.count * 8)
        return Int64(bitPattern: unsigned(octets) << unused) >> Int64(unused)
    }

    /// Writes the lowest `count` octets.
    static func octets(_ value: UInt64, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - $0) * 8)) }
    }

    /// Appends the lowest `count` octets.
    static func append(_ value: UInt64, count: Int, to octets: inout [UInt8]) {
        for index in 0..<count { octets.append(UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - index) * 8))) }
    }

    /// A mask whose first `length` of 64 bits are set.
    static func mask(length: Int) -> UInt64 {
        length == 0 ? 0 : ~0 << UInt64(64 - length)
    }
}
