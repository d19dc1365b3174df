public import Localization

/// A text of an organization's own in place of the standard one.
public struct MessageTemplate: Sendable, Equatable {
    public var organizationID: String
    /// Name of the ``MessageKind``.
    public var kind: String
    public var channel: MessageChannel
    public var language: Language
    /// Of an e-mail.
    public var subject: String
    /// Plain text with placeholders such as `{code}`; paragraphs are parted by empty lines.
    public var body: String
    /// The inside of the HTML alternative, with the same placeholders; nil to make it of the body.
    public var html: String?

    public init(
        organizationID: String, kind: String, channel: MessageChannel, language: Language, subject: String = "", body: String,
        html: String? = nil
    ) {
        self.organizationID = organizationID
        self.kind = kind
        self.channel = channel
        self.language = language
        self.subject = subject
        self.body = body
        self.html = html
    }

    /// Longest text message, placeholders not filled in (contract: `sms_message`).
    public static let longestText = 160

    /// What is wrong with the template; empty for nothing.
    public var problems: [Message] {
        guard let standard = StandardText.text(of: kind, channel) else {
            return [Message("There is no message '{kind}' by {channel}.", ["kind": kind, "channel": channel.rawValue])]
        }
        var problems: [Message] = []
        if body.allSatisfy(\.isWhitespace) || (channel == .email && subject.allSatisfy(\.isWhitespace)) {
            problems.append("The subject and the text must not be empty.")
        }
        if channel == .sms, body.count > Self.longestText {
            problems.append(
                Message("The text must not be longer than {limit} characters.", ["limit": String(Self.longestText)]))
        }
        for name in Self.names(in: subject + body + (html ?? "")).subtracting(standard.placeholders).sorted() {
            problems.append(
                Message(
                    "The placeholder {placeholder} is unknown; there are {known}.",
                    ["placeholder": "{\(name)}", "known": standard.placeholders.sorted().map { "{\($0)}" }.joined(separator: ", ")]))
        }
        // The button holds the address already, in the text and in HTML.
        let missing = standard.required.subtracting(standard.button == nil ? [] : ["url"])
        for part in [body] + (html.map { [$0] } ?? []) {
            for name in missing.subtracting(Self.names(in: part)).sorted() {
                problems.append(Message("The text must contain {placeholder}.", ["placeholder": "{\(name)}"]))
            }
        }
        // Subjects are kept, texts of secret kinds are not.
        for name in Self.names(in: subject).intersection(["code", "password", "url"]).sorted() {
            problems.append(Message("The subject must not contain {placeholder}.", ["placeholder": "{\(name)}"]))
        }
        return problems
    }

    private static func names(in text: String) -> Set<String> {
        Set(text.matches(of: /\{([A-Za-z_]+)\}/).map { String($0.1) })
    }
}
