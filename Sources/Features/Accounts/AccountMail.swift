public import Database
public import Localization

/// A letter to a user about the account, in the user's language; whoever sends mail writes it into the outbox of the transaction.
public struct AccountMail: Sendable, Equatable {
    /// The raw values are names that texts of operators can be kept under.
    public enum Kind: String, Sendable, CaseIterable {
        case emailConfirmation = "email-confirmation"
        case passwordReset = "password-reset"
        case passwordExpiry = "password-expiry"
        case accountExpiry = "account-expiry"
        case accountDeactivated = "account-deactivated"
    }

    public var kind: Kind
    public var userID: String
    /// The address.
    public var recipient: String
    public var language: Language
    public var subject: String
    /// Paragraphs, without the link.
    public var paragraphs: [String]
    /// What a button is for, and where it leads; the address holds a secret.
    public var action: Action?
    /// Microseconds since 1970 UTC after which the letter is worth nothing.
    public var expires: Int64?

    public struct Action: Sendable, Equatable {
        public var label: String
        public var address: String
    }

    /// A letter to a user; texts are written in the user's language.
    init(
        _ kind: Kind, to user: User, recipient: String, language: Language? = nil, subject: Message, paragraphs: [Message],
        action: (label: Message, address: String)? = nil, expires: Int64? = nil
    ) {
        let language = user.language ?? language ?? .english
        self.kind = kind
        userID = user.id
        self.recipient = recipient
        self.language = language
        self.subject = subject.text(in: language)
        self.paragraphs = paragraphs.map { $0.text(in: language) }
        self.action = action.map { Action(label: $0.label.text(in: language), address: $0.address) }
        self.expires = expires
    }

    /// The letter without marks, for clients that show plain text.
    public var text: String {
        (paragraphs + (action.map { ["\($0.label): \($0.address)"] } ?? [])).joined(separator: "\n\n") + "\n"
    }
}

/// Appends a letter to what is to be sent, in the transaction of its cause.
public typealias AccountMailSender = @Sendable (AccountMail, any DatabaseConnection) throws -> Void
