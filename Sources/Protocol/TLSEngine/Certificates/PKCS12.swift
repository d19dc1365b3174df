import COpenSSL

/// Certificate and key in one file with a password (RFC 7292), which phones and Windows import.
public enum PKCS12 {
    /// - Parameters:
    ///   - name: shown by the importing device.
    ///   - password: 1 character or more.
    ///   - authorities: put into the file so that the device learns them too.
    /// - Returns: DER.
    public static func encode(
        _ certificate: Certificate, _ privateKey: PrivateKey, name: String, password: String, authorities: [Certificate]
    ) throws(TLSError) -> [UInt8] {
        OpenSSLErrors.clear()
        guard !password.isEmpty else { throw .setting(name: "password", reason: "is empty") }
        guard let leaf = Certificate.decode(certificate.der), let others = OPENSSL_sk_new_null() else {
            throw .certificate(OpenSSLErrors.take())
        }
        defer { OPENSSL_sk_free(others) }
        let issuers = authorities.compactMap { Certificate.decode($0.der) }
        for issuer in issuers { OPENSSL_sk_push(others, UnsafeRawPointer(issuer.pointer)) }
        let key = try privateKey.object()
        // Apple before iOS 17 and Windows before 2019 read no newer algorithms; so the file is only as safe as the way it travels.
        let encryption = NID_pbe_WithSHA1And3_Key_TripleDES_CBC
        guard
            let file = PKCS12_create(
                password, name, key.pointer, leaf.pointer, others, encryption, encryption, iterations, -1, 0)
        else { throw .library(OpenSSLErrors.take()) }
        defer { PKCS12_free(file) }
        guard PKCS12_set_mac(file, password, -1, nil, 0, iterations, EVP_sha1()) == 1 else { throw .library(OpenSSLErrors.take()) }
        return OpenSSLText.der { i2d_PKCS12(file, $0) }
    }

    private static let iterations: Int32 = 100_000
}
