/// What a message is about: it decides how long it is worth sending, what is kept of it, and what goes first.
public struct MessageKind: Sendable, Hashable {
    /// Stored, and the key of overridden texts: `sms-code`.
    public let name: String
    /// Seconds after which it is not sent any more.
    public let lifetimeSeconds: Int64
    /// Its text is a secret of the recipient and is removed once it has been sent.
    public let isSecret: Bool
    /// Somebody waits for it: it goes before what is not urgent.
    public let isUrgent: Bool

    public init(_ name: String, lifetimeSeconds: Int64, isSecret: Bool = false, isUrgent: Bool = false) {
        self.name = name
        self.lifetimeSeconds = lifetimeSeconds
        self.isSecret = isSecret
        self.isUrgent = isUrgent
    }
}

extension MessageKind {
    private static let day: Int64 = 86_400

    /// Code that verifies a telephone number.
    public static let smsCode = MessageKind("sms-code", lifetimeSeconds: 1800, isSecret: true, isUrgent: true)
    /// Link that verifies an e-mail address.
    public static let emailConfirmation = MessageKind("email-confirmation", lifetimeSeconds: 3 * day, isSecret: true, isUrgent: true)
    /// Link to a new password.
    public static let passwordReset = MessageKind("password-reset", lifetimeSeconds: day, isSecret: true, isUrgent: true)
    /// User name and password of an account that an operator made.
    public static let credentials = MessageKind("credentials", lifetimeSeconds: 7 * day, isSecret: true)
    /// A session began; with a link that logs in once.
    public static let newSession = MessageKind("new-session", lifetimeSeconds: 3600, isSecret: true)
    /// The account ends soon.
    public static let accountExpiry = MessageKind("account-expiry", lifetimeSeconds: 3 * day)
    /// The password has to be changed soon.
    public static let passwordExpiry = MessageKind("password-expiry", lifetimeSeconds: 3 * day)
    /// For those who run an import: it is done.
    public static let batchFinished = MessageKind("batch-finished", lifetimeSeconds: 3 * day)
    /// For those who run an import: it has failed.
    public static let batchFailed = MessageKind("batch-failed", lifetimeSeconds: 3 * day)
    /// Sent by an operator to see whether it arrives.
    public static let test = MessageKind("test", lifetimeSeconds: 3600, isUrgent: true)

    /// The kinds that have texts (``StandardText``).
    public static let all: [MessageKind] = [
        .smsCode, .emailConfirmation, .passwordReset, .credentials, .newSession, .accountExpiry, .passwordExpiry, .batchFinished,
        .batchFailed, .test,
    ]
}
