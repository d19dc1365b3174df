import RADIUSDictionary

/// Extended attributes 241 to 246 (RFC 6929).
extension AttributeDecoder {
    /// Extended-Type and value (RFC 6929 §2.1).
    mutating func decodeExtended(_ raw: RawAttribute) {
        guard raw.length > 1 else { return appendRaw(raw) }
        if !append(bytes[raw.range].dropFirst(), space: raw.type, number: bytes[raw.offset]) { appendRaw(raw) }
    }

    /// Extended-Type, flags and value, which may go on in the attributes that follow (RFC 6929 §2.2).
    mutating func decodeLongExtended(_ first: RawAttribute) {
        guard first.length >= 2 else { return appendRaw(first) }
        let number = bytes[first.offset]
        var pieces = [first]
        var value = Array(bytes[first.range].dropFirst(2))
        var hasMore = self.hasMore(first)
        while hasMore, let piece = following, piece.type == first.type, piece.length >= 2, bytes[piece.offset] == number {
            skipFollowing()
            pieces.append(piece)
            value += bytes[piece.range].dropFirst(2)
            hasMore = self.hasMore(piece)
        }
        if hasMore || !append(value[...], space: first.type, number: number) {
            for piece in pieces { appendRaw(piece) }
        }
    }

    /// - Returns: false when there is no value, or the Extended-Vendor-Specific header (RFC 6929 §2.4) is not whole.
    private mutating func append(_ value: ArraySlice<UInt8>, space: UInt8, number: UInt8) -> Bool {
        guard !value.isEmpty else { return false }
        guard number == AttributeType.vendorSpecific else {
            append(value, for: dictionary.attribute(extended: space, UInt32(number)) ?? .unknown(.extended(space), path: [UInt32(number)]))
            return true
        }
        guard value.count > 5, value[value.startIndex] == 0 else { return false }
        let pen = UInt32(truncatingIfNeeded: BigEndian.unsigned(value.prefix(4)))
        let type = UInt32(value[value.startIndex + 4])
        append(
            value.dropFirst(5),
            for: dictionary.attribute(extended: space, vendor: pen, type) ?? .unknown(.extendedVendor(space, pen), path: [type]))
        return true
    }

    private func hasMore(_ raw: RawAttribute) -> Bool {
        bytes[raw.offset + 1] & 0x80 != 0
    }
}
