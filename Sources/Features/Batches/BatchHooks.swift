public import AccessPolicy
public import Accounts
public import Database
public import OrganizationSettings

/// What batches need of those who start them. All run on a thread that may block.
public struct BatchHooks: Sendable {
    /// Turns passwords into what is stored, in order.
    public var credentials: @Sendable ([String], PasswordScheme) throws -> [PolicyItem]
    /// What holds in organizations that choose nothing else.
    public var defaults: OrganizationSettings
    /// Whether ``mail`` can send something to an address.
    public var canMail: @Sendable (String) -> Bool
    /// Queues the mails that bring generated passwords; runs in the transaction that makes the accounts.
    public var mail: @Sendable (any DatabaseConnection, [CredentialMail], Organization) throws -> Void
    /// Queues the mail that tells who made a large batch that it is finished; runs in the transaction that says so.
    public var finished: @Sendable (any DatabaseConnection, Batch, Organization) throws -> Void
    /// Told after the commit of ``mail`` and ``finished``.
    public var mailsQueued: @Sendable () -> Void

    public init(
        credentials: @escaping @Sendable ([String], PasswordScheme) throws -> [PolicyItem], defaults: OrganizationSettings,
        canMail: @escaping @Sendable (String) -> Bool = { _ in true },
        mail: @escaping @Sendable (any DatabaseConnection, [CredentialMail], Organization) throws -> Void = { _, _, _ in },
        finished: @escaping @Sendable (any DatabaseConnection, Batch, Organization) throws -> Void = { _, _, _ in },
        mailsQueued: @escaping @Sendable () -> Void = {}
    ) {
        self.credentials = credentials
        self.defaults = defaults
        self.canMail = canMail
        self.mail = mail
        self.finished = finished
        self.mailsQueued = mailsQueued
    }

    /// What holds in an organization now.
    func settings(of organization: Organization, over connection: any DatabaseConnection) throws(DatabaseError) -> OrganizationSettings {
        try OrganizationSettingsStore(connection, defaults: defaults).settings(of: organization.id)
    }
}

/// A generated password on its way to its owner.
public struct CredentialMail: Sendable, Equatable {
    public var recipient: String
    public var username: String
    public var password: String

    public init(recipient: String, username: String, password: String) {
        self.recipient = recipient
        self.username = username
        self.password = password
    }
}
