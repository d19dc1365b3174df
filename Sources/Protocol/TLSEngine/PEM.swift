import COpenSSL

/// OpenSSL objects out of texts. Whoever gets a pointer frees it.
enum PEM {
    /// Reads through a BIO over memory that lives as long as `body`.
    static func withBIO<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        bytes.withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    /// All certificates of a text in their order; other blocks are skipped.
    /// - Throws: what is wrong with a block; nothing for a text without any.
    static func certificates(_ text: String) throws(TLSError) -> [OpenSSLObject] {
        OpenSSLErrors.clear()
        var found: [OpenSSLObject] = []
        let isWhole = withBIO(Array(text.utf8)) { bio in
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
                found.append(OpenSSLObject(certificate, free: X509_free))
            }
            return isAtEnd
        }
        guard text.isEmpty || isWhole == true else { throw .certificate(OpenSSLErrors.take()) }
        OpenSSLErrors.clear()
        return found
    }

    /// The lists of one file: PEM, or one in DER.
    static func revocationLists(_ bytes: [UInt8]) throws(TLSError) -> [OpenSSLObject] {
        OpenSSLErrors.clear()
        var found: [OpenSSLObject] = []
        if bytes.first == 0x30 {
            let list = bytes.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return d2i_X509_CRL(nil, &start, buffer.count)
            }
            guard let list else { throw .revocationList(OpenSSLErrors.take()) }
            return [OpenSSLObject(list, free: X509_CRL_free)]
        }
        let isWhole = withBIO(bytes) { bio in
            while let list = PEM_read_bio_X509_CRL(bio, nil, nil, nil) { found.append(OpenSSLObject(list, free: X509_CRL_free)) }
            return isAtEnd
        }
        guard isWhole == true, !found.isEmpty else { throw .revocationList(OpenSSLErrors.take()) }
        OpenSSLErrors.clear()
        return found
    }

    /// - Parameter password: for an encrypted key.
    static func privateKey(_ text: String, password: String?) throws(TLSError) -> OpenSSLObject {
        OpenSSLErrors.clear()
        var password = password.map { Array($0.utf8) }
        let key = withBIO(Array(text.utf8)) { bio in
            withUnsafeMutablePointer(to: &password) { password in
                PEM_read_bio_PrivateKey(
                    bio, nil,
                    { buffer, size, _, data in
                        // Without this callback OpenSSL would ask at the terminal.
                        guard let buffer, let secret = data?.assumingMemoryBound(to: [UInt8]?.self).pointee, secret.count <= size else {
                            return -1
                        }
                        UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyBytes(from: secret)
                        return Int32(secret.count)
                    }, password)
            }
        }
        guard let key else { throw .privateKey(OpenSSLErrors.take()) }
        return OpenSSLObject(key, free: EVP_PKEY_free)
    }

    /// The last read failed because no block was left, not because one is broken.
    private static var isAtEnd: Bool {
        let error = ERR_peek_last_error()
        return Int32(truncatingIfNeeded: error & 0x7f_ffff) == PEM_R_NO_START_LINE
    }
}

/// An object of OpenSSL's that is freed with its last reference.
final class OpenSSLObject {
    let pointer: OpaquePointer
    private let free: (OpaquePointer) -> Void

    init(_ pointer: OpaquePointer, free: @escaping (OpaquePointer) -> Void) {
        self.pointer = pointer
        self.free = free
    }

    deinit { free(pointer) }
}
