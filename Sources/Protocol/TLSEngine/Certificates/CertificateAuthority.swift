import COpenSSL

/// A CA of one's own: makes what EAP peers of all kinds accept.
public struct CertificateAuthority: Sendable {
    public let certificate: Certificate
    public let privateKey: PrivateKey

    /// An existing one.
    /// - Throws: when the certificate is no CA's or the key is not its own.
    public init(certificate: Certificate, privateKey: PrivateKey) throws(TLSError) {
        guard certificate.isAuthority, let object = Certificate.decode(certificate.der) else { throw .certificate("it is not a CA's") }
        let key = try privateKey.object()
        guard X509_check_private_key(object.pointer, key.pointer) == 1 else {
            throw .privateKey("it does not belong to the certificate")
        }
        self.certificate = certificate
        self.privateKey = privateKey
    }

    /// Makes a new one: a self-signed root without intermediates, which is what phones are told to trust.
    /// - Parameters:
    ///   - notBefore: seconds since 1970.
    public static func create(
        commonName: String, organizationName: String?, key kind: PrivateKey.Kind = .ellipticCurve, notBefore: Int64, days: Int
    ) throws(TLSError) -> CertificateAuthority {
        let privateKey = try PrivateKey.generate(kind)
        let key = try privateKey.object()
        let builder = try CertificateBuilder(
            commonName: commonName, organizationName: organizationName, notBefore: notBefore,
            notAfter: notBefore + Int64(days) * 86400 - 1, publicKey: key.pointer)
        let itself = builder.object.pointer
        try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: itself)
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: itself)
        try builder.add(NID_subject_key_identifier, "hash", issuer: itself)
        try builder.add(NID_authority_key_identifier, "keyid:always", issuer: itself)
        return try CertificateAuthority(certificate: builder.sign(issuer: itself, key: key.pointer), privateKey: privateKey)
    }

    /// Signs a certificate for a new key.
    /// - Parameter kind: nil: of the CA's kind.
    public func issue(
        _ request: CertificateRequest, key kind: PrivateKey.Kind? = nil
    ) throws(TLSError) -> (certificate: Certificate, privateKey: PrivateKey) {
        guard let issuer = Certificate.decode(certificate.der) else { throw .certificate(OpenSSLErrors.take()) }
        let privateKey = try PrivateKey.generate(kind ?? self.privateKey.kind)
        let publicKey = try privateKey.object()
        // A certificate that outlives its issuer is of no use, and some peers refuse it.
        let builder = try CertificateBuilder(
            commonName: request.commonName, organizationName: request.organizationName, notBefore: request.notBefore,
            notAfter: min(request.notAfter, certificate.notAfter), publicKey: publicKey.pointer)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer.pointer)
        // RSA key exchange, still seen in EAP with TLS 1.2, encrypts with the key.
        let usage = privateKey.kind == .rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature"
        try builder.add(NID_key_usage, usage, issuer: issuer.pointer)
        try builder.add(NID_ext_key_usage, request.purpose.extendedKeyUsage, issuer: issuer.pointer)
        try builder.add(NID_subject_key_identifier, "hash", issuer: issuer.pointer)
        try builder.add(NID_authority_key_identifier, "keyid:always", issuer: issuer.pointer)
        try builder.add(request.alternativeNames)
        let signingKey = try self.privateKey.object()
        return (try builder.sign(issuer: issuer.pointer, key: signingKey.pointer), privateKey)
    }
}
