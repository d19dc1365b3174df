import COpenSSL

/// A private key as PEM (PKCS#8, not encrypted). It never describes itself: printing one shows its kind only.
public struct PrivateKey: Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// P-256.
        case ellipticCurve = "ec"
        /// 2048 bits.
        case rsa
    }

    public let pem: String
    public let kind: Kind

    public var description: String { "private key (\(kind.rawValue))" }

    /// Makes a new one; RSA takes a while.
    public static func generate(_ kind: Kind) throws(TLSError) -> PrivateKey {
        OpenSSLErrors.clear()
        guard let generator = EVP_PKEY_CTX_new_id(kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC, nil) else {
            throw .library(OpenSSLErrors.take())
        }
        defer { EVP_PKEY_CTX_free(generator) }
        var key: OpaquePointer?
        let isSet =
            EVP_PKEY_keygen_init(generator) == 1
            && (kind == .rsa
                ? EVP_PKEY_CTX_set_rsa_keygen_bits(generator, 2048)
                : EVP_PKEY_CTX_set_ec_paramgen_curve_nid(generator, NID_X9_62_prime256v1)) == 1
        guard isSet, EVP_PKEY_keygen(generator, &key) == 1, let key else { throw .library(OpenSSLErrors.take()) }
        defer { EVP_PKEY_free(key) }
        guard let bio = BIO_new(BIO_s_mem()) else { throw .library(OpenSSLErrors.take()) }
        defer { BIO_free(bio) }
        guard PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else { throw .library(OpenSSLErrors.take()) }
        return PrivateKey(pem: OpenSSLText.read(bio), kind: kind)
    }

    /// - Parameter password: for an encrypted key.
    public init(pem: String, password: String? = nil) throws(TLSError) {
        let key = try PEM.privateKey(pem, password: password)
        self.init(pem: pem, kind: EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_RSA ? .rsa : .ellipticCurve)
    }

    private init(pem: String, kind: Kind) {
        self.pem = pem
        self.kind = kind
    }

    func object() throws(TLSError) -> OpenSSLObject { try PEM.privateKey(pem, password: nil) }
}
