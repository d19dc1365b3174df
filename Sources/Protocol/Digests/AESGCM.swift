import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with a random nonce in front and the tag behind.
public enum AESGCM {
    private static let nonceLength = 12
    private static let tagLength = 16

    /// Encrypts and authenticates.
    /// - Parameters:
    ///   - key: 32 octets.
    ///   - context: what the text belongs to; only the same context opens it.
    /// - Returns: nonce ‖ ciphertext ‖ tag, 28 octets longer than the text; nil for a key of another length, and when no randomness can be had.
    public static func seal(_ text: [UInt8], key: [UInt8], context: [UInt8]) -> [UInt8]? {
        var nonce = [UInt8](repeating: 0, count: nonceLength)
        guard key.count == 32, RAND_bytes(&nonce, Int32(nonceLength)) == 1, let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        var output = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: tagLength)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1,
            EVP_EncryptUpdate(cipher, &output, &length, text, Int32(text.count)) == 1,
            EVP_EncryptFinal_ex(cipher, nil, &length) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
        else { return nil }
        return nonce + output + tag
    }

    /// Checks and decrypts what ``seal(_:key:context:)`` made.
    /// - Returns: nil for another key or context, and for anything changed on the way.
    public static func open(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard key.count == 32, sealed.count >= nonceLength + tagLength, let cipher = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        let text = Array(sealed[nonceLength..<(sealed.count - tagLength)])
        var tag = Array(sealed.suffix(tagLength))
        var output = [UInt8](repeating: 0, count: text.count)
        var length: Int32 = 0
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, Array(sealed.prefix(nonceLength))) == 1,
            EVP_DecryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1,
            EVP_DecryptUpdate(cipher, &output, &length, text, Int32(text.count)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1,
            EVP_DecryptFinal_ex(cipher, nil, &length) == 1
        else { return nil }
        return output
    }
}
