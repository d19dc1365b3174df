import COpenSSL
import Digests

/// An X.509 certificate (RFC 5280) as values.
public struct Certificate: Sendable, Equatable {
    public let der: [UInt8]
    /// RFC 2253, such as `CN=alice,O=Example`.
    public let subject: String
    /// The last of the subject.
    public let commonName: String?
    /// RFC 2253.
    public let issuer: String
    /// Upper-case hexadecimal.
    public let serialNumber: String
    /// Seconds since 1970.
    public let notBefore: Int64
    /// Seconds since 1970.
    public let notAfter: Int64
    public let alternativeNames: SubjectAlternativeNames
    /// Dotted object identifiers; nil: the extension is missing and any use is allowed.
    public let extendedKeyUsages: [String]?
    /// URLs of the issuer's OCSP responders (authorityInfoAccess).
    public let ocspResponders: [String]
    /// May sign certificates.
    public let isAuthority: Bool
    /// Its key is RSA's, which some old protocols need.
    public let isRSA: Bool

    public var dnsNames: [String] { alternativeNames.dnsNames }
    public var emailAddresses: [String] { alternativeNames.emailAddresses }
    public var userPrincipalNames: [String] { alternativeNames.userPrincipalNames }
    public var uris: [String] { alternativeNames.uris }
    public var ipAddresses: [String] { alternativeNames.ipAddresses }
    public var naiRealms: [String] { alternativeNames.naiRealms }

    /// Lower-case hexadecimal, 64 digits.
    public var fingerprintSHA256: String { Hexadecimal.encode(DigestAlgorithm.sha256.hash(der)) }

    /// The first certificate of a PEM text.
    public init(pem: String) throws(TLSError) {
        guard let first = try PEM.certificates(pem).first else { throw .certificate("no certificate in the text") }
        self.init(x509: first.pointer)
    }

    public init(der: [UInt8]) throws(TLSError) {
        guard let object = Self.decode(der) else { throw .certificate(OpenSSLErrors.take()) }
        self.init(x509: object.pointer)
    }

    /// All certificates of a PEM text in their order.
    public static func all(pem: String) throws(TLSError) -> [Certificate] {
        try PEM.certificates(pem).map { Certificate(x509: $0.pointer) }
    }

    /// True when the extension lists this use, or `anyExtendedKeyUsage`; false when it is missing.
    /// - Parameter identifier: dotted, such as `1.3.6.1.5.5.7.3.2` for `clientAuth`.
    public func hasExtendedKeyUsage(_ identifier: String) -> Bool {
        extendedKeyUsages?.contains { $0 == identifier || $0 == "2.5.29.37.0" } ?? false
    }

    /// The certificate in PEM.
    public var pem: String {
        guard let object = Self.decode(der), let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        PEM_write_bio_X509(bio, object.pointer)
        return OpenSSLText.read(bio)
    }

    static func decode(_ der: [UInt8]) -> OpenSSLObject? {
        OpenSSLErrors.clear()
        return der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_X509(nil, &start, buffer.count)
        }.map { OpenSSLObject($0, free: X509_free) }
    }

    /// - Parameter x509: stays the caller's.
    init(x509: OpaquePointer) {
        der = OpenSSLText.der { i2d_X509(x509, $0) }
        subject = OpenSSLText.name(X509_get_subject_name(x509))
        issuer = OpenSSLText.name(X509_get_issuer_name(x509))
        commonName = OpenSSLText.commonName(X509_get_subject_name(x509))
        serialNumber = OpenSSLText.serialNumber(X509_get0_serialNumber(x509))
        notBefore = OpenSSLText.epoch(X509_get0_notBefore(x509))
        notAfter = OpenSSLText.epoch(X509_get0_notAfter(x509))
        alternativeNames = SubjectAlternativeNames(x509: x509)
        isAuthority = X509_check_ca(x509) != 0
        isRSA = X509_get0_pubkey(x509).map { EVP_PKEY_get_base_id($0) == EVP_PKEY_RSA } ?? false
        ocspResponders = OpenSSLText.ocspResponders(of: x509)
        if let usages = X509_get_ext_d2i(x509, NID_ext_key_usage, nil, nil) {
            let stack = OpaquePointer(usages)
            defer { OPENSSL_sk_pop_free(stack) { ASN1_OBJECT_free(OpaquePointer($0)) } }
            extendedKeyUsages = (0..<OPENSSL_sk_num(stack)).map { OpenSSLText.identifier(OpaquePointer(OPENSSL_sk_value(stack, $0))) }
        } else {
            extendedKeyUsages = nil
        }
        OpenSSLErrors.clear()
    }
}
