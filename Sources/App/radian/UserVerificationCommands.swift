import Accounts
import ArgumentParser
import Database
import Registration

extension UserCommand {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a user for verified in an organization, as after a look at a passport.",
            discussion: """
                Example:
                  radian user verify alice --organization cafe
                """)

        @OptionGroup var member: MemberOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            try member.verification(connection).verify()
            Output.line("user '\(Output.printable(member.name))' is verified in '\(member.organization)'")
        }
    }

    struct Unverify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back that a user is verified in an organization.",
            discussion: """
                Example:
                  radian user unverify alice --organization cafe
                """)

        @OptionGroup var member: MemberOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            try member.verification(connection).unverify()
            Output.line("user '\(Output.printable(member.name))' is not verified in '\(member.organization)'")
        }
    }

    struct Code: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether a user waits for a code by SMS; never the code.",
            discussion: """
                Example:
                  radian user code alice --organization cafe
                """)

        @OptionGroup var member: MemberOptions
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForReading()
            let state = try member.verification(connection).state()
            Output.details([
                ("user", member.name), ("method", state.registration?.method ?? ""),
                ("verified", state.registration?.isVerified == true ? "yes" : "no"), ("code", state.code.rawValue),
                ("number", state.token?.number ?? ""), ("tries", state.token.map { String($0.attempts) } ?? ""),
            ])
        }
    }

    /// A user in an organization.
    struct MemberOptions: ParsableArguments {
        @Argument(help: "The user's name.") var name: String
        @Option(help: ArgumentHelp("The organization.", valueName: "slug")) var organization: String

        func verification(_ connection: any DatabaseConnection) throws -> UserVerification {
            try UserVerification(connection, username: name, organizationSlug: organization)
        }
    }
}
