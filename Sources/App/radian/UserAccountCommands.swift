import AccessPolicy
import Accounts
import ArgumentParser
import Composition
import Database
import WebRouting

extension UserCommand {
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what is known about a user.",
            discussion: """
                Only what is named changes; an empty text removes a value.

                Example:
                  radian user set alice --phone +393664255801 --expires 2026-12-31
                  radian user set root --superuser
                """)

        @Argument(help: "The user's name.") var name: String
        @Option(help: ArgumentHelp("E-mail address, taken for verified.", valueName: "address")) var email: String?
        @Option(help: ArgumentHelp("Telephone number.", valueName: "+number")) var phone: String?
        @Option(help: "First name.") var firstName: String?
        @Option(help: "Last name.") var lastName: String?
        @Option(help: ArgumentHelp("Last day of the account, or never.", valueName: "YYYY-MM-DD")) var expires: String?
        @Flag(inversion: .prefixedNo, help: "May use the console, with the permissions of the user's roles.") var staff: Bool?
        @Flag(inversion: .prefixedNo, help: "May do everything in all organizations.") var superuser: Bool?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let settings = try options.load().accounts.settings
            let connection = try options.openForWriting()
            try connection.transactionOfCommand {
                var user = try UserStore(connection).known(name)
                let before = try UserSnapshot(user.id, over: connection)
                if let phone { user.phoneNumber = phone.isEmpty ? nil : phone }
                if let firstName { user.firstName = firstName }
                if let lastName { user.lastName = lastName }
                if let staff { user.isStaff = staff }
                if let superuser { user.isSuperuser = superuser }
                if let expires {
                    let end = settings.endOfDay(expires)
                    guard end != nil || ["never", ""].contains(expires) else {
                        throw ValidationError("--expires is a day such as 2026-12-31, or never.")
                    }
                    user.expiresAt = end
                }
                if let email {
                    let store = EmailAddressStore(connection)
                    if email.isEmpty {
                        if let primary = try store.primary(user.id) { try store.remove(primary) }
                        user.email = nil
                    } else {
                        try store.add(user.id, email, isVerified: true, isPrimary: true)
                        user.email = email
                    }
                }
                try UserStore(connection).update(user)
                try AuditLog(connection).record(.changed, before: before, after: UserSnapshot(user.id, over: connection))
            }
            Output.line("user '\(Output.printable(name))' changed")
        }
    }

    struct Token: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a user's API token; made when there is none.",
            discussion: """
                It is sent as 'Authorization: Bearer TOKEN'.

                Example:
                  radian user token root --replace
                """)

        @Argument(help: "The user's name.") var name: String
        @Flag(help: "Make a new one; the old one is worth nothing from now on.") var replace = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let user = try UserStore(connection).known(name)
            let store = APITokenStore(connection, key: try ServerKeys().apiToken(over: connection))
            guard replace else { return Output.line(try store.token(userID: user.id)) }
            let token = try connection.unitOfWork {
                let organizations = user.isSuperuser ? [] : try MembershipStore(connection).memberships(user.id).map(\.organizationID)
                try AuditLog(connection).record(
                    .replaced,
                    AuditObject(
                        .token, id: user.id, label: "API token of \(user.username)", userID: user.id,
                        organizationIDs: Swift.Set(organizations)))
                return try store.replace(userID: user.id)
            }
            Output.line(token)
        }
    }

    struct VerifyEmail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a user's e-mail address for verified.",
            discussion: """
                Example:
                  radian user verify-email alice
                """)

        @Argument(help: "The user's name.") var name: String
        @Argument(help: "The address; the account's when left out.") var address: String?
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let connection = try options.openForWriting()
            let user = try UserStore(connection).known(name)
            guard let address = address ?? user.email else { throw CommandFailure("'\(name)' has no e-mail address") }
            try connection.transactionOfCommand {
                let before = try UserSnapshot(user.id, over: connection)
                let confirmed = try EmailAddressStore(connection).confirm(user.id, address)
                try AuditLog(connection).record(.changed, before: before, after: UserSnapshot(user.id, over: connection))
                try AuditLog(connection).record(
                    .changed,
                    AuditObject(
                        .emailAddress, id: String(confirmed.id), label: "\(confirmed.email) of \(user.username)", userID: user.id,
                        organizationIDs: Swift.Set(try MembershipStore(connection).memberships(user.id).map(\.organizationID))),
                    after: ["verified": true])
            }
            Output.line("'\(Output.printable(address))' of '\(Output.printable(name))' is verified")
        }
    }
}

extension UserStore {
    /// The user with this name.
    /// - Throws: an error that names the way out.
    func known(_ name: String) throws -> User {
        guard let user = try user(named: name) else { throw AccountsError.userUnknown(username: name) }
        return user
    }
}

extension DatabaseConnection {
    /// A transaction whose body may throw what commands throw.
    func transactionOfCommand(_ body: () throws -> Void) throws {
        var failure: (any Error)?
        do {
            try transaction { () throws(DatabaseError) in
                do {
                    try body()
                } catch {
                    failure = error
                    throw error as? DatabaseError ?? DatabaseError(.other, "the command was given up")
                }
            }
        } catch {
            throw failure ?? error
        }
    }
}
