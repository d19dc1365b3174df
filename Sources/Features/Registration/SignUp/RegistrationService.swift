import AccessPolicy
import Accounts
import Database
import HTTPTypes
import Localization
import Messaging
public import OrganizationSettings
public import WebRouting

/// Makes accounts for people who sign up.
public struct RegistrationService: Sendable {
    let environment: RegistrationEnvironment

    public init(environment: RegistrationEnvironment) {
        self.environment = environment
    }

    /// What a new user gets.
    public struct Credentials: Sendable, Equatable {
        /// For requests of the user.
        public var apiToken: String
        /// Worth nothing on RADIUS before the first login.
        public var radiusToken: String
    }

    /// Signs somebody up: checks the form, tells people of other organizations to log in there, makes the account with all that belongs
    /// to it, and writes the mail that verifies the address.
    /// - Throws: 400 with the fields that are wrong, 409 with the organizations where there is an account.
    public func signUp(_ request: WebRequest, in context: OrganizationContext) async throws -> Credentials {
        let settable = environment.settings.settableMethods
        let form = SignUpForm(request.values, context.settings, settable: settable)
        let problems = form.problems + (try await taken(form, context))
        if let conflict = try await conflict(problems, request, context) { throw conflict }
        if !problems.isEmpty { throw Problem.fields(problems) }
        if form.passwordsDiffer { throw Problem.nonField("The two password fields didn't match.") }
        if let missing = form.missing(context.settings, settable: settable) { throw Problem.fields([missing]) }
        let credential = try await environment.passwords.hash(form.password)
        return try await environment.change { connection -> Credentials in
            let now = environment.now()
            let user = User(
                username: form.username, firstName: form.firstName, lastName: form.lastName, phoneNumber: form.phoneNumber,
                language: request.askedLanguage, birthDate: form.birthDate, location: form.location, passwordBasedToken: true, created: now)
            try refuseCredentialsWithoutAccount(user.username, connection)
            try UserStore(connection).add(user)
            try PasswordStore(connection).set(username: user.username, credential: credential, at: now)
            if let email = form.email {
                try EmailAddressStore(connection).add(user.id, email, isVerified: false, isPrimary: true)
                try confirm(email, of: user, request, context, connection)
            }
            try environment.join(user.id, context.organization.id, over: connection)
            try RegisteredUserStore(connection).set(
                RegisteredUser(
                    userID: user.id, organizationID: context.organization.id, method: form.method, isVerified: false, modified: now))
            if let stored = try UserStore(connection).user(id: user.id) { try environment.hooks.userChanged(stored, connection) }
            let radiusToken = try RADIUSTokenStore(connection).renew(
                userID: user.id, organizationID: context.organization.id, isDisposable: environment.settings.disposesUserTokens,
                canAuthenticate: false, isPasswordBased: true, at: now / 1_000_000)
            return Credentials(apiToken: try environment.apiToken(user.id, over: connection), radiusToken: radiusToken.key)
        }
    }

    /// Chooses how a user who joined by a login is verified; once only.
    /// - Throws: 400 for a method that cannot be chosen, 404 without a registration.
    public func choose(_ method: String, for principal: Principal, in context: OrganizationContext) async throws {
        guard principal.has(.member, in: context.organization.id) else { throw Problem.notMember }
        let settable = environment.settings.settableMethods
        try await environment.change { connection in
            let store = RegisteredUserStore(connection)
            guard var registration = try store.registration(of: principal.id, in: context.organization.id) else { throw Problem.notFound }
            guard registration.method == RegistrationMethod.pending else {
                throw Problem.field("method", "The registration method was chosen before.")
            }
            guard settable.contains(method) else {
                throw Problem.field(
                    "method",
                    method.isEmpty
                        ? "This field may not be blank." : Message("\"{value}\" is not a valid choice.", ["value": method]))
            }
            registration.method = method
            try store.set(registration)
        }
    }

