import CKeyDecoders
import COpenSSL
import NIOConcurrencyHelpers

/// Settings, keys and trust of many sessions. Immutable: a reload makes a new one, running sessions keep theirs.
///
/// `@unchecked Sendable`: OpenSSL counts and locks its SSL_CTX by itself, and nothing changes it after `init`.
public final class TLSContext: @unchecked Sendable {
    public let configuration: TLSConfiguration
    /// The own certificate; nil: none.
    public let certificate: Certificate?
    /// What is shown to those who ask for its names; see ``TLSConfiguration/furtherIdentities``.
    let furtherIdentities: [ServerIdentity]

    /// Trusted certificates by OpenSSL's objects: nearly every verified chain ends with one of them, and to read a certificate costs as
    /// much as some signatures.
    let trusted: [OpaquePointer: Certificate]
    /// Keeps the objects, so that no other certificate comes to lie where one of them was.
    private let authorities: [OpenSSLObject]
    /// Those of clients; nil where another look may find something else.
    let verifiedChains: VerifiedChains?

    let pointer: OpaquePointer
    /// Tells this context from all others of the process, also from those that are gone.
    let number: UInt64

    private static let lastNumber = NIOLockedValueBox<UInt64>(0)

    public init(_ configuration: TLSConfiguration) throws(TLSError) {
        OpenSSLErrors.clear()
        let method = configuration.transport == .stream ? TLS_method() : DTLS_method()
        guard let pointer = SSL_CTX_new_ex(ckeydecoders_context(), nil, method) else {
            throw .library(OpenSSLErrors.take())
        }
        do {
            certificate = try Self.loadCertificate(configuration, into: pointer)
            let password = configuration.privateKeyPassword
            furtherIdentities = try configuration.furtherIdentities.map { identity throws(TLSError) in
                try ServerIdentity(identity, password: password)
            }
            try Self.setProtocol(configuration, of: pointer)
            authorities = try Self.setTrust(configuration, of: pointer)
            trusted = Dictionary(authorities.map { ($0.pointer, Certificate(x509: $0.pointer)) }, uniquingKeysWith: { first, _ in first })
        } catch {
            // `deinit` does not run before the last property is set.
            SSL_CTX_free(pointer)
            throw error
        }
        verifiedChains = configuration.role == .server && configuration.findsTheSameAgain ? VerifiedChains() : nil
        TLSCallbacks.install(configuration, in: pointer)
        self.configuration = configuration
        self.pointer = pointer
        number = Self.lastNumber.withLockedValue {
            $0 += 1
            return $0
        }
    }

    deinit { SSL_CTX_free(pointer) }

    /// All own certificates that clients may be shown, the usual one first.
    public var certificates: [Certificate] { [certificate].compactMap(\.self) + furtherIdentities.map(\.certificate) }

