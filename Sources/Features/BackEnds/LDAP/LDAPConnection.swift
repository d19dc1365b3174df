import CLDAP
import Foundation

/// One connection to a directory. Blocks; used by one thread at a time.
///
/// `@unchecked Sendable`: ``LDAPPool`` lends it to one caller at a time, and nobody else has it.
final class LDAPConnection: @unchecked Sendable {
    /// What a bind came to.
    enum Bind {
        case success
        /// The credential is wrong; the text is the server's diagnostic message.
        case refused(diagnostic: String)
    }

    /// One entry of a result.
    struct Entry {
        var dn: String
        /// Values by attribute name in lower case.
        var values: [String: [[UInt8]]]

        func texts(_ attribute: String) -> [String] {
            (values[attribute.lowercased()] ?? []).compactMap { String(validating: $0, as: UTF8.self) }
        }
    }

    private let handle: OpaquePointer
    private let timeout: timeval
    /// False once an operation has failed in a way that leaves the connection in doubt.
    private(set) var isUsable = true

    private static let versionThree: Int32 = 3
    /// `LDAP_SCOPE_*`, which are casts that Swift does not import.
    private static let scopes: [LDAPSettings.Scope: Int32] = [.base: 0, .one: 1, .sub: 2]

    /// Prepares a connection and encrypts it where the settings ask for that.
    init(_ settings: LDAPSettings) throws(BackEndFailure) {
        var made: OpaquePointer?
        guard ldap_initialize(&made, settings.urls.joined(separator: " ")) == LDAP_SUCCESS, let made else {
            throw .misconfigured("not a list of LDAP URLs")
        }
        handle = made
        let seconds = settings.timeoutSeconds.rounded(.down)
        timeout = timeval(tv_sec: Int(seconds), tv_usec: Int((settings.timeoutSeconds - seconds) * 1e6))
        var version = Self.versionThree
        ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version)
        // A referral would carry the service's password to whichever server it names.
        ldap_set_option(handle, LDAP_OPT_REFERRALS, nil)
        var limit = timeout
        ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &limit)
        ldap_set_option(handle, LDAP_OPT_TIMEOUT, &limit)
        if let file = settings.certificateAuthorityFile { _ = file.withCString { ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, $0) } }
        var demand = settings.verifiesCertificate ? LDAP_OPT_X_TLS_HARD : LDAP_OPT_X_TLS_NEVER
        ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand)
        var isServer: Int32 = 0
        guard ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &isServer) == LDAP_SUCCESS else {
            throw .misconfigured("the certificates cannot be read")
        }
        if settings.startsTLS { try check(ldap_start_tls_s(handle, nil, nil)) }
    }

    deinit {
        ldap_unbind_ext_s(handle, nil, nil)
    }

    /// Authenticates the connection (RFC 4513 §5.1).
    /// - Parameter password: must not be empty with a name, as such a bind succeeds without a password (RFC 4513 §5.1.2).
    func bind(_ dn: String?, password: [UInt8]) throws(BackEndFailure) -> Bind {
        var octets = password.map { CChar(bitPattern: $0) } + [0]
        let result = octets.withUnsafeMutableBufferPointer { buffer in
            var credential = berval(bv_len: ber_len_t(password.count), bv_val: buffer.baseAddress)
            return ldap_sasl_bind_s(handle, dn ?? "", nil, &credential, nil, nil, nil)
        }
        switch result {
        case LDAP_SUCCESS: return .success
        case LDAP_INVALID_CREDENTIALS, LDAP_INAPPROPRIATE_AUTH, LDAP_NO_SUCH_OBJECT, LDAP_CONSTRAINT_VIOLATION,
            LDAP_UNWILLING_TO_PERFORM, LDAP_INSUFFICIENT_ACCESS:
            return .refused(diagnostic: diagnostic)
        default:
            try check(result)
            return .success
        }
    }

    /// Searches (RFC 4511 §4.5).
    /// - Parameter limit: entries at most; more than that are an error of the settings, and none is returned beyond.
    func search(
        base: String, scope: LDAPSettings.Scope, filter: String, attributes: [String], limit: Int
    ) throws(BackEndFailure) -> [Entry] {
        var message: OpaquePointer?
        defer { if let message { ldap_msgfree(message) } }
        var names: [UnsafeMutablePointer<CChar>?] = attributes.map { strdup($0) } + [nil]
        defer { for name in names { free(name) } }
        var limits = timeout
        let result = ldap_search_ext_s(
            handle, base, Self.scopes[scope] ?? 2, filter, &names, 0, nil, nil, &limits, Int32(limit), &message)
        // More entries than wanted come with the first of them; a base that does not exist holds nobody.
        if result == LDAP_NO_SUCH_OBJECT { return [] }
        if result != LDAP_SIZELIMIT_EXCEEDED { try check(result) }
        var entries: [Entry] = []
        var next = ldap_first_entry(handle, message)
        while let entry = next, entries.count < limit {
            entries.append(read(entry))
            next = ldap_next_entry(handle, entry)
        }
        return entries
    }

    private func read(_ entry: OpaquePointer) -> Entry {
        var dn = ""
        if let text = ldap_get_dn(handle, entry) {
            dn = String(cString: text)
            ldap_memfree(text)
        }
        var values: [String: [[UInt8]]] = [:]
        var cursor: OpaquePointer?
        var name = ldap_first_attribute(handle, entry, &cursor)
        while let attribute = name {
            if let list = ldap_get_values_len(handle, entry, attribute) {
                var octets: [[UInt8]] = []
                var index = 0
                while let value = list[index] {
                    octets.append(Array(UnsafeRawBufferPointer(start: value.pointee.bv_val, count: Int(value.pointee.bv_len))))
                    index += 1
                }
                values[String(cString: attribute).lowercased()] = octets
                ldap_value_free_len(list)
            }
            ldap_memfree(attribute)
            name = ldap_next_attribute(handle, entry, cursor)
        }
        if let cursor { ber_free(cursor, 0) }
        return Entry(dn: dn, values: values)
    }

    private func check(_ result: Int32) throws(BackEndFailure) {
        guard result != LDAP_SUCCESS else { return }
        isUsable = false
        let text = ldap_err2string(result).map { String(cString: $0) } ?? "error \(result)"
        switch result {
        case LDAP_TIMEOUT, LDAP_TIMELIMIT_EXCEEDED: throw .timeout
        case LDAP_FILTER_ERROR, LDAP_PARAM_ERROR, LDAP_INVALID_DN_SYNTAX, LDAP_UNDEFINED_TYPE: throw .misconfigured("LDAP: \(text)")
        default: throw .unavailable("LDAP: \(text)")
        }
    }

    private var diagnostic: String {
        var text: UnsafeMutablePointer<CChar>?
        guard ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) == LDAP_SUCCESS, let text else { return "" }
        defer { ldap_memfree(text) }
        return String(cString: text)
    }
}
