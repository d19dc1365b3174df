import Database
public import RADIUSPipeline
public import ServerKernel

/// Uses up RADIUS tokens for the packet thread that made it.
public final class UserTokenSpending: UserTokenStore {
    private let connection: KeptConnection

    /// - Parameter connection: the packet thread's own.
    public init(_ connection: KeptConnection) {
        self.connection = connection
    }

    /// Only one of several servers finds a fresh token unused; who used it may come again for a moment.
    private static let spend = Statement(
        """
        UPDATE radian_radius_token SET can_auth = 0, spent_at = CASE WHEN can_auth = 1 THEN $2 ELSE spent_at END, spent_by = $3
            WHERE key = $1 AND (can_auth = 1 OR ($3 <> '' AND spent_by = $3 AND spent_at >= $4))
        """)
    /// The token that was replaced by another device's login, once or by one station; one without a name leaves a sign that none has.
    private static let spendEarlier = Statement(
        """
        UPDATE radian_radius_token SET earlier_spent_by = CASE $2 WHEN '' THEN '-' ELSE $2 END
            WHERE earlier_key = $1 AND earlier_key <> '' AND earlier_spent_by IN ('', $2) AND created >= $3
        """)

    public func spend(_ uses: [UserTokenUse]) throws(StoreError) -> [Bool] {
        do {
            return try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    var results: [Bool] = []
                    for use in uses {
                        let station = DatabaseValue.text(String(use.station.prefix(300)))
                        var changed = try connection.execute(
                            Self.spend,
                            [.text(use.key), .integer(use.epoch), station, .integer(use.epoch - UserTokens.repetitionSeconds)])
                        if changed == 0 {
                            let earliest = (use.epoch - UserTokens.overlapSeconds) * 1_000_000
                            changed = try connection.execute(Self.spendEarlier, [.text(use.key), station, .integer(earliest)])
                        }
                        results.append(changed == 1)
                    }
                    return results
                }
            }
        } catch {
            throw error.storeError
        }
    }
}
