import Database
import Localization

/// SQL that tells who gets a mail about a session that began, over one connection.
struct SessionMailStore {
    /// Whom to write.
    struct Recipient: Sendable, Equatable {
        var userID: String
        var username: String
        var name: String
        var email: String
        var language: Language?
        var organizationID: String
    }

    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let recipient = Statement(
        """
        SELECT u.id, u.username, u.first_name, u.last_name, e.email, u.language, a.organization_id
        FROM radacct a JOIN radian_user u ON u.username = a.username AND u.is_active = 1
            JOIN radian_organization_user m ON m.user_id = u.id AND m.organization_id = a.organization_id
            JOIN radian_email_address e ON e.user_id = u.id AND e.is_primary = 1 AND e.is_verified = 1
        WHERE a.acctuniqueid = $1 AND (a.framedprotocol IS NULL OR a.framedprotocol <> 'PPP')
        """)

    /// Who is to hear of a session: a member with a proved address whose session is none of PPP; nil for nobody.
    func recipient(sessionID: String) throws(DatabaseError) -> Recipient? {
        try connection.first(Self.recipient, [.text(sessionID)]) { (row) throws(DatabaseError) in
            let name = [row.text(2), row.text(3)].filter { !$0.isEmpty }.joined(separator: " ")
            return Recipient(
                userID: row.text(0), username: row.text(1), name: name.isEmpty ? row.text(1) : name, email: row.text(4),
                language: row.textOrNil(5).flatMap(Language.init(rawValue:)), organizationID: row.text(6))
        }
    }
}
