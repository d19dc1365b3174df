public import Database

/// SQL about the terms that people accepted (`radian_terms_consent`), over one connection. Rows are added and never changed.
public struct TermsConsentStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_terms_consent (user_id, organization_id, version, accepted, address) VALUES ($1, $2, $3, $4, $5)
        """)
    private static let newest = Statement(
        """
        SELECT version FROM radian_terms_consent WHERE user_id = $1 AND organization_id = $2 ORDER BY accepted DESC, id DESC LIMIT 1
        """)

    /// Keeps that a user accepted a version.
    /// - Parameters:
    ///   - address: the client's.
    ///   - time: microseconds since 1970 UTC.
    public func add(_ version: String, acceptedBy userID: String, in organizationID: String, from address: String, at time: Int64)
        throws(DatabaseError)
    {
        try connection.execute(Self.insert, [.text(userID), .text(organizationID), .text(version), .integer(time), .text(address)])
    }

    /// The version that a user accepted last; nil for none.
    public func version(acceptedBy userID: String, in organizationID: String) throws(DatabaseError) -> String? {
        try connection.first(Self.newest, [.text(userID), .text(organizationID)]) { (row) throws(DatabaseError) in row.text(0) }
    }
}
