import COpenSSL
import Foundation

/// Judges a peer's certificate: OpenSSL's checks, plus those of the configuration.
enum TLSVerification {
    /// Verifies the chain that a client sent, unless the same client was found good before.
    static func verify(_ store: OpaquePointer?) -> Bool {
        guard let store, let session = session(of: store), session.verification != .none, let known = session.context.verifiedChains,
            let leaf = X509_STORE_CTX_get0_cert(store)
        else { return X509_verify_cert(store) == 1 }
        let now = Int64(time(nil))
        if let chain = known.chain(of: OpenSSLText.der { i2d_X509(leaf, $0) }, at: now) {
            session.knownPeerChain = chain
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return true
        }
        guard X509_verify_cert(store) == 1 else { return false }
        let chain = chain(X509_STORE_CTX_get0_chain(store), of: session.context)
        known.keep(chain, at: now)
        session.knownPeerChain = chain
        return true
    }

    private static func session(of store: OpaquePointer) -> TLSSession? {
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()).flatMap { TLSSession.of(OpaquePointer($0)) }
    }

    /// Called for each certificate of a chain, from the anchor to the leaf, and for each error.
    static func judge(isGood: Bool, _ store: OpaquePointer?) -> Bool {
        guard let store, let session = session(of: store) else { return false }
        let configuration = session.context.configuration
        // A client that verifies nothing is asked all the same.
        if session.verification == .none { return true }

        let error = X509_STORE_CTX_get_error(store)
        if !isGood {
            guard isTolerated(error, store, configuration) else { return refuse(session, reason(error), store, error) }
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return true
        }
        guard X509_STORE_CTX_get_error_depth(store) == 0, let leaf = X509_STORE_CTX_get_current_cert(store) else { return true }
        if configuration.extendedKeyUsage == .required, X509_get_ext_by_NID(leaf, NID_ext_key_usage, -1) < 0 {
            return refuse(session, reason(X509_V_ERR_INVALID_PURPOSE), store, X509_V_ERR_INVALID_PURPOSE)
        }
        if let check = configuration.certificateCheck, let refusal = check(chain(X509_STORE_CTX_get0_chain(store), of: session.context)) {
            return refuse(session, refusal, store, X509_V_ERR_CERT_REJECTED)
        }
        return true
    }

    /// Verifies a chain again, outside of a handshake, for a session that is to be resumed: lists and clocks have moved on.
    /// - Parameter chain: DER, leaf first.
    static func isStillGood(_ chain: [[UInt8]], for session: TLSSession) -> Bool {
        let certificates = chain.compactMap(Certificate.decode)
        guard certificates.count == chain.count, let leaf = certificates.first, let store = X509_STORE_CTX_new(),
            let others = OPENSSL_sk_new_null()
        else { return false }
        defer {
            X509_STORE_CTX_free(store)
            OPENSSL_sk_free(others)
            OpenSSLErrors.clear()
        }
        for certificate in certificates.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(certificate.pointer)) }
        guard X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(session.context.pointer), leaf.pointer, others) == 1 else { return false }
        X509_STORE_CTX_set_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx(), UnsafeMutableRawPointer(session.pointer))
        X509_STORE_CTX_set_default(store, session.context.configuration.role == .server ? "ssl_client" : "ssl_server")
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(store), SSL_get0_param(session.pointer))
        X509_STORE_CTX_set_verify_cb(store) { TLSVerification.judge(isGood: $0 == 1, $1) ? 1 : 0 }
        return X509_verify_cert(store) == 1
    }

    static func chain(_ stack: OpaquePointer?, of context: TLSContext) -> [Certificate] {
        guard let stack else { return [] }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            OPENSSL_sk_value(stack, index).map { x509 in
                context.trusted[OpaquePointer(x509)] ?? Certificate(x509: OpaquePointer(x509))
            }
        }
    }

    private static func refuse(_ session: TLSSession, _ reason: String, _ store: OpaquePointer, _ error: Int32) -> Bool {
        session.verificationFailure = reason
        X509_STORE_CTX_set_error(store, error)
        return false
    }

    /// What is missing from revocation lists, rather than said by them.
    private static func isTolerated(_ error: Int32, _ store: OpaquePointer, _ configuration: TLSConfiguration) -> Bool {
        let isAnchor = X509_STORE_CTX_get_error_depth(store) == OPENSSL_sk_num(X509_STORE_CTX_get0_chain(store)) - 1
        switch error {
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
            // Nobody's list speaks of an anchor: it is trusted because the configuration says so.
            return !configuration.requiresRevocationList || isAnchor
        case X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID: return !configuration.requiresRevocationList
        default: return false
        }
    }

    private static func reason(_ error: Int32) -> String {
        switch error {
        case X509_V_ERR_CERT_HAS_EXPIRED: "the certificate has expired"
        case X509_V_ERR_CERT_NOT_YET_VALID: "the certificate is not valid yet"
        case X509_V_ERR_CERT_REVOKED: "the certificate is revoked"
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            "the certificate is from an unknown CA"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed and unknown"
        case X509_V_ERR_INVALID_PURPOSE: "the certificate is not for this use (extended key usage)"
        case X509_V_ERR_UNABLE_TO_GET_CRL: "no revocation list tells of the certificate"
        case X509_V_ERR_CRL_HAS_EXPIRED: "the revocation list has expired"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: "the certificate is for another name"
        default: String(cString: X509_verify_cert_error_string(Int(error)))
        }
    }
}
