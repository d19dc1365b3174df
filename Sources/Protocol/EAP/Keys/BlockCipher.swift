internal import COpenSSL

/// AES as EAP-SIM, EAP-AKA and MILENAGE use it, without padding.
enum BlockCipher {
    /// Encrypts with AES-128 in CBC mode.
    /// - Parameters:
    ///   - key: 16 octets.
    ///   - iv: 16 octets.
    ///   - plaintext: a multiple of 16 octets.
    /// - Returns: nil when a length is wrong.
    static func encryptCBC(_ plaintext: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8]? {
        run(plaintext, EVP_aes_128_cbc(), key: key, iv: iv, encrypts: true)
    }

    /// Undoes ``encryptCBC(_:key:iv:)``.
    static func decryptCBC(_ ciphertext: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8]? {
        run(ciphertext, EVP_aes_128_cbc(), key: key, iv: iv, encrypts: false)
    }

    /// Encrypts one block of 16 octets with AES-128; nil when a length is wrong.
    static func encryptBlock(_ block: [UInt8], key: [UInt8]) -> [UInt8]? {
        run(block, EVP_aes_128_ecb(), key: key, iv: [UInt8](repeating: 0, count: 16), encrypts: true)
    }

    private static func run(_ input: [UInt8], _ cipher: OpaquePointer?, key: [UInt8], iv: [UInt8], encrypts: Bool) -> [UInt8]? {
        guard key.count == 16, iv.count == 16, input.count.isMultiple(of: 16), let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        guard EVP_CipherInit_ex(context, cipher, nil, key, iv, encrypts ? 1 : 0) == 1 else { return nil }
        EVP_CIPHER_CTX_set_padding(context, 0)
        var written: Int32 = 0
        let output = [UInt8](unsafeUninitializedCapacity: input.count + 16) { buffer, count in
            let isDone = EVP_CipherUpdate(context, buffer.baseAddress, &written, input, Int32(input.count)) == 1
            count = isDone ? Int(written) : 0
        }
        return output.count == input.count ? output : nil
    }
}
