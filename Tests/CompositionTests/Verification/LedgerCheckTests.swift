import Composition
import Database
import RADIUSClient
import TestSupport
import Testing

@Suite struct LedgerCheckTests {
    private static let start = LoadLedger.Request(
        kind: .start, epoch: 2_000_000, seconds: 0, inputOctets: 0, outputOctets: 0, isAcknowledged: true)
    private static let interim = LoadLedger.Request(
        kind: .interim, epoch: 2_000_100, seconds: 100, inputOctets: 10, outputOctets: 90, isAcknowledged: true)
    private static let stop = LoadLedger.Request(
        kind: .stop, epoch: 2_000_200, seconds: 200, inputOctets: 20, outputOctets: 180, isAcknowledged: true)
    private static let id = "S0123456789abcdef"

    /// One session of alice with these columns, in `radacct`.
    private static func insert(
        _ connection: any DatabaseConnection, id: String = Self.id, unique: String = "u1", user: String = "alice", started: Int = 2_000_000,
        stopped: Int? = 2_000_200, seconds: Int = 200, input: Int = 20, output: Int = 180, cause: String = "User-Request",
        connectInfo: String = "''"
    ) throws {
        let stop = stopped.map { "{{timestamp \($0)}}" } ?? "NULL"
        try connection.script(
            """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, acctsessiontime,
                acctinputoctets, acctoutputoctets, acctterminatecause, connectinfo_start)
            VALUES ('\(id)', '\(unique)', '\(user)', '192.0.2.1', {{timestamp \(started)}}, \(stop), \(seconds), \(input), \(output), '\(cause)',
                \(connectInfo))
            """)
    }

    private func faults(
        _ engine: TestDatabase.Engine, _ requests: [LoadLedger.Request], _ rows: (any DatabaseConnection) throws -> Void
    ) throws -> LedgerReport {
        try TestDatabase.with(engine, schema: Schema.migrations) { database in
            let connection = try database.engine.connect(.general)
            try rows(connection)
            return try LedgerCheck.run(
                LoadLedger(sessions: [Self.id: .init(userName: "alice", requests: requests)]), over: connection)
        }
    }

    @Test(arguments: TestDatabase.Engine.available)
    func `a session that is as it was acknowledged has no fault`(_ engine: TestDatabase.Engine) throws {
        let report = try faults(engine, [Self.start, Self.interim, Self.stop]) { try Self.insert($0) }
        #expect(report.faults == [])
        #expect(
            [report.sessions, report.rows, report.acknowledgedStarts, report.acknowledgedInterims, report.acknowledgedStops] == [
                1, 1, 1, 1, 1,
            ])
        #expect(report.text.hasSuffix("nothing is lost"))
    }

    @Test(arguments: TestDatabase.Engine.available)
    func `what nobody acknowledged may be there or not`(_ engine: TestDatabase.Engine) throws {
        var unacknowledged = [Self.start, Self.interim, Self.stop]
        for index in unacknowledged.indices { unacknowledged[index].isAcknowledged = false }
        #expect(try faults(engine, unacknowledged) { _ in }.faults == [])
        #expect(try faults(engine, unacknowledged) { try Self.insert($0) }.faults == [])
        #expect(
            try faults(engine, [Self.start, unacknowledged[1]]) {
                try Self.insert($0, stopped: nil, seconds: 0, input: 0, output: 0, cause: "")
            }.faults == [])
    }

    @Test(arguments: TestDatabase.Engine.available)
    func `each thing that is lost or too much is a fault`(_ engine: TestDatabase.Engine) throws {
        let all = [Self.start, Self.interim, Self.stop]
        let expected: [(String, [LoadLedger.Request], (any DatabaseConnection) throws -> Void)] = [
            ("its stop was acknowledged, but there is no row", all, { _ in }),
            (
                "2 rows", all,
                {
                    try Self.insert($0); try Self.insert($0, unique: "u2")
                }
            ),
            ("of 'bob' instead of 'alice'", all, { try Self.insert($0, user: "bob") }),
            ("199 seconds, of which 200 were acknowledged", all, { try Self.insert($0, seconds: 199) }),
            ("10 input octets, of which 20 were acknowledged", all, { try Self.insert($0, input: 10) }),
            ("181 output octets, but only 180 were sent", all, { try Self.insert($0, output: 181) }),
            ("its Start is missing", all, { try Self.insert($0, connectInfo: "NULL") }),
            ("began 1 s late", all, { try Self.insert($0, started: 2_000_001) }),
            ("its Stop is missing", all, { try Self.insert($0, stopped: nil) }),
            ("stopped at 2000201, which nobody sent", all, { try Self.insert($0, stopped: 2_000_201) }),
            (
                "stopped at 2000100, which nobody sent, ended by 'Lost-Carrier'", [Self.start, Self.interim],
                {
                    try Self.insert($0, stopped: 2_000_100, seconds: 100, input: 10, output: 90, cause: "Lost-Carrier")
                }
            ),
        ]
        for (fault, requests, rows) in expected {
            #expect(try faults(engine, requests, rows).faults == ["session \(Self.id): \(fault)"])
        }
        let stray = try faults(engine, all) {
            try Self.insert($0)
            try Self.insert($0, id: "S01234567ffffffff", unique: "u2")
            try Self.insert($0, id: "another run", unique: "u3")
        }
        #expect(stray.faults == ["session S01234567ffffffff: never sent, but there is a row"])
    }

    @Test(arguments: TestDatabase.Engine.available)
    func `kept usage must be the sum of the sessions`(_ engine: TestDatabase.Engine) throws {
        func report(_ seconds: Int) throws -> LedgerReport {
            try faults(engine, [Self.start, Self.interim, Self.stop]) { connection in
                try Self.insert(connection)
                try connection.script(
                    """
                    INSERT INTO radian_usage_user (username, organization_id, zone, hours_back, days_back, granted)
                        VALUES ('alice', '', 'UTC', 24, 1, '{}');
                    INSERT INTO radian_usage (username, organization_id, grain, began, seconds, input_octets, output_octets)
                        VALUES ('alice', '', 0, 0, \(seconds), 20, 180);
                    """)
            }
        }
        #expect(try report(200).faults == [])
        #expect(try report(200).usersCompared == 1)
        #expect(try report(400).faults == ["user alice: the kept usage is not the sum of the sessions"])
    }
}
