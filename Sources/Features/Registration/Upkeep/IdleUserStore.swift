import Accounts
import Database

/// SQL about users who do not come (any more), over one connection. Staff stays.
struct IdleUserStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let unverify = Statement(
        """
        UPDATE radian_registered_user SET is_verified = 0, modified = $2
        WHERE is_verified = 1 AND method NOT IN ('', 'manual', 'email') AND user_id IN (
            SELECT id FROM radian_user WHERE is_staff = 0 AND is_superuser = 0 AND last_login < $1)
        """)
    private static let inactive = Statement(
        """
        SELECT id FROM radian_user WHERE is_staff = 0 AND is_superuser = 0
            AND (last_login < $1 OR (last_login IS NULL AND created < $1)) ORDER BY created, id LIMIT $2
        """)
    private static let unverified = Statement(
        """
        SELECT u.id FROM radian_user u WHERE u.is_staff = 0 AND u.is_superuser = 0 AND u.created < $1
            AND EXISTS (SELECT 1 FROM radian_registered_user r WHERE r.user_id = u.id)
            AND NOT EXISTS (SELECT 1 FROM radian_registered_user r
                WHERE r.user_id = u.id AND (r.is_verified = 1 OR r.method {{any $2 text}}))
            AND NOT EXISTS (SELECT 1 FROM radacct a WHERE a.username = u.username)
        ORDER BY u.created, u.id LIMIT $3
        """)

    /// Takes back verifications of users whose last login was before a time; those by e-mail or an operator stay.
    /// - Parameters:
    ///   - cutoff: microseconds since 1970 UTC.
    ///   - now: the same.
    /// - Returns: how many.
    @discardableResult
    func unverify(before cutoff: Int64, at now: Int64) throws(DatabaseError) -> Int {
        try connection.execute(Self.unverify, [.integer(cutoff), .integer(now)])
    }

    /// Ids of users whose last login was before a time, or who never came and were made before it.
    func inactive(before cutoff: Int64, limit: Int) throws(DatabaseError) -> [String] {
        try connection.rows(Self.inactive, [.integer(cutoff), .integer(Int64(limit))]) { (row) throws(DatabaseError) in row.text(0) }
    }

    /// Ids of users made before a time who are verified nowhere and were never online.
    /// - Parameter kept: registration methods whose users stay.
    func unverified(before cutoff: Int64, except kept: [String], limit: Int) throws(DatabaseError) -> [String] {
        try connection.rows(Self.unverified, [.integer(cutoff), .texts(kept), .integer(Int64(limit))]) { (row) throws(DatabaseError) in
            row.text(0)
        }
    }
}
