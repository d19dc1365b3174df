public import Accounts
import Database
import Logging
public import Messaging
public import OrganizationSettings
public import RADIUSPipeline
public import ServerKernel
public import WebRouting

/// What the feature's services stand on.
public struct RegistrationEnvironment: Sendable {
    /// The database, the event bus, the log.
    public let kernel: Kernel
    /// The section `api` of the configuration.
    public let settings: RegistrationSettings
    /// Ways to be verified.
    public let methods: RegistrationMethods
    /// The section `accounts` of the configuration.
    public let accounts: AccountsSettings
    let hooks: AccountHooks
    /// The server's own keys.
    public let keys: ServerKeys
    let passwords: AccountPasswords
    let signIn: SignInService
    /// Organizations and what holds in them.
    public let directory: SettingsDirectory
    let messaging: Messaging
    let attempts: AttemptLimiter
    /// Limits that users are told of.
    public let counters: [UsageCounter]
    /// Where a day begins and ends.
    public let calendar: LocalCalendar
    /// Microseconds since 1970 UTC.
    public let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - attempts: bounds guesses at passwords and codes.
    ///   - counters: limits that users are told of.
    ///   - calendar: where a day begins and ends.
    ///   - now: microseconds since 1970 UTC.
    public init(
        kernel: Kernel, settings: RegistrationSettings, methods: RegistrationMethods, accounts: AccountsSettings, hooks: AccountHooks,
        keys: ServerKeys, passwords: AccountPasswords, signIn: SignInService, directory: SettingsDirectory, messaging: Messaging,
        attempts: AttemptLimiter, counters: [UsageCounter] = UsageCounter.builtIn, calendar: LocalCalendar = .current,
        now: @escaping @Sendable () -> Int64
    ) {
        self.kernel = kernel
        self.settings = settings
        self.methods = methods
        self.accounts = accounts
        self.hooks = hooks
        self.keys = keys
        self.passwords = passwords
        self.signIn = signIn
        self.directory = directory
        self.messaging = messaging
        self.attempts = attempts
        self.counters = counters
        self.calendar = calendar
        self.now = now
    }

    /// Runs a change in one transaction; what accounts refuse becomes errors of fields. Messages of the change go out at once.
    func change<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        let result = try await kernel.withConnection { connection -> R in
            do {
                return try connection.unitOfWork { try body(connection) }
            } catch let error as AccountsError {
                throw error.problem
            }
        }
        kernel.events.publish(MessagesQueued())
        return result
    }

    /// Reads something.
    func read<R: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> R) async throws -> R {
        try await kernel.withConnection(body)
    }

    /// Makes a user a member of an organization, with what belongs to that.
    func join(_ userID: String, _ organizationID: String, over connection: any DatabaseConnection) throws {
        guard try MembershipStore(connection).join(userID, organizationID) else { return }
        try hooks.memberJoined(userID, organizationID, connection)
    }

    /// Puts a message into the outbox. Addresses that came with an import, and that no mail can reach, get none: whose they are must not
    /// show in the answer.
    func queue(_ message: OutgoingMessage, over connection: any DatabaseConnection) throws {
        do {
            try MessageOutbox(connection).append(message)
        } catch MessageError.invalidRecipient {
            kernel.logger.notice("a message is not sent, for its recipient's address is none", metadata: ["kind": "\(message.kind.name)"])
        }
    }

    /// The user's API token, made when there is none.
    func apiToken(_ userID: String, over connection: any DatabaseConnection) throws -> String {
        try APITokenStore(connection, key: keys.apiToken(over: connection)).token(userID: userID)
    }
}

extension OrganizationContext {
    /// The organization as the sender of messages.
    var sender: MessageComposer.Sender {
        MessageComposer.Sender(
            organizationID: organization.id, name: organization.name, smsSender: settings.smsSender,
            smsMetadata: settings.smsMetaData)
    }
}
