public import Database
public import Localization

/// SQL about `radian_message_template`.
public struct MessageTemplateStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let columns = "organization_id, kind, channel, language, subject, body, html"
    private static let upsert = Statement(
        """
        INSERT INTO radian_message_template (\(columns), modified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (organization_id, kind, channel, language) DO UPDATE SET subject = excluded.subject, body = excluded.body,
            html = excluded.html, modified = excluded.modified
        """)
    private static let delete = Statement(
        "DELETE FROM radian_message_template WHERE organization_id = $1 AND kind = $2 AND channel = $3 AND language = $4")
    private static let find = Statement(
        "SELECT \(columns) FROM radian_message_template WHERE organization_id = $1 AND kind = $2 AND channel = $3 AND language = $4")
    private static let list = Statement(
        "SELECT \(columns) FROM radian_message_template WHERE organization_id = $1 ORDER BY kind, channel, language")

    /// Keeps a template in place of the one there may be. Whoever calls it looks at ``MessageTemplate/problems`` first.
    public func set(_ template: MessageTemplate) throws(DatabaseError) {
        try connection.execute(
            Self.upsert,
            Self.key(template.organizationID, template.kind, template.channel, template.language) + [
                .text(template.subject), .text(template.body), .optional(template.html), .integer(currentMicroseconds()),
            ])
    }

    /// Goes back to the standard text.
    /// - Returns: false when there was no template.
    public func remove(_ kind: String, _ channel: MessageChannel, _ language: Language, organizationID: String) throws(DatabaseError)
        -> Bool
    {
        try connection.execute(Self.delete, Self.key(organizationID, kind, channel, language)) > 0
    }

    /// An organization's own text; nil where it has the standard one.
    public func template(_ kind: String, _ channel: MessageChannel, _ language: Language, organizationID: String) throws(DatabaseError)
        -> MessageTemplate?
    {
        try connection.first(Self.find, Self.key(organizationID, kind, channel, language), Self.decode)
    }

    /// All texts of an organization.
    public func templates(organizationID: String) throws(DatabaseError) -> [MessageTemplate] {
        try connection.rows(Self.list, [.text(organizationID)], Self.decode)
    }

    private static func key(_ organizationID: String, _ kind: String, _ channel: MessageChannel, _ language: Language) -> [DatabaseValue] {
        [.text(organizationID), .text(kind), .text(channel.rawValue), .text(language.rawValue)]
    }

    private static func decode(_ row: any DatabaseRow) -> MessageTemplate {
        MessageTemplate(
            organizationID: row.text(0), kind: row.text(1), channel: MessageChannel(rawValue: row.text(2)) ?? .email,
            language: Language(rawValue: row.text(3)) ?? .english, subject: row.text(4), body: row.text(5), html: row.textOrNil(6))
    }
}
