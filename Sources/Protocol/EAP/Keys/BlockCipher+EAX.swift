internal import COpenSSL
internal import Digests

extension BlockCipher {
    /// AES-128-CMAC (RFC 4493, also called OMAC1); 16 octets, nil when the key has another length.
    static func mac(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
        guard key.count == 16, let context = CMAC_CTX_new() else { return nil }
        defer { CMAC_CTX_free(context) }
        guard CMAC_Init(context, key, key.count, EVP_aes_128_cbc(), nil) == 1, CMAC_Update(context, message, message.count) == 1 else {
            return nil
        }
        var length = 16
        let mac = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = CMAC_Final(context, buffer.baseAddress, &length) == 1 ? length : 0
        }
        return mac.count == 16 ? mac : nil
    }

    /// Encrypts and authenticates with AES-128 in EAX mode (Bellare, Rogaway, Wagner, 2004).
    /// - Parameters:
    ///   - key: 16 octets.
    ///   - header: is authenticated only.
    /// - Returns: ciphertext as long as the plaintext, and a tag of 16 octets.
    static func sealEAX(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], header: [UInt8]
    ) -> (ciphertext: [UInt8], tag: [UInt8])? {
        guard let start = mac(0, nonce, key: key), let ciphertext = count(plaintext, key: key, from: start),
            let tag = tag(ciphertext, key: key, start: start, header: header)
        else { return nil }
        return (ciphertext, tag)
    }

    /// Undoes ``sealEAX(_:key:nonce:header:)``.
    /// - Returns: nil when anything was changed on the way.
    static func openEAX(_ ciphertext: [UInt8], tag: [UInt8], key: [UInt8], nonce: [UInt8], header: [UInt8]) -> [UInt8]? {
        guard let start = mac(0, nonce, key: key), let expected = self.tag(ciphertext, key: key, start: start, header: header),
            constantTimeEqual(expected, tag)
        else { return nil }
        return count(ciphertext, key: key, from: start)
    }

    private static func tag(_ ciphertext: [UInt8], key: [UInt8], start: [UInt8], header: [UInt8]) -> [UInt8]? {
        guard let headerMAC = mac(1, header, key: key), let textMAC = mac(2, ciphertext, key: key) else { return nil }
        return start.indices.map { start[$0] ^ headerMAC[$0] ^ textMAC[$0] }
    }

    /// CMAC of one of the three inputs, told apart by a block in front.
    private static func mac(_ input: UInt8, _ message: [UInt8], key: [UInt8]) -> [UInt8]? {
        mac([UInt8](repeating: 0, count: 15) + [input] + message, key: key)
    }

    /// Counter mode.
    private static func count(_ input: [UInt8], key: [UInt8], from start: [UInt8]) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        guard EVP_CipherInit_ex(context, EVP_aes_128_ctr(), nil, key, start, 1) == 1 else { return nil }
        var written: Int32 = 0
        let output = [UInt8](unsafeUninitializedCapacity: input.count) { buffer, count in
            let isDone = EVP_CipherUpdate(context, buffer.baseAddress, &written, input, Int32(input.count)) == 1
            count = isDone ? Int(written) : 0
        }
        return output.count == input.count ? output : nil
    }
}
