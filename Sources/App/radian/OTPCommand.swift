import Accounts
public import ArgumentParser
import BackEnds
import Composition
import Digests
public import RADIUSPipeline

extension OneTimePasswordSecret.Mode: ExpressibleByArgument {}
extension OneTimePasswordSecret.Algorithm: ExpressibleByArgument {}

struct OTPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "otp",
        abstract: "One-time passwords of users.",
        discussion: """
            They count where 'one_time_passwords' is enabled in the configuration.

            Example:
              radian otp add alice
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user a new secret, and show it for the user's authenticator.",
            discussion: """
                With --mode append the user types the code behind the password; with challenge the server asks for it.

                Example:
                  radian otp add alice --mode challenge
                """)

        @Argument(help: "The user's name.") var user: String
        @Option(help: "How the user hands the code over.") var mode = OneTimePasswordSecret.Mode.append
        @Option(help: ArgumentHelp("Digits of a code, 6 to 8.", valueName: "n")) var digits = 6
        @Option(help: ArgumentHelp("Seconds for which a code is valid.", valueName: "seconds")) var period = 30
        @Option(help: "Hash function; many authenticators know sha1 only.") var algorithm = OneTimePasswordSecret.Algorithm.sha1
        @Option(help: ArgumentHelp("Valid in this organization only.", valueName: "slug")) var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (6...8).contains(digits) else { throw ValidationError("--digits is 6 to 8.") }
            guard (10...300).contains(period) else { throw ValidationError("--period is 10 to 300.") }
        }

        func run() throws {
            let connection = try options.openForWriting()
            let owner = try organization.map { try OrganizationStore(connection).id(of: $0) }
            // As long as the digest, which RFC 4226 §4 recommends.
            let secret = randomOctets(20)
            try OneTimePasswordSecrets(connection).set(
                OneTimePasswordSecret(
                    userName: user, organizationID: owner, secret: secret, digits: digits, periodSeconds: period, algorithm: algorithm,
                    mode: mode))
            let text = Base32.encode(secret)
            let label = user.utf8.map { octet in
                switch octet {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x40: String(UnicodeScalar(octet))
                default: "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
                }
            }.joined()
            Output.details([
                ("secret", text),
                (
                    "address",
                    "otpauth://totp/Radian:\(label)?secret=\(text)&issuer=Radian&algorithm=\(algorithm.rawValue.uppercased())&digits=\(digits)&period=\(period)"
                ),
            ])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List users with one-time passwords, without their secrets.",
            discussion: """
                Example:
                  radian otp list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let entries = try OneTimePasswordSecrets(options.openForReading()).all()
            if json { return try Output.json(entries) }
            Output.table(
                ["user", "organization", "mode", "digits", "period", "algorithm"],
                entries.map {
                    [$0.userName, $0.organization ?? "", $0.mode, String($0.digits), String($0.periodSeconds), $0.algorithm]
                }, empty: "nobody has one-time passwords; 'radian otp add USER' begins")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a user's secret away: the password alone is enough then.",
            discussion: """
                Example:
                  radian otp remove alice
                """)

        @Argument(help: "The user's name.") var user: String
        @Option(help: ArgumentHelp("The secret of this organization.", valueName: "slug")) var organization: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let owner = try organization.map { try OrganizationStore(connection).id(of: $0) }
            guard try OneTimePasswordSecrets(connection).remove(userName: user, organizationID: owner) else {
                throw CommandFailure("'\(user)' has no one-time passwords")
            }
            Output.line("'\(Output.printable(user))' needs no one-time password any more")
        }
    }
}

extension OrganizationStore {
    fileprivate func id(of slug: String) throws -> String {
        guard let found = try organization(slug: slug) else { throw AccountsError.organizationUnknown(slug: slug) }
        return found.id
    }
}
