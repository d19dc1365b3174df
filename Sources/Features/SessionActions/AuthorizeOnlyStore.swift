public import Database
import RADIUSPipeline

/// SQL about `radian_authorize_only`: which State was given to which session's NAS (RFC 5176 §3.2), over one connection. Times are
/// microseconds since 1970 UTC.
public struct AuthorizeOnlyStore {
    /// How long a NAS may take until it asks, retransmissions and a slow link included.
    static let lifetime: Int64 = 300 * 1_000_000

    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement("INSERT INTO radian_authorize_only (state, session_id, expires) VALUES ($1, $2, $3)")
    private static let find = Statement(
        """
        SELECT a.acctuniqueid, a.username, a.organization_id, a.callingstationid, a.acctsessionid, {{host a.nasipaddress}}
        FROM radian_authorize_only s JOIN radacct a ON a.acctuniqueid = s.session_id
        WHERE s.state = $1 AND s.expires >= $2 AND a.acctstoptime IS NULL
        """)
    private static let prune = Statement("DELETE FROM radian_authorize_only WHERE expires < $1")

    private static let digits = Array("0123456789abcdef".utf8)
    private static let length = 32

    /// A State that nobody guesses, 32 octets of ASCII.
    public static func draw() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<length).map { _ in digits[Int.random(in: 0..<digits.count, using: &generator)] }
    }

    /// Whether a text looks like one that was drawn; others need no question to the database, which cannot hold all texts.
    static func mayHaveDrawn(_ state: String) -> Bool { state.utf8.count == length && state.utf8.allSatisfy(digits.contains) }

    /// Draws a State and remembers it for a session.
    public func issue(for sessionID: String, at now: Int64) throws(DatabaseError) -> [UInt8] {
        let state = Self.draw()
        try connection.execute(
            Self.insert, [.text(String(decoding: state, as: UTF8.self)), .text(sessionID), .integer(now + Self.lifetime)])
        return state
    }

    /// The open session that a State was issued for, with its Acct-Session-Id and its NAS's address; nil for any other State. It may be
    /// asked for again, as a NAS repeats a request that was not answered.
    func session(_ state: String, at now: Int64) throws(DatabaseError) -> (session: EstablishedSession, acctSessionID: String, nas: String)?
    {
        try connection.first(Self.find, [.text(state), .integer(now)]) { row throws(DatabaseError) in
            let station = row.textOrNil(3) ?? ""
            let session = EstablishedSession(
                uniqueID: row.text(0), userName: row.text(1), organizationID: row.textOrNil(2),
                callingStationID: station.isEmpty ? nil : station)
            return (session, row.text(4), row.text(5))
        }
    }

    /// Forgets what has expired.
    func prune(at now: Int64) throws(DatabaseError) {
        try connection.execute(Self.prune, [.integer(now)])
    }
}
