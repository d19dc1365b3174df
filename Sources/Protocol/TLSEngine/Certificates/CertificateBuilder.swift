import COpenSSL

/// Assembles one X.509 certificate (RFC 5280).
struct CertificateBuilder {
    let object: OpenSSLObject

    init(commonName: String, organizationName: String?, notBefore: Int64, notAfter: Int64, publicKey: OpaquePointer) throws(TLSError) {
        OpenSSLErrors.clear()
        guard let certificate = X509_new() else { throw .library(OpenSSLErrors.take()) }
        object = OpenSSLObject(certificate, free: X509_free)
        // 127 random bits: positive, unique without a counter to keep (RFC 5280 §4.1.2.2).
        guard let serial = BN_new() else { throw .library(OpenSSLErrors.take()) }
        defer { BN_free(serial) }
        guard X509_set_version(certificate, 2) == 1, BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1,
            BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != nil,
            ASN1_TIME_set(X509_getm_notBefore(certificate), Int(notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), Int(notAfter)) != nil,
            X509_set_pubkey(certificate, publicKey) == 1
        else { throw .library(OpenSSLErrors.take()) }
        if let organizationName { try addSubject("O", organizationName) }
        try addSubject("CN", commonName)
    }

    private func addSubject(_ field: String, _ value: String) throws(TLSError) {
        let bytes = Array(value.utf8)
        guard !bytes.isEmpty, !bytes.contains(0),
            X509_NAME_add_entry_by_txt(
                X509_get_subject_name(object.pointer), field, MBSTRING_UTF8, bytes, Int32(clamping: bytes.count), -1, 0) == 1
        else { throw .setting(name: field == "CN" ? "common name" : "organization name", reason: "1 to 64 characters are allowed") }
    }

    /// Adds an extension in OpenSSL's configuration syntax.
    /// - Parameter value: constant text; names of people and hosts do not belong here.
    func add(_ identifier: Int32, _ value: String, issuer: OpaquePointer) throws(TLSError) {
        var settings = X509V3_CTX()
        X509V3_set_ctx(&settings, issuer, object.pointer, nil, nil, 0)
        guard let made = X509V3_EXT_conf_nid(nil, &settings, identifier, value) else { throw .library(OpenSSLErrors.take()) }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(object.pointer, made, -1) == 1 else { throw .library(OpenSSLErrors.take()) }
    }

    func add(_ names: SubjectAlternativeNames) throws(TLSError) {
        guard let list = OPENSSL_sk_new_null() else { throw .library(OpenSSLErrors.take()) }
        defer { GENERAL_NAMES_free(list) }
        for name in names.dnsNames { try push(GEN_DNS, name, to: list) }
        for address in names.emailAddresses { try push(GEN_EMAIL, address, to: list) }
        for name in names.userPrincipalNames { try pushOther(SubjectAlternativeNames.userPrincipalName, name, to: list) }
        for realm in names.naiRealms { try pushOther(SubjectAlternativeNames.naiRealm, realm, to: list) }
        guard OPENSSL_sk_num(list) > 0 else { return }
        guard X509_add1_ext_i2d(object.pointer, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, 0) == 1 else {
            throw .library(OpenSSLErrors.take())
        }
    }

    private func push(_ kind: Int32, _ text: String, to list: OpaquePointer) throws(TLSError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw .setting(name: kind == GEN_DNS ? "host name" : "email address", reason: "only visible ASCII is allowed")
        }
        guard let value = ASN1_STRING_type_new(V_ASN1_IA5STRING), let name = GENERAL_NAME_new() else {
            throw .library(OpenSSLErrors.take())
        }
        ASN1_STRING_set(value, bytes, Int32(bytes.count))
        GENERAL_NAME_set0_value(name, kind, value)
        OPENSSL_sk_push(list, name)
    }

    private func pushOther(_ identifier: String, _ text: String, to list: OpaquePointer) throws(TLSError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, !bytes.contains(0) else { throw .setting(name: "user principal name", reason: "is empty") }
        guard let string = ASN1_STRING_type_new(V_ASN1_UTF8STRING), let value = ASN1_TYPE_new(), let name = GENERAL_NAME_new(),
            let object = OBJ_txt2obj(identifier, 1)
        else { throw .library(OpenSSLErrors.take()) }
        ASN1_STRING_set(string, bytes, Int32(bytes.count))
        ASN1_TYPE_set(value, V_ASN1_UTF8STRING, string)
        GENERAL_NAME_set0_othername(name, object, value)
        OPENSSL_sk_push(list, name)
    }

    func sign(issuer: OpaquePointer, key: OpaquePointer) throws(TLSError) -> Certificate {
        guard X509_set_issuer_name(object.pointer, X509_get_subject_name(issuer)) == 1,
            X509_sign(object.pointer, key, EVP_sha256()) > 0
        else { throw .library(OpenSSLErrors.take()) }
        return Certificate(x509: object.pointer)
    }
}
