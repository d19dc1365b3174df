import Database

/// SQL about sessions with the Called-Station-Id of a concentrator, over one connection.
///
/// `radacct.reportedstationid` keeps what the concentrator reports for a session whose id was converted, so that its later packets leave the
/// converted one alone.
struct CalledStationStore {
    /// A session whose access point is not known yet.
    struct Unconverted: Sendable, Equatable {
        var uniqueID: String
        var calledStationID: String
        var callingStationID: String
    }

    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let unconverted = Statement(
        """
        SELECT acctuniqueid, calledstationid, callingstationid FROM radacct
        WHERE calledstationid {{any $2 text}} AND organization_id = (SELECT id FROM radian_organization WHERE slug = $1)
            AND (($3 = '' AND acctstoptime IS NULL) OR acctuniqueid = $3)
        ORDER BY acctuniqueid LIMIT $4
        """)
    private static let convert = Statement(
        "UPDATE radacct SET calledstationid = $3, reportedstationid = $2 WHERE acctuniqueid = $1 AND calledstationid = $2")

    /// Open sessions of a concentrator that were not converted.
    /// - Parameter uniqueID: only this session, which may have ended; nil for all.
    func unconverted(_ concentrator: CalledStationConcentrator, uniqueID: String?, limit: Int) throws(DatabaseError) -> [Unconverted] {
        try connection.rows(
            Self.unconverted,
            [
                .text(concentrator.organization), .texts(concentrator.unconvertedIDs), .text(uniqueID ?? ""), .integer(Int64(limit)),
            ]
        ) { (row) throws(DatabaseError) in
            Unconverted(uniqueID: row.text(0), calledStationID: row.text(1), callingStationID: row.text(2))
        }
    }

    /// Writes the access point's id in the place of the concentrator's.
    /// - Returns: false when the session has another one meanwhile.
    func convert(_ session: Unconverted, to calledStationID: String) throws(DatabaseError) -> Bool {
        try connection.execute(
            Self.convert, [.text(session.uniqueID), .text(session.calledStationID), .text(calledStationID)]) > 0
    }
}
