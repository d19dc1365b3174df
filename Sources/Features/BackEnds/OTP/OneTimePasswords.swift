/// The two stages of one-time passwords over their common memory.
public struct OneTimePasswords: Sendable {
    /// Stands behind SelectAuthType and EAP's proof, in front of whatever compares passwords.
    public let read: ReadOneTimePassword
    /// Stands behind RequireAuthentication.
    public let require: RequireOneTimePassword

    public init(_ settings: OneTimePasswordSettings) {
        let state = OneTimePasswordState(settings)
        read = ReadOneTimePassword(settings: settings, state: state)
        require = RequireOneTimePassword(settings: settings, state: state)
    }
}