    private static func loadCertificate(_ configuration: TLSConfiguration, into context: OpaquePointer) throws(TLSError) -> Certificate? {
        // Before the certificate: OpenSSL weighs its key and signature with the level in force.
        let needsOldDigests = configuration.minimumVersion < .v1_2 || configuration.allowsAnonymous
        if let level = configuration.allowsAnonymous ? 0 : configuration.securityLevel ?? (needsOldDigests ? 0 : nil) {
            SSL_CTX_set_security_level(context, Int32(clamping: level))
        }
        guard !configuration.certificateChain.isEmpty else { return nil }
        let chain = try PEM.certificates(configuration.certificateChain)
        guard let leaf = chain.first else { throw .certificate("no certificate in the text") }
        guard SSL_CTX_use_certificate(context, leaf.pointer) == 1 else { throw .certificate(OpenSSLErrors.take()) }
        for issuer in chain.dropFirst() {
            guard SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(issuer.pointer)) == 1 else {
                throw .certificate(OpenSSLErrors.take())
            }
        }
        let key = try PEM.privateKey(configuration.privateKey, password: configuration.privateKeyPassword)
        guard SSL_CTX_use_PrivateKey(context, key.pointer) == 1, SSL_CTX_check_private_key(context) == 1 else {
            throw .privateKey(OpenSSLErrors.take())
        }
        return Certificate(x509: leaf.pointer)
    }

    private static func setProtocol(_ configuration: TLSConfiguration, of context: OpaquePointer) throws(TLSError) {
        func set(_ name: String, _ isSet: Bool) throws(TLSError) {
            guard isSet else { throw .setting(name: name, reason: OpenSSLErrors.take()) }
        }
        let highest = configuration.allowsAnonymous ? min(configuration.maximumVersion, .v1_2) : configuration.maximumVersion
        let minimum = configuration.minimumVersion.number(for: configuration.transport)
        try set("minimum version", SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, minimum, nil) == 1)
        try set(
            "maximum version", SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, highest.number(for: configuration.transport), nil) == 1
        )

        // Anonymous suites do not authenticate the server: FAST's provisioning, and nothing else, may take them.
        if configuration.allowsAnonymous {
            // OpenSSL's default rules them out for good; here they come last.
            try set("ciphers", SSL_CTX_set_cipher_list(context, configuration.ciphers.map { "\($0):ADH" } ?? "ALL:!eNULL:+aNULL") == 1)
        } else if let ciphers = configuration.ciphers {
            try set("ciphers", SSL_CTX_set_cipher_list(context, ciphers) == 1)
        }
        if let suites = configuration.cipherSuites { try set("cipher suites", SSL_CTX_set_ciphersuites(context, suites) == 1) }
        if let groups = configuration.groups {
            let isSet = groups.withCString { SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: $0)) }
            try set("groups", isSet == 1)
        }
        SSL_CTX_ctrl(context, SSL_CTRL_SET_DH_AUTO, 1, nil)

        // Tickets are names of entries in TLSResumption and are only made by TLSSession.remember; early data stays off.
        var options = UInt64(1) << 17  // SSL_OP_NO_COMPRESSION
        options |= 1 << 30  // SSL_OP_NO_RENEGOTIATION
        if configuration.role == .server {
            options |= 1 << 14  // SSL_OP_NO_TICKET
            options |= 1 << 22  // SSL_OP_CIPHER_SERVER_PREFERENCE
        }
        if configuration.transport == .datagram { options |= 1 << 12 }  // SSL_OP_NO_QUERY_MTU
        SSL_CTX_set_options(context, options)
        SSL_CTX_set_num_tickets(context, 0)
        // Idle RadSec links give their buffers back; only the configured chain is sent, never one guessed from the trusted CAs.
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN), nil)

        if !configuration.applicationProtocols.isEmpty {
            guard let names = ApplicationProtocols.encode(configuration.applicationProtocols) else {
                throw .setting(name: "application protocols", reason: "a name has 1 to 255 octets")
            }
            if configuration.role == .client {
                try set("application protocols", SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) == 0)
            }
        }
    }

    /// - Returns: what is trusted.
    private static func setTrust(_ configuration: TLSConfiguration, of context: OpaquePointer) throws(TLSError) -> [OpenSSLObject] {
        guard let store = SSL_CTX_get_cert_store(context) else { throw .library(OpenSSLErrors.take()) }
        let authorities: [OpenSSLObject]
        do { authorities = try PEM.certificates(configuration.trustedCertificates) } catch { throw .trustedCertificates("\(error)") }
        guard configuration.trustedCertificates.isEmpty || !authorities.isEmpty else {
            throw .trustedCertificates("no certificate in the text")
        }
        for authority in authorities {
            guard X509_STORE_add_cert(store, authority.pointer) == 1 else { throw .trustedCertificates(OpenSSLErrors.take()) }
            // Tells a client that is asked for a certificate which of its own will do.
            if configuration.role == .server { SSL_CTX_add_client_CA(context, authority.pointer) }
        }
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN)
        for list in configuration.revocationLists {
            for object in try PEM.revocationLists(list) {
                guard X509_STORE_add_crl(store, object.pointer) == 1 else { throw .revocationList(OpenSSLErrors.take()) }
            }
        }
        if !configuration.revocationLists.isEmpty || configuration.requiresRevocationList {
            flags |= UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
        }
        let parameters = SSL_CTX_get0_param(context)
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        if configuration.extendedKeyUsage == .ignored { X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY) }
        return authorities
    }
}

/// The list of ALPN names on the wire: each with its length before it (RFC 7301 §3.1).
enum ApplicationProtocols {
    /// - Returns: nil when a name is empty or too long.
    static func encode(_ names: [String]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for name in names {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else { return nil }
            bytes.append(length)
            bytes += name.utf8
        }
        return bytes
    }
}
