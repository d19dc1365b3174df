import Database
import Foundation
import HTTPTypes
import Localization
import WebRouting

/// Changes and resets of passwords.
struct PasswordService: Sendable {
    let environment: AccountsEnvironment

    /// A new password as a form has it: typed twice.
    struct Choice: Sendable {
        var first: String
        var second: String
        /// Field that mistakes of the password are reported under.
        var field: String
        /// Field that a difference of the two is reported under.
        var repetition: String
    }

    static let mismatch: Message = "The two password fields didn't match."
    private static let wrongOld: Message = "Your old password was entered incorrectly. Please enter it again."
    private static let reused: Message = "New password cannot be the same as your old password."

    /// Changes the caller's own password.
    /// - Parameter oldField: the field that a wrong old password is reported under.
    func change(_ choice: Choice, old: String, oldField: String, _ request: WebRequest) async throws {
        let caller = try request.user()
        guard let user = try await environment.read({ try UserStore($0).user(id: caller.id) }) else { throw Problem.notFound }
        let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: user.id, address: request.clientAddress))
        guard try await environment.passwords.verify(old, of: [user.username]) != nil else { throw Problem.field(oldField, Self.wrongOld) }
        attempt.succeeded()
        try await change(choice, of: user, verified: old, request)
    }

    /// Changes the password of a user who has just shown the old one.
    func change(_ choice: Choice, of user: User, verified old: String, _ request: WebRequest) async throws {
        try Self.check(choice, for: user)
        if choice.first == old { throw Problem.field(choice.field, Self.reused) }
        try await set(choice.first, of: user, request)
    }

    /// Sets a user's password as the caller may: his own with the old one, somebody else's as an operator.
    func set(_ choice: Choice, of userID: String, current: String?, _ request: WebRequest) async throws {
        let caller = try request.user()
        if caller.id == userID {
            let user = try await environment.read { try UserStore($0).user(id: userID) }
            let isUsable = try await environment.read { try PasswordStore($0).isUsable(username: caller.username) }
            guard let user else { throw Problem.notFound }
            guard !isUsable else {
                return try await change(choice, old: current ?? "", oldField: "current_password", request)
            }
            try Self.check(choice, for: user)
            return try await set(choice.first, of: user, request)
        }
        try caller.require(.change, "user")
        let user = try await environment.read { try UserAuthority(caller, $0).changeable(userID) }
        try Self.check(choice, for: user)
        if try await environment.passwords.verify(choice.first, of: [user.username]) != nil {
            throw Problem.field(choice.field, Self.reused)
        }
        try await set(choice.first, of: user, request)
    }

    /// - Throws: 400 for two texts that differ or a password that is weak.
    static func check(_ choice: Choice, for user: User) throws(Problem) {
        guard choice.first == choice.second else { throw .field(choice.repetition, mismatch) }
        let problems = PasswordStore.problems(choice.first, attributes: user.passwordAttributes)
        guard problems.isEmpty else {
            var problem = FieldProblem(choice.field)
            problem.messages = problems
            throw .fields([problem])
        }
    }

    /// Stores a password; whoever is logged in elsewhere has to log in again, and links to reset it are worth nothing.
    private func set(_ password: String, of user: User, _ request: WebRequest) async throws {
        let credential = try await environment.passwords.hash(password)
        try await environment.change { connection in
            let kept = try LoginService.currentLogin(request, over: connection)
            try Self.store(credential, of: user, keeping: kept?.userID == user.id ? kept?.id : nil, over: connection)
        }
    }

    /// - Parameter login: the login that stays.
    static func store(
        _ credential: PolicyCredential, of user: User, keeping login: String?, over connection: any DatabaseConnection
    ) throws(DatabaseError) {
        try PasswordStore(connection).set(username: user.username, credential: credential, at: currentMicroseconds())
        try LoginStore(connection).endAll(of: user.id, except: login)
        try TicketStore(connection).removeAll(of: user.id, purpose: .passwordReset)
        if let known = try UserSnapshot(user.id, over: connection) { try AuditLog(connection).record(.passwordSet, of: known) }
    }

    /// Sends links for a new password to every active user who is meant. The answer takes the same time whether there is one.
    /// - Throws: 503 where links cannot be made.
    func requestReset(_ identifier: String, _ request: WebRequest) async throws {
        let origin = try request.linkOrigin()
        let clock = ContinuousClock()
        let end = clock.now + environment.settings.passwordResetPause
        let environment = environment
        try await environment.change { connection in
            let now = currentMicroseconds()
            let store = UserStore(connection)
            for user in try store.matches(identifier: identifier, prefixes: environment.settings.phonePrefixes) where user.isUsable(at: now)
            {
                guard let email = user.email, try PasswordStore(connection).isUsable(username: user.username) else { continue }
                let seconds = environment.settings.passwordResetSeconds
                let ticket = try TicketStore(connection).make(purpose: .passwordReset, userID: user.id, lifetime: seconds)
                let address = "\(origin)/accounts/password/reset/key/\(user.id)/\(ticket)/"
                try environment.sendMail(
                    AccountMail(
                        .passwordReset, to: user, recipient: email, language: request.language,
                        subject: Message("New password for {site}", ["site": environment.settings.siteName]),
                        paragraphs: [
                            Message("Hello {name},", ["name": user.displayName]),
                            Message(
                                "somebody asked for a new password for your account {username} at {site}. If it was you, choose one by the link below; if it was not, ignore this message.",
                                ["username": user.username, "site": environment.settings.siteName]),
                        ], action: ("Choose a new password", address), expires: now + seconds * 1_000_000), connection)
            }
        }
        try await clock.sleep(until: end)
    }

    /// Sets a new password by the ticket of a link, which is used up.
    /// - Parameter userID: with or without dashes.
    func confirmReset(userID: String, ticket: String, _ choice: Choice) async throws {
        let id = Self.dashed(userID)
        let user = try await environment.read { connection -> User in
            guard let user = try UserStore(connection).user(id: id) else { throw Problem.field("uid", "Invalid value") }
            guard try TicketStore(connection).peek(ticket, purpose: .passwordReset)?.userID == user.id,
                user.isUsable(at: currentMicroseconds())
            else { throw Problem.field("token", "Invalid value") }
            return user
        }
        try Self.check(choice, for: user)
        let credential = try await environment.passwords.hash(choice.first)
        try await environment.change { connection in
            guard try TicketStore(connection).take(ticket, purpose: .passwordReset)?.userID == user.id else {
                throw Problem.field("token", "Invalid value")
            }
            try Self.store(credential, of: user, keeping: nil, over: connection)
        }
    }

    /// A UUID in its usual form, from 32 digits or from itself.
    static func dashed(_ id: String) -> String {
        let digits = Array(id.lowercased().filter { $0 != "-" })
        guard digits.count == 32 else { return id }
        let lengths = [8, 4, 4, 4, 12]
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return String(digits[start..<start + length])
        }.joined(separator: "-")
    }
}

extension User {
    /// How a letter addresses the user.
    var displayName: String {
        let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
        return name.isEmpty ? username : name
    }
}
