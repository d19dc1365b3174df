public import Localization
public import WebRouting

/// The way that a message takes. The raw values are stored.
public enum MessageChannel: String, Sendable, CaseIterable, Codable {
    case email, sms
}

/// A message to one person, for the ``MessageOutbox``.
public struct OutgoingMessage: Sendable, Equatable {
    public var channel: MessageChannel
    /// An e-mail address, or a telephone number `+393664255801` (E.164).
    public var recipient: String
    /// Empty for a text message.
    public var subject: String
    /// The whole of a text message; of an e-mail the text alternative.
    public var text: String
    /// The HTML alternative of an e-mail.
    public var html: String?
    /// UUID of the organization that it is sent for; counts against that organization's limits.
    public var organizationID: String?
    /// How long it is worth sending, whether its text is secret, and what goes first.
    public var kind: MessageKind
    /// The language that it is written in.
    public var language: Language
    /// What a telephone shows as the sender, or the From field of an e-mail; nil for the configuration's.
    public var sender: String?
    /// For the gateway: an object whose member `gateway` chooses one by name; templates of gateways reach the others as `{meta.NAME}`.
    public var metadata: JSONValue?
    /// Not sent after so many seconds; nil for what the kind says.
    public var lifetimeSeconds: Int64?

    public init(
        channel: MessageChannel, recipient: String, subject: String = "", text: String, html: String? = nil,
        organizationID: String? = nil, kind: MessageKind, language: Language = .english, sender: String? = nil,
        metadata: JSONValue? = nil, lifetimeSeconds: Int64? = nil
    ) {
        self.channel = channel
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.organizationID = organizationID
        self.kind = kind
        self.language = language
        self.sender = sender
        self.metadata = metadata
        self.lifetimeSeconds = lifetimeSeconds
    }
}
