import AccessPolicy
public import Accounts
public import ArgumentParser
import Composition
import Localization

extension PasswordScheme: ExpressibleByArgument {}

/// How a password is to be kept.
struct PasswordSchemeOptions: ParsableArguments {
    @Option(help: "How the password is kept: argon2 and scrypt serve PAP, the console and the API only, cleartext serves every method.")
    var scheme: PasswordScheme?

    /// The check item of a password. Who may change something has to have one that is hard to guess.
    func credential(_ password: String, of user: User, _ configuration: RadianConfiguration) throws -> PolicyItem {
        try Self.credential(password, of: user, scheme: scheme, configuration)
    }

    /// The same without a command line.
    /// - Parameter scheme: nil for what fits the user.
    static func credential(
        _ password: String, of user: User, scheme: PasswordScheme?, _ configuration: RadianConfiguration
    ) throws -> PolicyItem {
        guard !password.isEmpty else { throw ProvisioningError.emptyPassword }
        if user.isStaff || user.isSuperuser,
            let problem = PasswordStore.problems(password, attributes: user.passwordAttributes).first
        {
            throw CommandFailure(problem.text(in: .english))
        }
        let scheme = scheme ?? (user.isStaff || user.isSuperuser ? configuration.accounts.settings.passwordScheme : .cleartext)
        guard let credential = scheme.credential(password) else { throw CommandFailure("there is not enough memory for the hash") }
        return PolicyItem(attribute: credential.attribute, op: ":=", value: credential.value)
    }
}
