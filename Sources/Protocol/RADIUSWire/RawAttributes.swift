/// The place of one attribute's value inside a packet's octets.
public struct RawAttribute: Sendable {
    /// The Type field.
    public let type: UInt8
    /// Where the value starts.
    public let offset: Int
    /// How many octets the value has: 0…253.
    public let length: Int

    /// The value's octets.
    public var range: Range<Int> { offset..<(offset + length) }
}

/// A walk over the attributes of a packet.
///
/// It ends early where lengths do not add up, so it is safe over any octets.
public struct RawAttributes: Sequence, Sendable {
    let bytes: [UInt8]
    let start: Int

    /// Walks octets from an offset: 20 for a whole packet, 0 for attributes alone.
    public init(bytes: [UInt8], start: Int) {
        self.bytes = bytes
        self.start = start
    }

    public func makeIterator() -> Iterator {
        Iterator(bytes: bytes, offset: start)
    }

    public struct Iterator: IteratorProtocol {
        let bytes: [UInt8]
        var offset: Int

        public mutating func next() -> RawAttribute? {
            guard offset + 2 <= bytes.count else { return nil }
            let length = Int(bytes[offset + 1])
            guard length >= 2, offset + length <= bytes.count else { return nil }
            defer { offset += length }
            return RawAttribute(type: bytes[offset], offset: offset + 2, length: length - 2)
        }
    }
}
