import COpenSSL

/// Digest of a handshake's transcript and key derivation.
public enum TLSHash: String, Sendable {
    /// TLS 1.0 and 1.1.
    case md5AndSHA1
    case sha256
    case sha384

    private var algorithm: OpaquePointer? {
        switch self {
        case .md5AndSHA1: EVP_md5_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        }
    }

    /// TLS's pseudo-random function (RFC 5246 §5; RFC 2246 §5 for ``md5AndSHA1``).
    /// - Parameters:
    ///   - label: printable text.
    ///   - length: octets to make, up to 1024.
    /// - Returns: nil when OpenSSL refuses, as for an empty secret.
    public func prf(secret: [UInt8], label: String, seed: [UInt8], length: Int) -> [UInt8]? {
        guard let derivation = EVP_PKEY_CTX_new_id(EVP_PKEY_TLS1_PRF, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(derivation) }
        let seed = Array(label.utf8) + seed
        var output = [UInt8](repeating: 0, count: length)
        var count = length
        OpenSSLErrors.clear()
        guard EVP_PKEY_derive_init(derivation) == 1, EVP_PKEY_CTX_set_tls1_prf_md(derivation, algorithm) == 1,
            EVP_PKEY_CTX_set1_tls1_prf_secret(derivation, secret, Int32(secret.count)) == 1,
            EVP_PKEY_CTX_add1_tls1_prf_seed(derivation, seed, Int32(seed.count)) == 1,
            EVP_PKEY_derive(derivation, &output, &count) == 1, count == length
        else { return nil }
        return output
    }

    /// HMAC (RFC 2104) with this digest; nil for ``md5AndSHA1``, which has none.
    public func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8]? {
        guard self != .md5AndSHA1 else { return nil }
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard HMAC(algorithm, key, Int32(key.count), message, message.count, &output, &count) != nil else { return nil }
        return Array(output.prefix(Int(count)))
    }
}

extension TLSSession {
    /// Exports keying material (RFC 5705, RFC 8446 §7.5).
    /// - Parameters:
    ///   - context: nil: none, which up to TLS 1.2 is not the same as an empty one.
    ///   - length: octets; in TLS 1.3 the result depends on it.
    /// - Returns: nil before the handshake is done.
    public func export(label: String, context: [UInt8]?, length: Int) -> [UInt8]? {
        guard isEstablished, length > 0 else { return nil }
        OpenSSLErrors.clear()
        var output = [UInt8](repeating: 0, count: length)
        let isDone = SSL_export_keying_material(
            pointer, &output, length, label, label.utf8.count, context ?? [], context?.count ?? 0, context == nil ? 0 : 1)
        return isDone == 1 ? output : nil
    }

    /// 32 octets once both hellos are through.
    public var clientRandom: [UInt8] { random(SSL_get_client_random) }
    public var serverRandom: [UInt8] { random(SSL_get_server_random) }

    /// 48 octets up to TLS 1.2; empty in TLS 1.3, which has none, and before the handshake is done.
    public var masterSecret: [UInt8] {
        guard isEstablished, let version, version < .v1_3, let session = SSL_get_session(pointer) else { return [] }
        var secret = [UInt8](repeating: 0, count: Int(SSL_MAX_MASTER_KEY_LENGTH))
        let count = SSL_SESSION_get_master_key(session, &secret, secret.count)
        return Array(secret.prefix(count))
    }

    /// The hash of the negotiated PRF, for methods that derive more keys with it (TEAP); nil before the handshake is done.
    public var handshakeHash: TLSHash? {
        guard isEstablished, let version, let cipher, let algorithm = SSL_CIPHER_get_handshake_digest(cipher) else { return nil }
        if version < .v1_2 { return .md5AndSHA1 }
        // Suites older than TLS 1.2 have its default hash there.
        return EVP_MD_get_type(algorithm) == NID_sha384 ? .sha384 : .sha256
    }

    /// Octets of the key block (RFC 5246 §6.3) that the cipher suite uses up to TLS 1.2; EAP-FAST's own seed follows them (RFC 4851 §5.1).
    public var keyBlockLength: Int? {
        guard isEstablished, let version, version < .v1_3, let cipher,
            let algorithm = EVP_get_cipherbyname(OBJ_nid2sn(SSL_CIPHER_get_cipher_nid(cipher)))
        else { return nil }
        let digest = EVP_get_digestbyname(OBJ_nid2sn(SSL_CIPHER_get_digest_nid(cipher)))
        let isAEAD = SSL_CIPHER_is_aead(cipher) == 1
        let macLength = isAEAD ? 0 : digest.map { Int(EVP_MD_get_size($0)) } ?? 0
        // Of a GCM or CCM nonce only the fixed part, 4 octets, is in the block (RFC 5288 §3, RFC 6655 §3).
        let mode = EVP_CIPHER_get_mode(algorithm)
        let ivLength = mode == EVP_CIPH_GCM_MODE || mode == EVP_CIPH_CCM_MODE ? 4 : Int(EVP_CIPHER_get_iv_length(algorithm))
        return 2 * (macLength + Int(EVP_CIPHER_get_key_length(algorithm)) + ivLength)
    }

    private func random(_ read: (OpaquePointer?, UnsafeMutablePointer<UInt8>?, Int) -> Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(SSL3_RANDOM_SIZE))
        let count = read(pointer, &bytes, bytes.count)
        return Array(bytes.prefix(count))
    }
}
