import Accounts
import Database
import NASClients
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport

typealias Engine = TestDatabase.Engine

/// A fresh database with the tables of the feature and of those it needs, and a recorder on it.
struct Recording {
    let database: TestDatabase
    let engine: SwitchableEngine
    let events = EventBus()
    /// Beside the recorder's own connection.
    let connection: any DatabaseConnection
    let recorder: SessionRecorder

    static let schema = [AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations]

    /// - Parameter database: with ``schema``.
    init(_ database: TestDatabase) throws {
        self.database = database
        engine = SwitchableEngine(database.engine)
        connection = try database.engine.connect(.general)
        recorder = SessionRecorder(KeptConnection(engine, .packets), events: events)
    }

    static func with<R>(_ engine: Engine, _ body: (Recording) throws -> R) throws -> R {
        try TestDatabase.with(engine, schema: schema) { (database) throws in try body(try Recording(database)) }
    }

    /// Records in one batch, all of which must be stored.
    func store(_ records: [AccountingRecord]) throws {
        let results = try recorder.record(records)
        guard results.allSatisfy({ $0 == .stored }) else { throw NotStored(results: results) }
    }
    private struct NotStored: Error { let results: [AccountingResult] }

    /// Every column but `radacctid`, `acctuniqueid` and `acctinterval` by `acctuniqueid`; times are epoch seconds.
    func rows() throws -> [String: [String: String]] {
        let names = Self.columns.map(\.name)
        let sql = "SELECT acctuniqueid, \(Self.columns.map(\.sql).joined(separator: ", ")) FROM radacct"
        return Dictionary(
            try connection.table(sql).map { row in
                (row[0], Dictionary(zip(names, row.dropFirst())) { $1 })
            }, uniquingKeysWith: { $1 })
    }

    private static let columns: [(name: String, sql: String)] =
        [
            "acctsessionid", "username", "realm", "nasportid", "nasporttype", "acctsessiontime", "acctauthentic", "connectinfo_start",
            "connectinfo_stop", "acctinputoctets", "acctoutputoctets", "calledstationid", "callingstationid", "acctterminatecause",
            "servicetype", "framedprotocol", "framedinterfaceid", "class", "organization_id", "vendorsessionid",
        ].map { ($0, $0) }
        + ["acctstarttime", "acctupdatetime", "acctstoptime"].map { ($0, "{{epoch \($0)}}") }
        + ["nasipaddress", "framedipaddress", "framedipv6address"].map { ($0, "{{host \($0)}}") }
        + ["framedipv6prefix", "delegatedipv6prefix"].map { ($0, "CAST(\($0) AS text)") }
}

extension AccountingRecord {
    /// A packet of the session `id` of user bob at the NAS 192.0.2.1.
    init(_ statusType: AcctStatusType, _ id: String, at epoch: Int64, sessionTime: Int64? = nil, nas: String = "192.0.2.1") {
        self.init(
            statusType: statusType, uniqueID: id, eventEpoch: epoch, hasEventTimestamp: true, acctSessionID: "s-\(id)", nasIPAddress: nas)
        userName = "bob"
        callingStationID = "02-00-00-00-00-01"
        self.sessionTime = sessionTime
    }

    func with(_ change: (inout AccountingRecord) -> Void) -> AccountingRecord {
        var copy = self
        change(&copy)
        return copy
    }
}

/// All distinct orders of the elements.
func permutations<E: Hashable>(_ elements: [E]) -> [[E]] {
    if elements.isEmpty { return [[]] }
    return Set(elements).flatMap { first -> [[E]] in
        var rest = elements
        if let index = rest.firstIndex(of: first) { rest.remove(at: index) }
        return permutations(rest).map { [first] + $0 }
    }
}
