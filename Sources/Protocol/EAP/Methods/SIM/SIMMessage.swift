internal import Digests

/// The type-data of a received packet: subtype and attributes (RFC 4186 §8.1).
struct SIMMessage {
    let subtype: SIMSubtype
    /// Values without type and length octets: 2, 6, 10 … octets.
    private var values: [SIMAttribute: [UInt8]] = [:]
    /// The data with the MAC's octets zeroed, as the MAC was computed.
    private var unsigned: [UInt8]

    init(_ data: [UInt8]) throws(EAPFailure) {
        guard data.count >= 3, let subtype = SIMSubtype(rawValue: data[0]) else { throw .malformed("subtype") }
        self.subtype = subtype
        unsigned = data
        values = try Self.attributes(data, from: 3)
        if let mac = values[.mac] {
            guard mac.count == 18, let offset = Self.offset(of: .mac, in: data) else { throw .malformed("AT_MAC") }
            for index in offset + 4..<offset + 20 { unsigned[index] = 0 }
        }
    }

    /// The value of an attribute; nil when absent.
    subscript(_ attribute: SIMAttribute) -> [UInt8]? { values[attribute] }

    /// The value of an attribute that ends in a fixed number of octets after two reserved ones.
    func fixed(_ attribute: SIMAttribute, _ count: Int) -> [UInt8]? {
        guard let value = values[attribute], value.count == count + 2 else { return nil }
        return Array(value.dropFirst(2))
    }

    /// The value of an attribute that begins with its actual length in octets.
    func counted(_ attribute: SIMAttribute) -> [UInt8]? {
        guard let value = values[attribute] else { return nil }
        let length = Int(value[0]) << 8 | Int(value[1])
        return length <= value.count - 2 ? Array(value[2..<2 + length]) : nil
    }

    /// A value of two octets.
    func number(_ attribute: SIMAttribute) -> UInt16? {
        guard let value = values[attribute], value.count == 2 else { return nil }
        return UInt16(value[0]) << 8 | UInt16(value[1])
    }

    /// Whether AT_MAC is right for this response.
    /// - Parameters:
    ///   - identifier: of the response.
    ///   - extra: what the method appends to the packet (RFC 4186 §10.14).
    func hasValidMAC(_ variant: SIMVariant, identifier: UInt8, key: [UInt8], extra: [UInt8] = []) -> Bool {
        guard let mac = fixed(.mac, 16) else { return false }
        let packet = EAPPacket(.response, identifier: identifier, type: variant.type, data: unsigned).bytes
        return constantTimeEqual(Array(variant.mac.authenticate(packet + extra, key: key).prefix(16)), mac)
    }

    /// The attributes of AT_ENCR_DATA; nil when absent or not decryptable.
    func decrypted(key: [UInt8]) -> SIMMessage? {
        guard let iv = fixed(.iv, 16), let value = values[.encryptedData], value.count > 2,
            let plain = BlockCipher.decryptCBC(Array(value.dropFirst(2)), key: key, iv: iv)
        else { return nil }
        return try? SIMMessage([subtype.rawValue, 0, 0] + plain)
    }

    private static func attributes(_ data: [UInt8], from start: Int) throws(EAPFailure) -> [SIMAttribute: [UInt8]] {
        var values: [SIMAttribute: [UInt8]] = [:]
        var position = start
        while position < data.count {
            guard position + 1 < data.count else { throw .malformed("attribute") }
            let length = 4 * Int(data[position + 1])
            guard length > 0, position + length <= data.count else { throw .malformed("attribute \(data[position])") }
            if let attribute = SIMAttribute(rawValue: data[position]) {
                // AT_KDF alone may stand several times; the first is the peer's choice.
                guard values[attribute] == nil || attribute == .kdf else { throw .malformed("second attribute \(data[position])") }
                values[attribute] = values[attribute] ?? Array(data[position + 2..<position + length])
            } else if data[position] < 128 {
                throw .malformed("unknown attribute \(data[position])")
            }
            position += length
        }
        return values
    }

    private static func offset(of attribute: SIMAttribute, in data: [UInt8]) -> Int? {
        var position = 3
        while position + 1 < data.count, data[position + 1] > 0 {
            if data[position] == attribute.rawValue { return position }
            position += 4 * Int(data[position + 1])
        }
        return nil
    }
}
