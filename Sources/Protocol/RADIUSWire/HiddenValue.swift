import Digests

/// The three ways in which RADIUS hides a value with the shared secret.
///
/// All are MD5 key streams; the vector is the Request Authenticator, or zeros in requests whose authenticator is computed last.
enum HiddenValue {
    /// Hides a User-Password (RFC 2865 §5.2): zero-padded to a multiple of 16, at least 16, and XORed with MD5(secret ‖ previous block).
    static func hidePassword(_ password: [UInt8], secret: SharedSecret, vector: Authenticator) -> [UInt8] {
        let length = max(16, (password.count + 15) & ~15)
        var octets = password + repeatElement(0, count: length - password.count)
        chain(&octets, first: keyStream(secret, vector), secret: secret, hiding: true)
        return octets
    }

    /// Undoes ``hidePassword(_:secret:vector:)``; the padding stays.
    static func revealPassword(_ hidden: ArraySlice<UInt8>, secret: SharedSecret, vector: Authenticator) -> [UInt8] {
        var octets = Array(hidden)
        chain(&octets, first: keyStream(secret, vector), secret: secret, hiding: false)
        return octets
    }

    /// Hides a Tunnel-Password (RFC 2868 §3.5): tag if there is one, salt, then length octet and data.
    ///
    /// Padded to a multiple of 16, or to the room that the attribute has when that is less; decoders take a partial last block.
    /// - Parameters:
    ///   - data: at most 255 octets and `limit - 3`.
    ///   - limit: octets that salt and cipher text may take.
    static func hideSalted(
        _ data: [UInt8], tag: UInt8?, salt: UInt16, secret: SharedSecret, vector: Authenticator, limit: Int
    ) -> [UInt8] {
        let length = min((1 + data.count + 15) & ~15, limit - 2)
        var octets: [UInt8] = []
        octets.reserveCapacity(3 + length)
        if let tag { octets.append(tag) }
        octets.append(UInt8(salt >> 8))
        octets.append(UInt8(salt & 0xff))
        let start = octets.count
        octets.append(UInt8(data.count))
        octets.append(contentsOf: data)
        for _ in 0..<(length - 1 - data.count) { octets.append(0) }
        chain(&octets, from: start, first: keyStream(secret, vector, salt: octets[(start - 2)..<start]), secret: secret, hiding: true)
        return octets
    }

    /// Undoes ``hideSalted(_:tag:salt:secret:vector:limit:)``, without the tag.
    /// - Returns: nil without a salt, or when the length octet exceeds the cipher text: the secret is another one.
    static func revealSalted(_ hidden: ArraySlice<UInt8>, secret: SharedSecret, vector: Authenticator) -> [UInt8]? {
        guard hidden.count >= 2 else { return nil }
        guard hidden.count > 3 else { return [] }
        var plain = Array(hidden.dropFirst(2))
        chain(&plain, first: keyStream(secret, vector, salt: hidden.prefix(2)), secret: secret, hiding: false)
        let length = Int(plain[0])
        guard length < plain.count else { return nil }
        return Array(plain.dropFirst().prefix(length))
    }

    /// Hides or reveals an Ascend secret: 16 octets XORed with MD5(vector ‖ secret).
    /// - Parameter value: at most 16 octets, zero-padded.
    static func ascendSecret(_ value: some Collection<UInt8>, secret: SharedSecret, vector: Authenticator) -> [UInt8] {
        var md5 = MD5()
        md5.update(vector.digest)
        md5.update(secret.bytes)
        var result = md5.finish().bytes
        for (index, octet) in zip(result.indices, value) { result[index] ^= octet }
        return result
    }

    private static func keyStream(_ secret: SharedSecret, _ vector: Authenticator, salt: ArraySlice<UInt8> = []) -> MD5Digest {
        var md5 = MD5()
        md5.update(secret.bytes)
        md5.update(vector.digest)
        md5.update(salt)
        return md5.finish()
    }

    /// XORs block after block in place, from an offset; each key is MD5(secret ‖ previous block of cipher text).
    private static func chain(_ octets: inout [UInt8], from offset: Int = 0, first: MD5Digest, secret: SharedSecret, hiding: Bool) {
        var start = offset
        var key = first
        while true {
            let end = min(start + 16, octets.count)
            var next = MD5()
            if end < octets.count {
                next.update(secret.bytes)
                if !hiding { next.update(octets[start..<end]) }
            }
            withUnsafeBytes(of: (key.low, key.high)) { stream in
                for index in start..<end { octets[index] ^= stream[index - start] }
            }
            guard end < octets.count else { return }
            if hiding { next.update(octets[start..<end]) }
            key = next.finish()
            start = end
        }
    }
}

extension Packet {
    /// The User-Password of an Access-Request in clear, without the trailing zero octets (RFC 2865 §5.2).
    ///
    /// With a wrong secret the result is noise, not nil.
    /// - Returns: nil when there is none or it is empty.
    public func userPassword(_ secret: SharedSecret) -> [UInt8]? {
        guard let hidden = value(AttributeType.userPassword), !hidden.isEmpty else { return nil }
        return HiddenValue.revealPassword(hidden, secret: secret, vector: authenticator).withoutTrailingZeros
    }
}

extension [UInt8] {
    var withoutTrailingZeros: [UInt8] {
        let end = lastIndex { $0 != 0 }
        return Array(prefix(end.map { $0 + 1 } ?? 0))
    }
}
