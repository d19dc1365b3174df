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

    public func spend(_ uses: [UserTokenUse]) throws(StoreError) -> [Bool] {
        do {
            return try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    var results: [Bool] = []
                    for use in uses {
                        let changed = try connection.execute(
                            Self.spend,
                            [
                                .text(use.key), .integer(use.epoch), .text(String(use.station.prefix(300))),
                                .integer(use.epoch - UserTokens.repetitionSeconds),
                            ])
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
