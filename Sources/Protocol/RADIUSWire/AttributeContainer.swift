import RADIUSDictionary

/// What surrounds an attribute's value in a packet: the headers that the definition's space prescribes.
enum AttributeContainer {
    case standard(UInt8)
    case vendor(UInt32, number: UInt32, SubAttributeFormat)
    /// - header: what Extended-Vendor-Specific puts before the value, once (RFC 6929 §2.4).
    case extended(UInt8, extendedType: UInt8, header: [UInt8])

    /// - Throws: ``WireError/notOnTheWire(attribute:)`` for internal attributes and numbers that the space cannot carry.
    init(_ definition: AttributeDefinition, _ dictionary: AttributeDictionary?) throws(WireError) {
        let number = definition.path.first ?? 0
        switch definition.space {
        case .standard:
            guard let type = UInt8(exactly: number) else { throw .notOnTheWire(attribute: definition.name) }
            self = .standard(type)
        case .vendor(let pen):
            let format = SubAttributeFormat(dictionary?.vendor(pen), pen: pen)
            guard format.typeSize == 4 || number >> UInt32(8 * format.typeSize) == 0 else {
                throw .notOnTheWire(attribute: definition.name)
            }
            self = .vendor(pen, number: number, format)
        case .extended(let type):
            guard let extendedType = UInt8(exactly: number) else { throw .notOnTheWire(attribute: definition.name) }
            self = .extended(type, extendedType: extendedType, header: [])
        case .extendedVendor(let type, let pen):
            guard let vendorType = UInt8(exactly: number) else { throw .notOnTheWire(attribute: definition.name) }
            self = .extended(
                type, extendedType: AttributeType.vendorSpecific, header: BigEndian.octets(UInt64(pen), count: 4) + [vendorType])
        case .internal:
            throw .notOnTheWire(attribute: definition.name)
        }
    }

    /// Octets of value that fit; where values are sent in fragments, what a whole packet holds.
    var limit: Int {
        switch self {
        case .standard: 253
        case .vendor(_, _, let format): format.hasContinuation ? 4096 : format.valueLimit
        case .extended(let type, _, let header): Self.isLong(type) ? 4096 : 252 - header.count
        }
    }

    /// Appends the value with its headers. A standard value beyond 253 octets becomes consecutive attributes.
    func write(_ value: [UInt8], to bytes: inout [UInt8]) {
        switch self {
        case .standard(let type):
            writePieces(value, size: 253, type, headerSize: 0, to: &bytes) { _, _, _ in }
        case .vendor(let pen, let number, let format):
            writePieces(
                value, size: format.valueLimit, AttributeType.vendorSpecific, headerSize: 4 + format.headerSize, to: &bytes
            ) { count, hasMore, bytes in
                BigEndian.append(UInt64(pen), count: 4, to: &bytes)
                BigEndian.append(UInt64(number), count: format.typeSize, to: &bytes)
                BigEndian.append(UInt64(format.headerSize + count), count: format.lengthSize, to: &bytes)
                if format.hasContinuation { bytes.append(hasMore ? 0x80 : 0) }
            }
        case .extended(let type, let extendedType, let header):
            let isLong = Self.isLong(type)
            writePieces(
                header.isEmpty ? value : header + value, size: isLong ? 251 : 252, type, headerSize: isLong ? 2 : 1, to: &bytes
            ) { _, hasMore, bytes in
                bytes.append(extendedType)
                if isLong { bytes.append(hasMore ? 0x80 : 0) }
            }
        }
    }

    /// Types whose values may be sent in fragments (RFC 6929 §2.2).
    private static func isLong(_ type: UInt8) -> Bool { type >= 245 }

    /// Writes attributes of a type with at most `size` octets of the value each.
    /// - Parameter header: appends the `headerSize` octets before a piece, given its size and whether another follows.
    private func writePieces(
        _ value: [UInt8], size: Int, _ type: UInt8, headerSize: Int, to bytes: inout [UInt8], header: (Int, Bool, inout [UInt8]) -> Void
    ) {
        var start = 0
        repeat {
            let piece = value[start..<min(start + size, value.count)]
            bytes.append(type)
            bytes.append(UInt8(2 + headerSize + piece.count))
            header(piece.count, piece.endIndex < value.count, &bytes)
            bytes += piece
            start = piece.endIndex
        } while start < value.count
    }
}
