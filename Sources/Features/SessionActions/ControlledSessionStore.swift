public import Database
import DynamicAuthorization
import NASClients
import RADIUSPipeline
import RADIUSTransport

/// Finds sessions to act on, and ends those that no Stop will end, over one connection.
public struct ControlledSessionStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// Sessions found at once at most.
    public static let limit = 10_000

    private static func select(_ condition: String) -> Statement {
        Statement(
            """
            SELECT a.acctuniqueid, a.acctsessionid, a.username, {{host a.nasipaddress}}, a.nasportid, a.calledstationid,
                a.callingstationid, {{host a.framedipaddress}}, a.organization_id, CASE WHEN a.acctstoptime IS NULL THEN 1 ELSE 0 END, a.vendorsessionid
            FROM radacct a WHERE \(condition) ORDER BY a.acctstarttime DESC, a.radacctid DESC LIMIT \(limit)
            """)
    }

    private static func open(_ condition: String) -> Statement {
        select("a.acctstoptime IS NULL AND ($2 = '' OR a.organization_id = $2) AND \(condition)")
    }

    private static let one = select("a.acctuniqueid = $1")
    private static let byUniqueID = open("a.acctuniqueid = $1")
    private static let bySessionID = open("a.acctsessionid = $1")
    private static let byUser = open("a.username = $1")
    private static let byUserOrSessionID = open("(a.username = $1 OR a.acctsessionid = $1)")
    private static let byStation = open("a.callingstationid {{any $1 text}}")
    private static let byFramedAddress = open("a.framedipaddress = {{inet $1}}")
    private static let byNAS = open("a.nasipaddress = {{inet $1}}")
    private static let byUsers = open("a.username {{any $1 text}}")
    private static let byGroups = open(
        "a.username IN (SELECT g.username FROM radusergroup g WHERE g.groupname {{any $1 text}})")
    private static let nasAddresses = Statement("SELECT DISTINCT {{host nasipaddress}} FROM radacct WHERE acctstoptime IS NULL")
    private static let closeAt = Statement(
        """
        UPDATE radacct SET acctstoptime = {{timestamp $2}}, acctterminatecause = $3,
            acctsessiontime = {{greatest}}(COALESCE(acctsessiontime, 0), COALESCE($2 - {{epoch acctstarttime}}, 0))
        WHERE acctuniqueid = $1 AND acctstoptime IS NULL RETURNING username, callingstationid
        """)
    private static let closeAtLastWord = Statement(
        """
        UPDATE radacct SET acctstoptime = COALESCE(acctupdatetime, acctstarttime, {{timestamp $2}}), acctterminatecause = $3
        WHERE acctuniqueid = $1 AND acctstoptime IS NULL RETURNING username, callingstationid
        """)

    /// The session with this unique id, open or not.
    public func session(_ uniqueID: String) throws(DatabaseError) -> ControlledSession? {
        try connection.first(Self.one, [.text(uniqueID)]) { row throws(DatabaseError) in Self.decode(row) }
    }

    /// Open sessions that a selector means, newest first, ``limit`` at most.
    /// - Parameter organizationID: only this organization's; nil for all.
    public func openSessions(_ selector: SessionSelector, organizationID: String? = nil) throws(DatabaseError) -> [ControlledSession] {
        switch selector {
        case .uniqueID(let id): return try open(Self.byUniqueID, .text(id), organizationID)
        case .acctSessionID(let id): return try open(Self.bySessionID, .text(id), organizationID)
        case .user(let name): return try open(Self.byUser, .text(name), organizationID)
        case .userOrSessionID(let word): return try open(Self.byUserOrSessionID, .text(word), organizationID)
        case .station(let address):
            return try open(Self.byStation, .texts(MACAddress.Style.allCases.map { address.text($0) } + [dotted(address)]), organizationID)
        case .framedAddress(let address): return try open(Self.byFramedAddress, .text(address.description), organizationID)
        case .nasAddress(let address): return try open(Self.byNAS, .text(address.description), organizationID)
        case .nasName(let name):
            let prefixes = try NASStore(connection).all().filter { $0.name == name }.compactMap { IPPrefix($0.address) }
            let addresses = try connection.rows(Self.nasAddresses) { row throws(DatabaseError) in row.text(0) }.compactMap { IPAddress($0) }
            var sessions: [ControlledSession] = []
            for address in addresses where prefixes.contains(where: { $0.contains(address) }) {
                sessions += try open(Self.byNAS, .text(address.description), organizationID)
            }
            return sessions
        }
    }

    /// Open sessions of these users.
    func openSessions(users: [String]) throws(DatabaseError) -> [ControlledSession] { try open(Self.byUsers, .texts(users), nil) }

    /// Open sessions of the members of these groups.
    func openSessions(membersOf groups: [String]) throws(DatabaseError) -> [ControlledSession] {
        try open(Self.byGroups, .texts(groups), nil)
    }

    /// Ends a session that is still open.
    /// - Parameters:
    ///   - epoch: seconds since 1970 UTC.
    ///   - atLastWord: ends it when its NAS last spoke of it instead, as nobody knows better.
    /// - Returns: the user and Calling-Station-Id of the session; nil when it was not open.
    func close(_ uniqueID: String, epoch: Int64, atLastWord: Bool, cause: String) throws(DatabaseError) -> (user: String, station: String)?
    {
        try connection.first(atLastWord ? Self.closeAtLastWord : Self.closeAt, [.text(uniqueID), .integer(epoch), .text(cause)]) {
            row throws(DatabaseError) in (row.text(0), row.text(1))
        }
    }

    private func open(_ statement: Statement, _ value: DatabaseValue, _ organizationID: String?) throws(DatabaseError)
        -> [ControlledSession]
    {
        try connection.rows(statement, [value, .text(organizationID ?? "")]) { row throws(DatabaseError) in Self.decode(row) }
    }

    /// `aabb.ccdd.eeff`, which Cisco writes.
    private func dotted(_ address: MACAddress) -> String {
        let digits = Array(address.text(.lowerPlain))
        return stride(from: 0, to: 12, by: 4).map { String(digits[$0..<($0 + 4)]) }.joined(separator: ".")
    }

    private static func decode(_ row: any DatabaseRow) -> ControlledSession {
        func text(_ column: Int) -> String? { row.textOrNil(column).flatMap { $0.isEmpty ? nil : $0 } }
        var identity = SessionIdentity()
        identity.acctSessionID = text(1)
        identity.userName = text(2)
        identity.nasAddress = text(3)
        identity.nasPortID = text(4)
        identity.calledStationID = text(5)
        identity.callingStationID = text(6)
        identity.framedIPAddress = text(7)
        identity.vendorSessionID = text(10)
        return ControlledSession(
            uniqueID: row.text(0), identity: identity, nasAddress: row.text(3), organizationID: row.textOrNil(8),
            isOpen: row.integer(9) != 0)
    }
}
