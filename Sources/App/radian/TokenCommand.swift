import Accounts
import ArgumentParser

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "JSON Web Tokens of the API.",
        discussion: """
            Example:
              radian token rotate-keys
            """,
        subcommands: [RotateKeys.self, Keys.self])

    struct RotateKeys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-keys",
            abstract: "Sign with a new key from now on; tokens of older keys are worth nothing, at once or after a while.",
            discussion: """
                API tokens of 40 digits and browsers' sessions rest on no signature and go on.

                Example:
                  radian token rotate-keys --grace 3600
                """)

        @Option(help: ArgumentHelp("Seconds for which older tokens still count.", valueName: "seconds")) var grace: Int64 = 0
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (0...86_400).contains(grace) else { throw ValidationError("--grace is 0 to 86400.") }
        }

        func run() throws {
            let connection = try options.openForWriting()
            var ended = 0
            try connection.transactionOfCommand {
                let key = try SigningKeyStore(connection).rotate(graceSeconds: grace)
                if grace == 0 { ended = try LoginStore(connection).endAll(exceptSignedBy: key) }
                try AuditLog(connection).record(.replaced, AuditObject(.signingKey, id: String(key.id), label: "of JSON Web Tokens"))
            }
            Output.line(grace == 0 ? "a new key signs; \(ended) tokens ended" : "a new key signs; older tokens end in \(grace) seconds")
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the signing keys, never their values.",
            discussion: """
                Example:
                  radian token keys
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let keys = try SigningKeyStore(options.openForReading()).all()
            Output.table(
                ["key", "state", "made", "ends"],
                keys.map {
                    [
                        String($0.id), $0.isActive ? "signs" : "verifies", Output.time($0.created / 1_000_000),
                        Output.time($0.retireAt.map { $0 / 1_000_000 }),
                    ]
                }, empty: "there are no keys yet; the first token makes one")
        }
    }
}
