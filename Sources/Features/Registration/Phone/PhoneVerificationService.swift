import Accounts
import Database
import Foundation
import HTTPTypes
public import Localization
import Messaging
public import OrganizationSettings
import RADIUSPipeline
public import WebRouting

/// Verifies telephone numbers by codes: sends them, checks them, changes numbers.
public struct PhoneVerificationService: Sendable {
    let environment: RegistrationEnvironment
    let codes = PhoneCodes()

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
    }

    /// Who asks, and from where.
    public struct Caller: Sendable {
        let principal: Principal
        let address: String
        let language: Language

        /// - Parameters:
        ///   - address: the client's.
        ///   - language: of the message with the code.
        public init(principal: Principal, address: String, language: Language) {
            self.principal = principal
            self.address = address
            self.language = language
        }
    }

    /// Sends a code.
    /// - Parameter number: E.164; nil for the user's own.
    /// - Returns: seconds until the next one may be sent.
    /// - Throws: 400 with the reason, 503 when no code can be sent now.
    public func sendCode(to number: String?, for caller: Caller, in context: OrganizationContext) async throws -> Int {
        try member(caller, context)
        return try await environment.change { connection -> Int in
            let user = try Self.user(caller, connection)
            guard let number = number ?? user.phoneNumber else { throw Problem.field("phone_number", "This field is required.") }
            try check(number, of: user, in: context, connection)
            return try send(number, user, caller, context, refusesVerified: true, connection)
        }
    }

    /// Whether a code for the user's present number waits to be typed.
    public func hasActiveCode(for caller: Caller, in context: OrganizationContext) async throws -> Bool {
        try member(caller, context)
        return try await environment.read { [now = environment.now] connection in
            guard let number = try Self.user(caller, connection).phoneNumber else { return false }
            return try PhoneTokenStore(connection).isActive(number, of: caller.principal.id, in: context.organization.id, at: now())
        }
    }

    /// Checks a code. The right one makes its number the user's, and the user verified in this organization.
    /// - Throws: 400 with the reason, 429 after too many wrong ones.
    public func verify(_ code: String, for caller: Caller, in context: OrganizationContext) async throws {
        try member(caller, context)
        let attempt = try environment.attempts.begin([
            AttemptLimiter.Key(Throttle("phone-code", limit: 20, per: 3600), caller.principal.id)
        ])
        let verdict = try await environment.change { connection -> PhoneToken.Verdict? in
            let store = PhoneTokenStore(connection)
            try store.lock(caller.principal.id)
            guard var token = try store.newest(of: caller.principal.id, in: context.organization.id) else { return nil }
            let hash = try codes.digest(code, of: token.id, over: connection)
            let verdict = token.check(hash, limit: environment.settings.codeAttempts, at: environment.now())
            // A check counts, whatever it finds: the refusal comes after the commit.
            try store.update(token)
            if verdict == .right { try adopt(token, try Self.user(caller, connection), connection) }
            return verdict
        }
        switch verdict {
        case .right: attempt.succeeded()
        case nil: throw Problem.nonField("No verification code was sent.")
        case .wrong: throw Problem.nonField("This code is not right.")
        case .verifiedBefore: throw Problem.nonField("This code was used before.")
        case .tooManyAttempts: throw Problem.nonField("This code was tried too often. Ask for a new one.")
        case .expired: throw Problem.nonField("This code is too old. Ask for a new one.")
        }
    }

    /// Sends a code to another number, which becomes the user's once the code is typed; until then the user is not verified.
    /// - Throws: as ``sendCode(to:for:in:)``.
    public func change(to number: String, for caller: Caller, in context: OrganizationContext) async throws {
        try member(caller, context)
        try await environment.change { connection in
            let user = try Self.user(caller, connection)
            if number == user.phoneNumber {
                throw Problem.field("phone_number", "The new phone number must differ from the present one.")
            }
            try check(number, of: user, in: context, connection)
            _ = try send(number, user, caller, context, refusesVerified: false, connection)
            try RegisteredUserStore(connection).unverify(user.id, in: context.organization.id, at: environment.now())
        }
    }

    private func member(_ caller: Caller, _ context: OrganizationContext) throws(Problem) {
        guard caller.principal.has(.member, in: context.organization.id) else { throw .notMember }
    }

    private static func user(_ caller: Caller, _ connection: any DatabaseConnection) throws -> User {
        guard let user = try UserStore(connection).user(id: caller.principal.id) else { throw Problem.unauthorized() }
        return user
    }

    private func check(_ number: String, of user: User, in context: OrganizationContext, _ connection: any DatabaseConnection) throws {
        if let refusal = try PhoneNumberRule(environment.messaging).refusal(
            of: number, userID: user.id, in: context, over: connection)
        {
            throw Problem.field("phone_number", refusal)
        }
    }

    /// The steps of every code: limits of the day, whether it is needed, the pause since the last one, whether it can be sent.
    private func send(
        _ number: String, _ user: User, _ caller: Caller, _ context: OrganizationContext, refusesVerified: Bool,
        _ connection: any DatabaseConnection
    ) throws -> Int {
        let (settings, now, organizationID) = (environment.settings, environment.now(), context.organization.id)
        let store = PhoneTokenStore(connection)
        try store.lock(user.id)
        let today = environment.calendar.dayStart(now / 1_000_000) * 1_000_000
        if try store.count(of: user.id, since: today) >= settings.codesPerUser {
            throw Problem.nonField("You asked for too many codes today. Try again tomorrow.")
        }
        if try store.count(from: caller.address, since: today) >= settings.codesPerAddress {
            throw Problem.nonField("Too many codes were asked for from this address today. Try again tomorrow.")
        }
        if refusesVerified, try RegisteredUserStore(connection).registration(of: user.id, in: organizationID)?.isVerified == true {
            throw Problem.field("user", "This user is verified already.", isBare: true)
        }
        let wait = try store.newest(of: user.id, in: organizationID, number: number)?.cooldown(context.settings.smsCooldown, at: now) ?? 0
        if wait > 0 { throw Self.cooldown(wait, caller.language) }
        guard try environment.messaging.canSend(.sms, organizationID: organizationID, to: number, over: connection) else {
            throw Problem(.serviceUnavailable, "The code cannot be sent now. Try again later.", headers: [.retryAfter: "60"])
        }
        let code = PhoneCodes.make(length: settings.codeLength)
        let id = UUID().uuidString.lowercased()
        try store.add(
            PhoneToken(
                id: id, userID: user.id, organizationID: organizationID, number: number,
                codeHash: try codes.digest(code, of: id, over: connection), validUntil: now + settings.codeSeconds * 1_000_000,
                attempts: 0, isVerified: false, address: caller.address, created: now))
        try MessageOutbox(connection, now: now).append(
            environment.messaging.composer.sms(
                .smsCode, to: number, in: caller.language, of: context.sender, template: context.settings.smsMessage, ["code": code],
                over: connection))
        return context.settings.smsCooldown
    }

    private static func cooldown(_ seconds: Int, _ language: Language) -> Problem {
        let text = Message("Wait {seconds} seconds before you ask for another code.", ["seconds": String(seconds)]).text(in: language)
        return Problem(
            .badRequest, .document(["non_field_errors": [.string(text)], "cooldown": .integer(Int64(seconds))]))
    }

    /// What a right code changes.
    private func adopt(_ token: PhoneToken, _ user: User, _ connection: any DatabaseConnection) throws {
        let now = environment.now()
        let registrations = RegisteredUserStore(connection)
        try registrations.set(
            RegisteredUser(
                userID: user.id, organizationID: token.organizationID, method: RegistrationMethod.mobilePhone, isVerified: true,
                modified: now))
        guard user.phoneNumber != token.number else { return }
        var changed = user
        changed.phoneNumber = token.number
        if user.username == user.phoneNumber { changed.username = token.number }
        try UserStore(connection).update(changed)
        if changed.username != user.username {
            try PasswordStore(connection).rename(user.username, to: changed.username)
            try environment.hooks.userRenamed(user.username, changed.username, connection)
        }
        try environment.hooks.userChanged(changed, connection)
        try registrations.unverify(
            user.id, method: RegistrationMethod.mobilePhone, exceptIn: token.organizationID, at: now)
    }
}

extension Problem {
    /// 400 for somebody of another organization.
    static let notMember = Problem.nonField("You are not a member of this organization.")
}
