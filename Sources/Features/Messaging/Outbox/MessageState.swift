/// Where a message is. The raw values are stored.
public enum MessageState: String, Sendable, CaseIterable {
    /// Waits for its turn, or for the next attempt.
    case queued
    /// A node is sending it.
    case sending
    /// A gateway has it.
    case sent
    /// The recipient has it, as the gateway says.
    case delivered
    /// Nobody will send it again.
    case failed
    /// Its time was over before it could be sent.
    case expired
}

/// A message that this node sends until its lease ends.
public struct LeasedMessage: Sendable, Equatable {
    /// UUID; gateways get it as the reference of ours.
    public let id: String
    public let channel: MessageChannel
    public let recipient: String
    public let subject: String
    public let text: String
    public let html: String?
    public let organizationID: String?
    /// Name of the ``MessageKind``.
    public let kind: String
    public let sender: String?
    /// JSON object of the organization for the gateway.
    public let metadata: String?
    /// This attempt's number, from 1; whoever has an older one may not record its outcome.
    public let attempt: Int
    /// Microseconds since 1970 UTC.
    public let created: Int64
    public let expires: Int64
    /// The day on whose limit it counts; nil when it counts on none yet.
    public let countedDay: Int64?

    public init(
        id: String, channel: MessageChannel, recipient: String, subject: String = "", text: String, html: String? = nil,
        organizationID: String? = nil, kind: String = MessageKind.test.name, sender: String? = nil, metadata: String? = nil,
        attempt: Int = 1, created: Int64 = 0, expires: Int64 = .max, countedDay: Int64? = nil
    ) {
        self.id = id
        self.channel = channel
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.organizationID = organizationID
        self.kind = kind
        self.sender = sender
        self.metadata = metadata
        self.attempt = attempt
        self.created = created
        self.expires = expires
        self.countedDay = countedDay
    }
}
