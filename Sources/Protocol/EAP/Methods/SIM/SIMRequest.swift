/// Builds the type-data of a request (RFC 4186 §8.1).
struct SIMRequest {
    private(set) var data: [UInt8]

    init(_ subtype: SIMSubtype) {
        data = [subtype.rawValue, 0, 0]
    }

    /// Adds an attribute; the value is filled with zeros to whole words.
    /// - Parameter value: what follows the length octet; less than 1018 octets.
    mutating func add(_ attribute: SIMAttribute, _ value: [UInt8] = [0, 0]) {
        let words = (value.count + 5) / 4
        data += [attribute.rawValue, UInt8(truncatingIfNeeded: words)] + value
        data += [UInt8](repeating: 0, count: 4 * words - 2 - value.count)
    }

    mutating func add(_ attribute: SIMAttribute, number: UInt16) {
        add(attribute, [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)])
    }

    /// Adds an attribute with two reserved octets before its value.
    mutating func add(_ attribute: SIMAttribute, fixed value: [UInt8]) {
        add(attribute, [0, 0] + value)
    }

    /// Adds an attribute whose value begins with its actual length.
    mutating func add(_ attribute: SIMAttribute, counted value: [UInt8]) {
        add(attribute, [UInt8(truncatingIfNeeded: value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value)
    }

    /// Adds AT_IV and AT_ENCR_DATA with the attributes of `content` (RFC 4186 §10.12).
    mutating func add(encrypted content: SIMRequest, key: [UInt8], iv: [UInt8]) {
        var inner = content
        let missing = (16 - (inner.data.count - 3) % 16) % 16
        if missing > 0 { inner.add(.padding, [UInt8](repeating: 0, count: missing - 2)) }
        guard let ciphertext = BlockCipher.encryptCBC(Array(inner.data.dropFirst(3)), key: key, iv: iv) else { return }
        add(.iv, fixed: iv)
        add(.encryptedData, fixed: ciphertext)
    }

    /// Ends the request with AT_MAC.
    /// - Parameter extra: what the method appends to the packet before it is authenticated.
    /// - Returns: the type-data and the MAC.
    func signed(_ variant: SIMVariant, identifier: UInt8, key: [UInt8], extra: [UInt8] = []) -> (data: [UInt8], mac: [UInt8]) {
        var zeroed = self
        zeroed.add(.mac, fixed: [UInt8](repeating: 0, count: 16))
        let packet = EAPPacket(.request, identifier: identifier, type: variant.type, data: zeroed.data).bytes
        let mac = Array(variant.mac.authenticate(packet + extra, key: key).prefix(16))
        return (zeroed.data.dropLast(16) + mac, mac)
    }
}
