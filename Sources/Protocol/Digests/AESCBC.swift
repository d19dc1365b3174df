internal import COpenSSL

/// AES-256-CBC with PKCS #7 padding (NIST SP 800-38A), where a protocol prescribes it. Nothing authenticates the text.
public enum AESCBC {
    /// - Parameters:
    ///   - key: 32 octets.
    ///   - vector: 16 octets.
    /// - Returns: nil for arguments of other lengths and for wrong padding, which another key makes in nearly every case.
    public static func decrypt(_ sealed: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8]? {
        guard key.count == 32, vector.count == 16, !sealed.isEmpty, sealed.count.isMultiple(of: 16), sealed.count < 1 << 20,
            let cipher = EVP_CIPHER_CTX_new()
        else { return nil }
        defer { EVP_CIPHER_CTX_free(cipher) }
        var output = [UInt8](repeating: 0, count: sealed.count + 16)
        var length: Int32 = 0
        var rest: Int32 = 0
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key, vector) == 1,
            EVP_DecryptUpdate(cipher, &output, &length, sealed, Int32(sealed.count)) == 1
        else { return nil }
        let end = Int(length)
        let finished = output.withUnsafeMutableBufferPointer { buffer in
            EVP_DecryptFinal_ex(cipher, buffer.baseAddress.map { $0 + end }, &rest) == 1
        }
        return finished ? Array(output.prefix(end + Int(rest))) : nil
    }
}
