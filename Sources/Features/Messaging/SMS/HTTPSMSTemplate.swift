/// How a text message becomes an HTTP request, and what its answer says.
///
/// Placeholders of the URL, the headers and the body: `{to}` (`+393331234567`), `{number}` (the same without `+`), `{text}`, `{sender}`, `{id}`
/// (ours), `{account}`, `{secret}` and `{meta.NAME}` of the organization's metadata. What is put in is escaped as its place needs it.
public struct HTTPSMSTemplate: Sendable, Equatable {
    /// What escapes the body's values, and its Content-Type.
    public enum BodyType: String, Sendable, CaseIterable {
        case form, json, xml, text

        var contentType: String {
            switch self {
            case .form: "application/x-www-form-urlencoded"
            case .json: "application/json"
            case .xml: "application/xml"
            case .text: "text/plain; charset=utf-8"
            }
        }
    }

    public var method: String
    public var url: String
    public var headers: [String: String] = [:]
    public var body = ""
    public var bodyType = BodyType.form
    /// For HTTP's basic authentication; templates, too. Empty for none.
    public var user = ""
    public var password = ""

    /// Statuses of success.
    public var successStatus: ClosedRange<Int> = 200...299
    /// Where the answer says whether it took the message, as a path of names and indexes into its JSON: `messages.0.status`. Empty: the
    /// status says it all.
    public var successPath = ""
    /// Values at ``successPath`` that mean yes, as a regular expression for the whole value.
    public var successPattern = ""
    /// Where the gateway's own id of the message is, in JSON, or as the first group of a regular expression over the answer.
    public var idPath = ""
    public var idPattern = ""
    /// Where the answer says what is wrong.
    public var errorPath = ""
    /// Errors that no later attempt cures, as a regular expression over the value at ``errorPath``. Empty: the status decides.
    public var permanentPattern = ""

    public init(method: String = "POST", url: String) {
        self.method = method
        self.url = url
    }

    /// The names of placeholders beside `{meta.…}`.
    public static let placeholders: Set<String> = ["to", "number", "text", "sender", "id", "account", "secret"]

    /// Names between braces in all templates that stand for nothing. JSON's own braces are none: they do not enclose a bare name.
    public var unknownPlaceholders: [String] {
        let texts = [url, body, user, password] + Array(headers.values)
        return Set(texts.flatMap { $0.matches(of: /\{([A-Za-z_.]+)\}/).map { String($0.1) } })
            .filter { !Self.placeholders.contains($0) && !$0.hasPrefix("meta.") }.sorted()
    }
}
