import RADIUSWire

/// The vendor-specific attributes of FreeRADIUS (vendor 11344) in one packet.
struct FreeRADIUSAttributes {
    /// Numbers of `dictionary.freeradius`.
    enum Number: UInt8 {
        case statisticsType = 127
        case accessRequests = 128
        case proxyAccessRequests = 138
        case accountingRequests = 148
        case proxyAccountingRequests = 155
        case clientAddress = 167
        case clientNumber = 168
        case clientNetmask = 169
        case serverAddress = 170
        case serverPort = 171
        case serverOutstandingRequests = 172
        case serverState = 173
        case serverTimeOfDeath = 174
        case serverTimeOfLife = 175
        case startTime = 176
        case reloadTime = 177
        case averageWindow = 178
        case recentMicroseconds = 179
        case averageMicroseconds = 180
        case lastPacketReceived = 184
        case lastPacketSent = 185
        case error = 187
        case clientIPv6Address = 188
        case serverIPv6Address = 189
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
    var clientAddress: IPAddress? { address(.clientAddress, .clientIPv6Address) }

    /// Of the listener or home server that is asked for.
    var serverAddress: IPAddress? { address(.serverAddress, .serverIPv6Address) }

    private func address(_ version4: Number, _ version6: Number) -> IPAddress? {
        if let value = values[version4.rawValue], value.count == 4 { return IPAddress(bytes: value) }
        if let value = values[version6.rawValue], value.count == 16 { return IPAddress(bytes: value) }
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

        mutating func append(client address: IPAddress) {
            append((address.version == 4 ? Number.clientAddress : .clientIPv6Address).rawValue, octets: address.bytes)
        }

        mutating func append(server endpoint: SocketEndpoint) {
            let number = endpoint.address.version == 4 ? Number.serverAddress : .serverIPv6Address
            append(number.rawValue, octets: endpoint.address.bytes)
            append(.serverPort, Int64(endpoint.port))
        }

        private mutating func append(_ number: UInt8, octets: [UInt8]) {
            bytes += [AttributeType.vendorSpecific, UInt8(octets.count + 8)] + FreeRADIUSAttributes.vendor
            bytes += [number, UInt8(octets.count + 2)] + octets
        }
    }
}