    /// Sends the letter that verifies the caller's address once more; five an hour.
    /// - Returns: the address; nil when there is none, or it is verified.
    /// - Throws: 429 for too many.
    public func sendConfirmation(_ request: WebRequest, in context: OrganizationContext) async throws -> String? {
        let caller = try request.user()
        _ = try environment.attempts.begin([AttemptLimiter.Key(Throttle("email-confirmation", limit: 5, per: 3600), caller.id)])
        return try await environment.change { connection -> String? in
            guard let user = try UserStore(connection).user(id: caller.id),
                let address = try EmailAddressStore(connection).primary(user.id), !address.isVerified
            else { return nil }
            try confirm(address.email, of: user, request, context, connection)
            return address.email
        }
    }

    /// Which of the fields that were well belong to somebody else.
    private func taken(_ form: SignUpForm, _ context: OrganizationContext) async throws -> [FieldProblem] {
        let wrong = Set(form.problems.map(\.field))
        return try await environment.read { connection -> [FieldProblem] in
            let users = UserStore(connection)
            var problems: [FieldProblem] = []
            if !wrong.contains("username") {
                let owners = [
                    try users.user(named: form.username), try users.user(email: form.username), try users.user(phone: form.username),
                ]
                if owners.contains(where: { $0 != nil }) {
                    problems.append(FieldProblem("username", "A user with that username already exists."))
                }
            }
            if !wrong.contains("email"), let email = form.email, try EmailAddressStore(connection).isForeign(email, userID: "") {
                problems.append(FieldProblem("email", "User with this Email address already exists."))
            }
            if !wrong.contains("phone_number"), let number = form.phoneNumber,
                let refusal = try PhoneNumberRule(environment.messaging).refusal(of: number, userID: "", in: context, over: connection)
            {
                problems.append(FieldProblem("phone_number", refusal))
            }
            return problems
        }
    }

    /// 409 for somebody who has an account already, but not in this organization: it names those where he may log in.
    private func conflict(_ problems: [FieldProblem], _ request: WebRequest, _ context: OrganizationContext) async throws -> Problem? {
        let fields = Set(problems.map(\.field))
        func submitted(_ name: String) -> String? {
            guard fields.contains(name), let text = request.values.nonEmptyText(name), !text.contains("\0") else { return nil }
            return text
        }
        let (phone, name, email) = (submitted("phone_number"), submitted("username"), submitted("email"))
        if phone == nil, name == nil, email == nil { return nil }
        let organizations = try await environment.read { connection -> [Membership]? in
            let store = UserStore(connection)
            let users = [
                try phone.flatMap { try store.user(phone: $0) }, try name.flatMap { try store.user(named: $0) },
                try email.flatMap { try store.user(email: $0) },
            ].compactMap { $0 }
            let memberships = MembershipStore(connection)
            if try users.contains(where: { try memberships.role($0.id, context.organization.id) != nil }) { return nil }
            return try users.first.map { try memberships.memberships($0.id).filter(\.isActive) }
        }
        guard let organizations else { return nil }
        let text: Message = "There is an account with these data already. Log in with it at one of these organizations."
        return Problem(
            .conflict,
            .document([
                "details": .string(text.text(in: request.language)),
                "organizations": .array(organizations.map { ["slug": .string($0.slug), "name": .string($0.name)] }),
            ]))
    }

    /// A name under which RADIUS knows a password already would get a second one.
    private func refuseCredentialsWithoutAccount(_ username: String, _ connection: any DatabaseConnection) throws {
        if try PasswordStore(connection).isUsable(username: username) { throw AccountsError.userExists(username: username) }
    }

    private func confirm(
        _ email: String, of user: User, _ request: WebRequest, _ context: OrganizationContext, _ connection: any DatabaseConnection
    ) throws {
        let origin = try request.linkOrigin()
        let key = try TicketStore(connection).make(
            purpose: .emailConfirmation, userID: user.id, data: email, lifetime: environment.accounts.confirmationSeconds)
        let message = try environment.messaging.composer.email(
            .emailConfirmation, to: email, in: request.language, of: context.sender,
            ["url": "\(origin)/accounts/confirm-email/\(key)/", "name": user.salutation, "username": user.username],
            over: connection)
        try environment.queue(message, over: connection)
    }
}
