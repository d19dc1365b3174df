import RADIUSDictionary

/// Vendor-Specific (RFC 2865 §5.26): a vendor's number and sub-attributes in the vendor's own format.
extension AttributeDecoder {
    /// One sub-attribute's place.
    private struct SubAttribute {
        var number: UInt32
        var value: ArraySlice<UInt8>
        /// The continuation octet's top bit: the value goes on in the next Vendor-Specific attribute.
        var hasMore: Bool
    }

    mutating func decodeVendorSpecific(_ raw: RawAttribute) {
        guard let pen = vendor(raw) else { return appendRaw(raw) }
        let format = SubAttributeFormat(dictionary.vendor(pen), pen: pen)
        guard let parts = split(bytes[raw.range].dropFirst(4), format) else { return appendRaw(raw) }
        if let part = parts.first, part.hasMore, parts.count == 1 { return decodeContinued(raw, pen, format, part) }
        guard !parts.contains(where: \.hasMore) else { return appendRaw(raw) }
        for part in parts { append(part.value, for: definition(pen, part.number)) }
    }

    /// Joins the fragments of a long value; if one lacks, all stay raw.
    private mutating func decodeContinued(_ first: RawAttribute, _ pen: UInt32, _ format: SubAttributeFormat, _ start: SubAttribute) {
        var pieces = [first]
        var value = Array(start.value)
        var hasMore = true
        while hasMore, let raw = following, let fragment = fragment(raw, of: start, pen, format) {
            skipFollowing()
            pieces.append(raw)
            value += fragment.value
            hasMore = fragment.hasMore
        }
        guard !hasMore else {
            for piece in pieces { appendRaw(piece) }
            return
        }
        append(value[...], for: definition(pen, start.number))
    }

    /// The only sub-attribute of a Vendor-Specific of the same vendor and type.
    private func fragment(_ raw: RawAttribute, of start: SubAttribute, _ pen: UInt32, _ format: SubAttributeFormat) -> SubAttribute? {
        guard raw.type == AttributeType.vendorSpecific, vendor(raw) == pen,
            let parts = split(bytes[raw.range].dropFirst(4), format), parts.count == 1, parts[0].number == start.number
        else { return nil }
        return parts[0]
    }

    private func definition(_ pen: UInt32, _ number: UInt32) -> AttributeDefinition {
        dictionary.attribute(vendor: pen, number) ?? .unknown(.vendor(pen), path: [number])
    }

    /// The vendor's number: 24 bits, not zero.
    private func vendor(_ raw: RawAttribute) -> UInt32? {
        guard raw.length > 4, bytes[raw.offset] == 0 else { return nil }
        let pen = UInt32(truncatingIfNeeded: BigEndian.unsigned(bytes[raw.offset..<(raw.offset + 4)]))
        return pen == 0 ? nil : pen
    }

    /// - Returns: nil when the lengths do not add up, or the parts are more than a whole packet may have.
    private func split(_ body: ArraySlice<UInt8>, _ format: SubAttributeFormat) -> [SubAttribute]? {
        let header = format.headerSize
        var parts: [SubAttribute] = []
        var rest = body
        while !rest.isEmpty {
            guard rest.count >= header, parts.count < maximumAttributes else { return nil }
            let number = UInt32(truncatingIfNeeded: BigEndian.unsigned(rest.prefix(format.typeSize)))
            var length = rest.count
            if format.lengthSize > 0 {
                length = Int(BigEndian.unsigned(rest.dropFirst(format.typeSize).prefix(format.lengthSize)))
                guard length >= header, length <= rest.count else { return nil }
            }
            let hasMore = format.hasContinuation && rest[rest.startIndex + header - 1] & 0x80 != 0
            parts.append(SubAttribute(number: number, value: rest.prefix(length).dropFirst(header), hasMore: hasMore))
            rest = rest.dropFirst(length)
        }
        return parts
    }
}
