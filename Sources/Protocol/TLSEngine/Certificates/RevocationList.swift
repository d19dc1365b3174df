import COpenSSL
import Digests

/// A certificate revocation list (RFC 5280 §5) as values.
public struct RevocationList: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// Upper-case hexadecimal, as ``Certificate/serialNumber``.
        public var serialNumber: String
        /// Seconds since 1970.
        public var revoked: Int64

        public init(serialNumber: String, revoked: Int64) {
            self.serialNumber = serialNumber
            self.revoked = revoked
        }
    }

    public let der: [UInt8]
    public let issuer: String
    /// In the order of the list.
    public let entries: [Entry]
    /// Seconds since 1970.
    public let thisUpdate: Int64
    /// Seconds since 1970; 0: not given.
    public let nextUpdate: Int64
    /// CRL number; nil: not given.
    public let number: Int64?

    /// - Parameter bytes: PEM, of which the first list counts, or DER.
    public init(_ bytes: [UInt8]) throws(TLSError) {
        guard let list = try PEM.revocationLists(bytes).first else { throw .revocationList("no list in the text") }
        self.init(list: list.pointer)
    }

    public var pem: String {
        let object = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_X509_CRL(nil, &start, buffer.count)
        }
        guard let object, let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer {
            X509_CRL_free(object)
            BIO_free(bio)
        }
        PEM_write_bio_X509_CRL(bio, object)
        return OpenSSLText.read(bio)
    }

    init(list: OpaquePointer) {
        der = OpenSSLText.der { i2d_X509_CRL(list, $0) }
        issuer = OpenSSLText.name(X509_CRL_get_issuer(list))
        thisUpdate = OpenSSLText.epoch(X509_CRL_get0_lastUpdate(list))
        nextUpdate = OpenSSLText.epoch(X509_CRL_get0_nextUpdate(list))
        let revoked = X509_CRL_get_REVOKED(list)
        entries = (0..<max(0, OPENSSL_sk_num(revoked))).compactMap { index in
            guard let entry = OPENSSL_sk_value(revoked, index).map({ OpaquePointer($0) }) else { return nil }
            return Entry(
                serialNumber: OpenSSLText.serialNumber(X509_REVOKED_get0_serialNumber(entry)),
                revoked: OpenSSLText.epoch(X509_REVOKED_get0_revocationDate(entry)))
        }
        if let value = X509_CRL_get_ext_d2i(list, NID_crl_number, nil, nil) {
            let integer = value.assumingMemoryBound(to: ASN1_INTEGER.self)
            number = Int64(ASN1_INTEGER_get(integer))
            ASN1_INTEGER_free(integer)
        } else {
            number = nil
        }
        OpenSSLErrors.clear()
    }
}

extension CertificateAuthority {
    /// Signs a list of what is revoked.
    /// - Parameters:
    ///   - number: grows with each list.
    ///   - thisUpdate: seconds since 1970.
    ///   - nextUpdate: seconds since 1970.
    public func revocationList(
        _ entries: [RevocationList.Entry], number: Int64, thisUpdate: Int64, nextUpdate: Int64
    ) throws(TLSError) -> RevocationList {
        OpenSSLErrors.clear()
        guard let issuer = Certificate.decode(certificate.der), let list = X509_CRL_new() else { throw .library(OpenSSLErrors.take()) }
        defer { X509_CRL_free(list) }
        guard let last = ASN1_TIME_set(nil, Int(thisUpdate)), let next = ASN1_TIME_set(nil, Int(nextUpdate)),
            let ordinal = ASN1_INTEGER_new()
        else { throw .library(OpenSSLErrors.take()) }
        defer {
            ASN1_STRING_free(last)
            ASN1_STRING_free(next)
            ASN1_INTEGER_free(ordinal)
        }
        ASN1_INTEGER_set_int64(ordinal, number)
        var settings = X509V3_CTX()
        X509V3_set_ctx(&settings, issuer.pointer, nil, nil, list, 0)
        let authority = X509V3_EXT_conf_nid(nil, &settings, NID_authority_key_identifier, "keyid:always")
        defer { X509_EXTENSION_free(authority) }
        guard X509_CRL_set_version(list, 1) == 1, X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.pointer)) == 1,
            X509_CRL_set1_lastUpdate(list, last) == 1, X509_CRL_set1_nextUpdate(list, next) == 1,
            X509_CRL_add1_ext_i2d(list, NID_crl_number, ordinal, 0, 0) == 1, X509_CRL_add_ext(list, authority, -1) == 1
        else { throw .library(OpenSSLErrors.take()) }
        for entry in entries { try Self.add(entry, to: list) }
        X509_CRL_sort(list)
        let key = try privateKey.object()
        guard X509_CRL_sign(list, key.pointer, EVP_sha256()) > 0 else { throw .library(OpenSSLErrors.take()) }
        return RevocationList(list: list)
    }

    private static func add(_ entry: RevocationList.Entry, to list: OpaquePointer) throws(TLSError) {
        var number: OpaquePointer?
        guard !entry.serialNumber.isEmpty, BN_hex2bn(&number, entry.serialNumber) == entry.serialNumber.utf8.count,
            let serial = BN_to_ASN1_INTEGER(number, nil), let time = ASN1_TIME_set(nil, Int(entry.revoked)),
            let revoked = X509_REVOKED_new()
        else {
            BN_free(number)
            throw .setting(name: "serial number", reason: "it is not hexadecimal")
        }
        defer {
            BN_free(number)
            ASN1_INTEGER_free(serial)
            ASN1_STRING_free(time)
        }
        X509_REVOKED_set_serialNumber(revoked, serial)
        X509_REVOKED_set_revocationDate(revoked, time)
        X509_CRL_add0_revoked(list, revoked)
    }
}
