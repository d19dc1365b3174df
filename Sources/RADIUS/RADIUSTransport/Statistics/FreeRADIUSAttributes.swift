import RADIUSWire

/// The vendor-specific attributes of FreeRADIUS (vendor 11344) in one packet.
struct FreeRADIUSAttributes {
    /// Numbers of `dictionary.freeradius`.
    enum Number: UInt8 {
        case statisticsType = 127
        case accessRequests = 128
        case accountingRequests = 148
        case clientAddress = 167
        case clientNumber = 168
        case clientNetmask = 169
        case startTime = 176
        case reloadTime = 177
        case error = 187
        case clientIPv6Address = 188
    }

    private static let vendor: [UInt8] = [0, 0, 0x2c, 0x50]
    private var values: [UInt8: ArraySlice<UInt8>] = [:]

    init(_ packet: Packet) {
        for attribute in packet.attributes where attribute.type == AttributeType.vendorSpecific && attribute.length >= 6 {
            let value = packet.bytes[attribute.range]
            let start = value.startIndex
            guard value.starts(with: Self.vendor), Int(value[start + 5]) == attribute.length - 4 else { continue }
            values[value[start + 4]] = value[(start + 6)...]
        }
    }

    func integer(_ number: Number) -> UInt32? {
        guard let value = values[number.rawValue], value.count == 4 else { return nil }
        return value.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Of the client that is asked for.
    var address: IPAddress? {
        if let value = values[Number.clientAddress.rawValue], value.count == 4 { return IPAddress(bytes: value) }
        if let value = values[Number.clientIPv6Address.rawValue], value.count == 16 { return IPAddress(bytes: value) }
        return nil
    }

    /// Encodes such attributes, one in each Vendor-Specific.
    struct Writer {
        private(set) var bytes: [UInt8] = []

        /// A counter or a time; counters go round at 2^32.
        mutating func append(_ number: UInt8, _ value: UInt64) {
            append(number, octets: withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian, Array.init))
        }

        mutating func append(_ number: Number, _ value: Int64) { append(number.rawValue, UInt64(bitPattern: value)) }

        mutating func append(_ number: Number, _ text: String) { append(number.rawValue, octets: Array(text.utf8)) }

        mutating func append(_ address: IPAddress) {
            append((address.version == 4 ? Number.clientAddress : .clientIPv6Address).rawValue, octets: address.bytes)
        }

        private mutating func append(_ number: UInt8, octets: [UInt8]) {
            bytes += [AttributeType.vendorSpecific, UInt8(octets.count + 8)] + FreeRADIUSAttributes.vendor
            bytes += [number, UInt8(octets.count + 2)] + octets
        }
    }
}
