import CSASL
public import RADIUSPipeline

/// How Cyrus SASL checks passwords.
public struct SASLSettings: Sendable {
    /// `saslauthd`, or `auxprop` for SASL's own database.
    public var passwordCheck = "saslauthd"
    /// saslauthd's socket, such as `/run/saslauthd/mux`; nil for the library's default.
    public var socketPath: String?
    /// Service name, which PAM looks its rules up by.
    public var service = "radius"
    /// Realm of users whose name has none; nil for the host's.
    public var realm: String?

    public init() {}
}

/// Cyrus SASL: a password in clear is checked by saslauthd, and through its mechanisms by Kerberos (`saslauthd -a kerberos5`), PAM
/// (`-a pam`), the shadow file, IMAP or LDAP. It knows users only by their password, so that it has no look-up.
///
/// The library waits for saslauthd without a limit of its own: the one of ``BackEndSettings/timeoutSeconds`` ends the request's wait, and the
/// thread stays with the call.
public final class SASLBackEnd: BackEnd {
    public let name: String
    public var authTypes: Set<String> { ["pam", "kerberos", "krb5", "sasl", "saslauthd"] }
    public let looksUp = false
    public let verifies = true
    private let settings: SASLSettings
    private let options: SASLOptions

    public init(name: String, _ settings: SASLSettings) {
        self.name = name
        self.settings = settings
        var options = ["pwcheck_method": settings.passwordCheck]
        if let path = settings.socketPath { options["saslauthd_path"] = path }
        self.options = SASLOptions(options)
    }

    public func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer { .unknown }

    public func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        guard SASLLibrary.isReady else { throw .misconfigured("SASL: the library cannot be initialised") }
        // A NUL would end the text early for some mechanisms, and pass for a shorter password.
        guard !password.isEmpty, !password.contains(0) else { return .refused(.passwordMismatch) }
        var connection: OpaquePointer?
        var result = sasl_server_new(
            settings.service, nil, settings.realm, nil, nil, options.callbacks, 0, &connection)
        guard result == SASL_OK, let made = connection else { throw .unavailable("SASL: \(Self.text(result))") }
        defer { sasl_dispose(&connection) }
        let user = request.userName
        let octets = password.map { CChar(bitPattern: $0) } + [0]
        result = sasl_checkpass(made, user, UInt32(user.utf8.count), octets, UInt32(password.count))
        switch result {
        case SASL_OK: return .known(BackEndUser())
        case SASL_NOUSER: return .unknown
        // saslauthd says no more than no.
        case SASL_BADAUTH, SASL_NOVERIFY, SASL_WEAKPASS, SASL_PWLOCK: return .refused(.passwordMismatch)
        case SASL_DISABLED: return .refused(.accountInactive)
        case SASL_EXPIRED: return .refused(.passwordExpired)
        case SASL_NOMECH, SASL_BADPARAM, SASL_BADPROT: throw .misconfigured("SASL: \(Self.text(result))")
        default: throw .unavailable("SASL: \(Self.text(result))")
        }
    }

    private static func text(_ result: Int32) -> String {
        sasl_errstring(result, nil, nil).map { String(cString: $0) } ?? "error \(result)"
    }
}
