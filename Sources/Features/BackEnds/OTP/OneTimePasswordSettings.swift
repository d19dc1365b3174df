/// How one-time passwords are asked and checked.
public struct OneTimePasswordSettings: Sendable {
    /// Periods before and after the present one whose codes count too.
    public var window = 1
    /// What an Access-Challenge says.
    public var prompt = "Enter the code of your authenticator"
    /// How long a challenge may be answered; seconds.
    public var challengeSeconds = 60
    /// Challenges that wait for an answer at most; beyond, the oldest are forgotten.
    public var challengeCapacity = 10_000
    /// Wrong codes in a row after which a user has to wait (RFC 4226 §7.3).
    public var attempts = 5
    /// How long that is; seconds.
    public var lockSeconds = 60

    public init() {}
}
