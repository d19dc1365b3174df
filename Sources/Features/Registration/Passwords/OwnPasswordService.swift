import Accounts
import Database
import Foundation
import HTTPTypes
import Localization
import Messaging
public import OrganizationSettings
public import WebRouting

/// Changes and resets of passwords on the login page of an organization.
public struct OwnPasswordService: Sendable {
    let environment: RegistrationEnvironment

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
    }

    private static let mismatch: Message = "The two password fields didn't match."

    /// Changes the caller's password.
    /// - Throws: 400 with the fields `current_password`, `new_password`, `confirm_password`.
    public func change(
        current: String, new: String, repetition: String, _ request: WebRequest, in context: OrganizationContext
    ) async throws {
        let caller = try request.user()
        guard caller.has(.member, in: context.organization.id) else { throw Problem.notMember }
        guard let user = try await environment.read({ try UserStore($0).user(id: caller.id) }) else { throw Problem.unauthorized() }
        let attempt = try environment.attempts.begin(AttemptLimiter.keys(account: user.id, address: request.clientAddress))
        guard try await environment.passwords.verify(current, of: [user.username]) != nil else {
            throw Problem.field("current_password", "Your old password was entered incorrectly. Please enter it again.")
        }
        attempt.succeeded()
        if new == current { throw Problem.field("new_password", "New password cannot be the same as your old password.") }
        if new != repetition { throw Problem.field("confirm_password", Self.mismatch) }
        try Self.check(new, for: user, field: "new_password")
        try await store(new, for: user, using: nil)
    }

    /// Sends a link by which a new password can be set, to whoever is meant and may get one. The answer takes the same time whether there
    /// is anybody.
    /// - Parameter template: of the link, in place of the organization's.
    /// - Throws: 503 where links cannot be made.
    public func requestReset(
        _ identifier: String, _ request: WebRequest, in context: OrganizationContext, template: String? = nil
    ) async throws {
        let template = template ?? context.settings.passwordResetURL
        // Before anybody is looked for: the answer is the same for all.
        let site = template.contains("{site}") ? try request.linkOrigin() : ""
        let clock = ContinuousClock()
        let end = clock.now + environment.accounts.passwordResetPause
        try await environment.change { connection in
            let users = try UserStore(connection).matches(identifier: identifier, prefixes: environment.accounts.phonePrefixes)
            for user in users where user.isUsable(at: environment.now()) {
                let isMember = try user.isSuperuser || MembershipStore(connection).role(user.id, context.organization.id) != nil
                guard isMember, try PasswordStore(connection).isUsable(username: user.username) else { continue }
                try sendLink(to: user, template, site: site, request, context, connection)
            }
        }
        try await clock.sleep(until: end)
    }

    private func sendLink(
        to user: User, _ template: String, site: String, _ request: WebRequest, _ context: OrganizationContext,
        _ connection: any DatabaseConnection
    ) throws {
        let isByText = user.email == nil
        if isByText {
            guard context.settings.smsVerification, let number = user.phoneNumber,
                try environment.messaging.canSend(.sms, organizationID: context.organization.id, to: number, over: connection)
            else { return }
        }
        let ticket = try TicketStore(connection).make(
            purpose: .passwordReset, userID: user.id, lifetime: environment.accounts.passwordResetSeconds)
        let url = Message.fill(
            template,
            [
                "site": site.split(separator: "://", maxSplits: 1).last.map(String.init) ?? site, "organization": context.organization.slug,
                "uid": user.id.replacing("-", with: ""), "token": ticket,
            ])
        let language = user.language ?? request.language
        let arguments = ["url": url, "name": user.salutation, "username": user.username]
        let composer = environment.messaging.composer
        let message =
            isByText
            ? try composer.sms(
                .passwordReset, to: user.phoneNumber ?? "", in: language, of: context.sender, arguments, over: connection)
            : try composer.email(
                .passwordReset, to: user.email ?? "", in: language, of: context.sender, arguments, over: connection)
        try environment.queue(message, over: connection)
    }

    /// Sets a password by the link of a mail, which is good once.
    /// - Throws: 400 with the fields `uid`, `token`, `new_password2`.
    public func confirmReset(uid: String, token: String, new: String, repetition: String, in context: OrganizationContext) async throws {
        let user = try await environment.read { connection -> User in
            guard let id = Self.dashed(uid), let user = try UserStore(connection).user(id: id) else {
                throw Problem.field("uid", "Invalid value")
            }
            guard try TicketStore(connection).peek(token, purpose: .passwordReset)?.userID == user.id, user.isUsable(at: environment.now())
            else { throw Problem.field("token", "Invalid value") }
            guard try user.isSuperuser || MembershipStore(connection).role(user.id, context.organization.id) != nil else {
                throw Problem.notMember
            }
            return user
        }
        if new != repetition { throw Problem.field("new_password2", Self.mismatch) }
        try Self.check(new, for: user, field: "new_password2")
        try await store(new, for: user, using: token)
    }

    private static func check(_ password: String, for user: User, field: String) throws(Problem) {
        let weaknesses = PasswordStore.problems(password, attributes: user.passwordAttributes)
        guard !weaknesses.isEmpty else { return }
        var problem = FieldProblem(field)
        problem.messages = weaknesses
        throw .fields([problem])
    }

    /// Keeps a password; logins elsewhere end, links to reset it are worth nothing.
    /// - Parameter ticket: must be good still, and is used up.
    private func store(_ password: String, for user: User, using ticket: String?) async throws {
        let credential = try await environment.passwords.hash(password)
        try await environment.change { connection in
            let tickets = TicketStore(connection)
            if let ticket, try tickets.take(ticket, purpose: .passwordReset)?.userID != user.id {
                throw Problem.field("token", "Invalid value")
            }
            try PasswordStore(connection).set(username: user.username, credential: credential, at: environment.now())
            try tickets.removeAll(of: user.id, purpose: .passwordReset)
            try LoginStore(connection).endAll(of: user.id)
        }
    }

    /// A UUID of 32 hexadecimal digits, with dashes or without.
    private static func dashed(_ uid: String) -> String? {
        let digits = Array(uid.replacing("-", with: "").lowercased())
        guard digits.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
