public import Database
public import Localization
import WebRouting

/// Writes messages: the organization's own text or the standard one, in a language, with what it is about put in.
public struct MessageComposer: Sendable {
    /// The organization that a message is of.
    public struct Sender: Sendable, Equatable {
        /// UUID; nil where the message is of the whole installation.
        public var organizationID: String?
        /// `{organization}`.
        public var name: String
        /// What telephones show as the sender; nil for the gateway's own. The organization's `sms_sender`.
        public var smsSender: String?
        /// For the gateway, a JSON object: the organization's `sms_meta_data`.
        public var smsMetadata: String?

        public init(organizationID: String?, name: String, smsSender: String? = nil, smsMetadata: String? = nil) {
            self.organizationID = organizationID
            self.name = name
            self.smsSender = smsSender
            self.smsMetadata = smsMetadata
        }
    }

    private let frame: EmailFrame

    public init(frame: EmailFrame) {
        self.frame = frame
    }

    /// Writes an e-mail for the ``MessageOutbox``.
    /// - Parameters:
    ///   - arguments: values of the kind's placeholders, such as `url`, `name`, `username`; `organization` comes with the sender.
    /// - Throws: ``MessageError/empty`` for a kind that is no e-mail, or the database's error.
    public func email(
        _ kind: MessageKind, to address: String, in language: Language, of sender: Sender, _ arguments: [String: String],
        over connection: any DatabaseConnection
    ) throws -> OutgoingMessage {
        guard let standard = StandardText.text(of: kind.name, .email) else { throw MessageError.empty }
        let own = try template(kind, .email, language, sender, connection)
        let arguments = arguments.merging(["organization": sender.name]) { $1 }
        let subject = Message.fill(own?.subject ?? Message(standard.subject).text(in: language), arguments)
        let body = Message.fill(own?.body ?? Message(standard.body).text(in: language), arguments)
        var content = EmailContent(title: subject, body: body)
        content.html = own?.html.map { Message.fill($0, arguments.mapValues(EmailFrame.escaped)) }
        if let button = standard.button, let url = arguments["url"] {
            content.button = EmailContent.Button(text: Message(button).text(in: language), url: url)
        }
        return OutgoingMessage(
            channel: .email, recipient: address, subject: subject, text: frame.text(content), html: frame.html(content, in: language),
            organizationID: sender.organizationID, kind: kind, language: language)
    }

    /// Writes a text message for the ``MessageOutbox``.
    /// - Parameters:
    ///   - template: a text to use in place of the stored and the standard one: the organization's `sms_message`.
    ///   - arguments: values of the kind's placeholders, such as `code`.
    /// - Throws: ``MessageError/empty`` for a kind that is no text message, or the database's error.
    public func sms(
        _ kind: MessageKind, to number: String, in language: Language, of sender: Sender, template text: String? = nil,
        _ arguments: [String: String], over connection: any DatabaseConnection
    ) throws -> OutgoingMessage {
        guard let standard = StandardText.text(of: kind.name, .sms) else { throw MessageError.empty }
        let own = try text ?? template(kind, .sms, language, sender, connection)?.body
        let body = Message.fill(
            own ?? Message(standard.body).text(in: language), arguments.merging(["organization": sender.name]) { $1 })
        return OutgoingMessage(
            channel: .sms, recipient: number, text: body, organizationID: sender.organizationID, kind: kind, language: language,
            sender: sender.smsSender, metadata: sender.smsMetadata.flatMap { try? JSONValue(parsing: Array($0.utf8)) })
    }

    private func template(
        _ kind: MessageKind, _ channel: MessageChannel, _ language: Language, _ sender: Sender, _ connection: any DatabaseConnection
    ) throws(DatabaseError) -> MessageTemplate? {
        guard let id = sender.organizationID else { return nil }
        return try MessageTemplateStore(connection).template(kind.name, channel, language, organizationID: id)
    }
}
