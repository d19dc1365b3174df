public import Database

/// SQL that tells why somebody was not let in a moment ago (`radpostauth`), over one connection.
public struct RecentRejection {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let newest = Statement(
        """
        SELECT reply, reason FROM radpostauth
        WHERE username = $1 AND organization_id = $2
            AND authdate >= {{postgres: to_timestamp($3)}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', $3, 'unixepoch')}}
        ORDER BY id DESC LIMIT 1
        """)

    /// The stable code of the newest decision about a user; nil when there was none, or it was an Access-Accept.
    /// - Parameter epoch: decisions before it do not count; seconds since 1970 UTC.
    public func reason(of username: String, in organizationID: String, since epoch: Int64) throws(DatabaseError) -> String? {
        let newest = try connection.first(Self.newest, [.text(username), .text(organizationID), .integer(epoch)]) {
            (row) throws(DatabaseError) in (reply: row.text(0), reason: row.textOrNil(1))
        }
        guard let newest, newest.reply == "Access-Reject" else { return nil }
        return newest.reason
    }
}
