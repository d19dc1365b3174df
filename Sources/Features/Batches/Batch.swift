public import Accounts
public import Foundation

/// Users that were made or linked together.
public struct Batch: Sendable, Equatable, Codable {
    /// Where the users come from.
    public enum Strategy: String, Sendable, CaseIterable, Codable {
        /// `<prefix>1`, `<prefix>2` …
        case prefix
        case csv
    }

    /// How far it is.
    public enum Status: String, Sendable, CaseIterable, Codable {
        case pending, processing, completed, failed
    }

    /// UUID, lower-case text.
    public var id: String
    public var organizationID: String
    /// Unique within the organization, 1…128 characters.
    public var name: String
    public var strategy: Strategy
    public var status: Status
    /// Of the user names; nil for a file.
    public var prefix: String?
    /// Rows of the file, or users asked for.
    public var itemCount: Int
    /// UUID of the group that the users get; nil for the organization's default.
    public var groupID: String?
    /// That group's name.
    public var groupName: String?
    /// `2026-12-31`: the last day on which the users may log in; nil for no end.
    public var expirationDate: String?
    public var notes: String
    /// A password column that is no hash is the password itself, instead of an error.
    public var takesPlainPasswords: Bool
    /// Passwords made up for rows of a file go to the rows' addresses.
    public var mailsPasswords: Bool
    /// How passwords in clear text and those that are made up are kept.
    public var passwordScheme: PasswordScheme
    /// Characters of passwords that are made up.
    public var passwordLength: Int
    /// Id of the user who asked for it and is told its end; nil for the command line's.
    public var createdBy: String?
    /// Why it failed, or that rows were refused.
    public var error: String?

    /// Rows decided and written.
    public var position: Int
    public var createdUsers: Int
    public var linkedUsers: Int
    public var refusedRows: Int

    /// When generated passwords are dropped, microseconds since 1970 UTC; nil when none are kept.
    public var credentialsUntil: Int64?
    /// Microseconds since 1970 UTC.
    public var created: Int64
    /// Microseconds since 1970 UTC.
    public var modified: Int64

    public init(
        id: String = UUID().uuidString.lowercased(), organizationID: String, name: String, strategy: Strategy, prefix: String? = nil,
        itemCount: Int, groupID: String? = nil, groupName: String? = nil, expirationDate: String? = nil, notes: String = "",
        takesPlainPasswords: Bool = false, mailsPasswords: Bool = true, passwordScheme: PasswordScheme = .argon2,
        passwordLength: Int, createdBy: String? = nil, created: Int64
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.strategy = strategy
        self.status = .pending
        self.prefix = prefix
        self.itemCount = itemCount
        self.groupID = groupID
        self.groupName = groupName
        self.expirationDate = expirationDate
        self.notes = notes
        self.takesPlainPasswords = takesPlainPasswords
        self.mailsPasswords = mailsPasswords
        self.passwordScheme = passwordScheme
        self.passwordLength = passwordLength
        self.createdBy = createdBy
        position = 0
        createdUsers = 0
        linkedUsers = 0
        refusedRows = 0
        self.created = created
        modified = created
    }

    /// Whether nothing more will happen to it by itself.
    public var isFinished: Bool { status == .completed || status == .failed }
}

/// A user of a batch, without anything secret.
public struct BatchUser: Sendable, Equatable, Codable {
    public var id: String
    public var username: String
    public var email: String?
    public var firstName: String
    public var lastName: String
    public var phoneNumber: String?
    public var isActive: Bool
    /// Seconds since 1970 UTC; nil for never.
    public var expiresAt: Int64?
    /// Group names in the batch's organization, by priority.
    public var groups: [String]
    /// The batch made the account, rather than linking it.
    public var isCreated: Bool
}
