import COpenSSL

/// A question to an OCSP responder (RFC 6960): is this certificate revoked? The caller posts ``der`` as `application/ocsp-request`.
public struct OCSPRequest: Sendable {
    public let der: [UInt8]
    public let certificate: Certificate
    public let issuer: Certificate

    public init(certificate: Certificate, issuer: Certificate) throws(TLSError) {
        OpenSSLErrors.clear()
        guard let identifier = OCSPResponse.identifier(certificate, issuer), let request = OCSP_REQUEST_new() else {
            throw .certificate(OpenSSLErrors.take())
        }
        defer { OCSP_REQUEST_free(request) }
        // Owned by the request from here.
        guard OCSP_request_add0_id(request, identifier) != nil else {
            OCSP_CERTID_free(identifier)
            throw .library(OpenSSLErrors.take())
        }
        guard OCSP_request_add1_nonce(request, nil, -1) == 1 else { throw .library(OpenSSLErrors.take()) }
        der = OpenSSLText.der { i2d_OCSP_REQUEST(request, $0) }
        self.certificate = certificate
        self.issuer = issuer
    }

    /// Verifies the responder's answer; one without our nonce is taken, as most responders sign in advance (RFC 5019 §4).
    public func verify(_ response: [UInt8]) throws(TLSError) -> OCSPResponse {
        let request = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_OCSP_REQUEST(nil, &start, buffer.count)
        }
        defer { OCSP_REQUEST_free(request) }
        return try OCSPResponse(der: response, certificate: certificate, issuer: issuer, request: request)
    }
}

/// A verified answer of an OCSP responder about one certificate.
public struct OCSPResponse: Sendable, Equatable {
    public enum Status: Sendable, Equatable {
        case good
        /// Seconds since 1970.
        case revoked(Int64)
        /// The responder does not know the certificate.
        case unknown
    }

    public let status: Status
    /// Seconds since 1970.
    public let thisUpdate: Int64
    /// Until when the answer may be kept, seconds since 1970; nil: newer ones are always there.
    public let nextUpdate: Int64?

    /// Verifies an answer, such as one to staple.
    /// - Throws: when it is not signed by the issuer or its delegate, is outdated, or is about another certificate.
    public init(der: [UInt8], certificate: Certificate, issuer: Certificate) throws(TLSError) {
        try self.init(der: der, certificate: certificate, issuer: issuer, request: nil)
    }

    init(der: [UInt8], certificate: Certificate, issuer: Certificate, request: OpaquePointer?) throws(TLSError) {
        OpenSSLErrors.clear()
        let response = der.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_OCSP_RESPONSE(nil, &start, buffer.count)
        }
        guard let response else { throw .certificate("the OCSP response is malformed") }
        defer { OCSP_RESPONSE_free(response) }
        let result = OCSP_response_status(response)
        guard result == OCSP_RESPONSE_STATUS_SUCCESSFUL, let basic = OCSP_response_get1_basic(response) else {
            throw .certificate("the OCSP responder answers: \(String(cString: OCSP_response_status_str(Int(result))))")
        }
        defer { OCSP_BASICRESP_free(basic) }
        try Self.verifySignature(basic, issuer)
        if let request, OCSP_check_nonce(request, basic) == 0 { throw .certificate("the OCSP response answers another request") }

        guard let identifier = Self.identifier(certificate, issuer) else { throw .certificate(OpenSSLErrors.take()) }
        defer { OCSP_CERTID_free(identifier) }
        var status: Int32 = 0
        var reason: Int32 = 0
        var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        guard OCSP_resp_find_status(basic, identifier, &status, &reason, &revoked, &this, &next) == 1 else {
            throw .certificate("the OCSP response is about another certificate")
        }
        guard OCSP_check_validity(this, next, Self.clockSkewSeconds, -1) == 1 else { throw .certificate("the OCSP response is outdated") }
        self.status =
            switch status {
            case V_OCSP_CERTSTATUS_GOOD: .good
            case V_OCSP_CERTSTATUS_REVOKED: .revoked(OpenSSLText.epoch(revoked))
            default: .unknown
            }
        thisUpdate = OpenSSLText.epoch(this)
        nextUpdate = next.map { OpenSSLText.epoch($0) }
    }

    private static let clockSkewSeconds = 300

    static func identifier(_ certificate: Certificate, _ issuer: Certificate) -> OpaquePointer? {
        guard let leaf = Certificate.decode(certificate.der), let authority = Certificate.decode(issuer.der) else { return nil }
        // Responders know SHA-1 names only (RFC 5019 §2.1.1); nothing rests on their strength.
        return OCSP_cert_to_id(EVP_sha1(), leaf.pointer, authority.pointer)
    }

    private static func verifySignature(_ basic: OpaquePointer, _ issuer: Certificate) throws(TLSError) {
        guard let authority = Certificate.decode(issuer.der), let store = X509_STORE_new(), let known = OPENSSL_sk_new_null() else {
            throw .library(OpenSSLErrors.take())
        }
        defer {
            X509_STORE_free(store)
            OPENSSL_sk_free(known)
        }
        OPENSSL_sk_push(known, UnsafeRawPointer(authority.pointer))
        guard X509_STORE_add_cert(store, authority.pointer) == 1,
            OCSP_basic_verify(basic, known, store, UInt(OCSP_PARTIAL_CHAIN)) == 1
        else { throw .certificate("the OCSP response is not signed by the issuer: \(OpenSSLErrors.take())") }
    }
}
