public import EAP
public import Foundation
public import RADIUSTransport

/// What operators set about decisions. Defaults fit hotspots: lenient names, MAC authentication, fail closed.
public struct PipelineSettings: Sendable {
    public var userNames = UserNameRules()
    /// The id of the organization with a slug; nil when there is none. Called for each name with an `@`, so it must be cheap.
    public var organizationID: @Sendable (_ slug: String) -> String? = { _ in nil }
    /// Huntgroup-Name of a request: by its NAS-IP-Address, or where it came from, and its NAS-Port-Id and NAS-Port. Must be cheap.
    public var huntGroup: @Sendable (_ nas: IPAddress, _ ports: [String]) -> String? = { _, _ in nil }
    public var macAuthentication = MACAuthentication()
    /// Methods refused with ``RejectReason/methodDenied``.
    public var deniedMethods: Set<AuthenticationMethod> = []
    /// Pseudo user whose groups serve everyone (rlm_sql's `default_user_profile`).
    public var defaultProfile: String?
    /// Characters of a password that a user may change to (MS-CHAP).
    public var minimumPasswordLength = 8
    /// How old passwords of accounts may be.
    public var passwordLifetime = PasswordLifetime()
    /// Reject a user with a row that cannot be understood, as FreeRADIUS does, instead of skipping the row.
    public var strictPolicy = false
    /// Reject instead of silence when the database does not answer.
    public var rejectsWithoutDatabase = false
    /// Zone of Login-Time, Current-Time and Time-Of-Day, and of dates without one.
    public var timeZone = TimeZone.current
    /// A shorter remaining Login-Time rejects; seconds.
    public var minimumSessionSeconds: UInt32 = 60
    /// How long a login that has no session yet counts for Simultaneous-Use; seconds.
    public var reservationSeconds = 60
    /// Logins counted that way at most; beyond, the oldest are forgotten.
    public var reservationCapacity = 65_536
    /// How long a slow hash that matched need not be computed again; seconds, 0 switches this off.
    public var verifiedPasswordSeconds = 300
    /// Passwords remembered that way at most.
    public var verifiedPasswordCapacity = 8192
    /// Event-Timestamp further away from the receipt is ignored; seconds.
    public var maximumEventSkewSeconds = 86_400
    /// Whether an Accept carries a Class of ours, by which radpostauth and radacct are joined.
    public var sendsAccountingClass = false
    /// EAP settings for a NAS and the realm outside of any tunnel; nil refuses EAP. Called for each new conversation.
    public var eap: @Sendable (_ client: NASClient, _ realm: String?) -> EAPSettings? = { _, _ in nil }
    /// How long a peer may take for its next EAP packet; seconds.
    public var eapLifetimeSeconds = 60
    /// EAP conversations under way at most.
    public var eapCapacity = 20_000
    /// Whether somebody whose certificate or SIM is good may log in without a user of that name.
    public var acceptsUnknownCertificates = true
    /// Asks whether client certificates are revoked; nil asks nobody.
    public var revocationCheck: (any RevocationCheck)?
    /// Whether a certificate is refused when nobody can say.
    public var requiresRevocationStatus = false
    /// Whether an Accept after EAP carries the identity from inside of the tunnel, so that accounting names the user; never through a proxy.
    public var sendsUserNameAfterEAP = true
    /// Key of Chargeable-User-Identity (RFC 4372); empty sends none.
    public var chargeableUserIdentityKey: [UInt8] = []
    /// Whether an Accept for MS-CHAP carries MPPE keys (RFC 2548 §2.4), which PPTP needs.
    public var sendsMPPEKeys = true
    /// `[26.311.7]`: 1 encryption allowed, 2 required.
    public var mppeEncryptionPolicy: UInt32 = 1
    /// `[26.311.8]`: 2 for 40 bits, 4 for 128 bits, 6 for both.
    public var mppeEncryptionTypes: UInt32 = 6

    /// What tells a NAS's sessions apart when addresses are leased, in the notation of values in back-ticks. Both Access-Request and
    /// Accounting-Request must give the same.
    public var leaseKey = "%{%{Calling-Station-Id}:-%{NAS-Port}}"
    /// Whether a lease of an address is a limit of the session too.
    public var endsSessionsWithLeases = false
    /// Limits on usage that check rows may set.
    public var counters = UsageCounter.builtIn
    /// Whether any plan limits sessions at once; a rule may choose it for anybody.
    public var plansLimitSessions: @Sendable () -> Bool = { false }
    /// A plan by its name, for users of an organization. Called at each login with a plan, so it must be cheap.
    public var plan: @Sendable (_ name: String, _ organizationID: String?) -> ServicePlan? = { _, _ in nil }
    /// Whether a RADIUS user token is good for one login only.
    public var disposesUserTokens = true
    /// Calling codes, such as `+39`, tried in front of names that are phone numbers without one.
    public var phonePrefixes: [String] = []
    /// What an organization asks of its users; nil for nothing. Called at each login of an account, so it must be cheap.
    public var organizationRules: @Sendable (_ organizationID: String) -> OrganizationRules? = { _ in nil }
    /// Registration methods that let a user in before it is verified.
    public var methodsAuthorizedUnverified: Set<String> = []

    public init() {}
}

/// How a user proves who they are.
public enum AuthenticationMethod: String, Sendable, Hashable, CaseIterable, Codable {
    case pap = "PAP"
    case chap = "CHAP"
    case mschapv1 = "MS-CHAPv1"
    case mschapv2 = "MS-CHAPv2"
    case eap = "EAP"
    case mac = "MAC"
}
