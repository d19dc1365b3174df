public import Database
public import WebRouting

/// Writes down who changed what (`radian_audit`), in the transaction of the change: the one function by which all features do it.
public struct AuditLog {
    private let connection: any DatabaseConnection
    private let author: ChangeAuthor?

    /// - Parameter author: who did it; nobody while the program works by itself.
    public init(_ connection: any DatabaseConnection, author: ChangeAuthor? = ChangeAuthor.current) {
        self.connection = connection
        self.author = author
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_audit (created, actor_id, actor, address, action, object_type, object_id, object_label, user_id, old_values,
            new_values)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
        """)
    private static let addOrganization = Statement("INSERT INTO radian_audit_organization (audit_id, organization_id) VALUES ($1, $2)")

    /// Writes a change down; one after which all values are as before is none.
    ///
    /// Members whose names speak of secrets lose their values here, whoever calls; callers leave secrets out all the same.
    /// - Parameters:
    ///   - before: an object with the values before; nil for something new, or where values say nothing.
    ///   - after: the same afterwards.
    public func record(
        _ action: AuditAction, _ object: AuditObject, before: JSONValue? = nil, after: JSONValue? = nil
    ) throws(DatabaseError) {
        if let before, before == after { return }
        let values = AuditValues.differences(before, after)
        let id = try connection.first(
            Self.insert,
            [
                .integer(currentMicroseconds()), .optional(author?.id), .text(Self.stored(author?.name ?? "", limit: 253)),
                .optional(author?.address), .text(action.rawValue), .text(object.kind.rawValue), .text(object.id),
                .text(Self.stored(object.label, limit: 255)), .optional(object.userID), .optional(values.before?.stored),
                .optional(values.after?.stored),
            ]
        ) { $0.integer(0) }
        guard let id else { return }
        for organization in object.organizationIDs.sorted() {
            try connection.execute(Self.addOrganization, [.integer(id), .text(organization)])
        }
    }

    private static func stored(_ text: String, limit: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 0 }.prefix(limit)))
    }
}

extension JSONValue {
    fileprivate var stored: String { String(decoding: bytes, as: UTF8.self) }
}
