import Database
import Foundation
import NIOConcurrencyHelpers
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import Testing

@Suite struct SessionRecorderTests {
    private static func starts(_ count: Int, reversed: Bool = false) -> [AccountingRecord] {
        let records = (0..<count).map { AccountingRecord(.start, "id-\($0)", at: 1_000 + Int64($0)) }
        return reversed ? records.reversed() : records
    }

    @Test(arguments: Engine.available) func `counters beyond 32 bits`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let stop = AccountingRecord(.stop, "a", at: 5_000_000_000, sessionTime: 4_294_967_295).with {
                $0.inputOctets = .max
                $0.outputOctets = 4_294_967_296 * 3 + 7
            }
            try recording.store([AccountingRecord(.start, "a", at: 705_032_705)])
            try recording.store([stop])
            let row = try #require(try recording.rows()["a"])
            #expect(row["acctinputoctets"] == "9223372036854775807")
            #expect(row["acctoutputoctets"] == "12884901895")
            #expect(row["acctsessiontime"] == "4294967295")
            #expect(row["acctstoptime"] == "5000000000")
        }
    }

    @Test(arguments: Engine.available) func `a NAS with an IPv6 address`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let nas = "2001:db8::1"
            try recording.store([
                AccountingRecord(.start, "a", at: 100, nas: nas), AccountingRecord(.start, "b", at: 100, nas: "2001:db8::2"),
            ])
            #expect(try recording.rows()["a"]?["nasipaddress"] == nas)
            try recording.store([AccountingRecord(.accountingOff, "off", at: 200, nas: nas)])
            #expect(try recording.rows()["a"]?["acctstoptime"] == "200")
            #expect(try recording.rows()["b"]?["acctstoptime"] == "NULL")
        }
    }

    @Test(arguments: Engine.available) func `texts with U+0000 lose it and nothing else`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            var record = AccountingRecord(.start, "a", at: 100)
            let text = "\u{0}te\u{0}xt ü\u{0}"
            record.acctSessionID = text
            for path in [
                \AccountingRecord.userName, \.realm, \.nasPortID, \.nasPortType, \.acctAuthentic, \.connectInfo, \.calledStationID,
                \.callingStationID, \.terminateCause, \.serviceType, \.framedProtocol, \.framedInterfaceID, \.classText,
            ] as [WritableKeyPath<AccountingRecord, String?>] {
                record[keyPath: path] = text
            }
            try recording.store([record])
            let row = try #require(try recording.rows()["a"])
            for column in [
                "acctsessionid", "username", "realm", "nasportid", "nasporttype", "acctauthentic", "connectinfo_start", "calledstationid",
                "callingstationid", "acctterminatecause", "servicetype", "framedprotocol", "framedinterfaceid", "class",
            ] {
                #expect(row[column] == "text ü", "\(column)")
            }
        }
    }

    @Test(arguments: Engine.available) func `types that are no session are acknowledged and store nothing`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.other(9), "a", at: 1), AccountingRecord(.other(0), "b", at: 1)])
            #expect(try recording.rows().isEmpty)
            #expect(try recording.recorder.record([]) == [])
        }
    }

    @Test(arguments: Engine.available) func `an id in use again after the end makes a second row`(_ engine: Engine) throws {
        for oneByOne in [true, false] {
            try Recording.with(engine) { (recording) throws in
                let packets = [
                    AccountingRecord(.start, "a", at: 1_000),
                    AccountingRecord(.stop, "a", at: 1_500, sessionTime: 500).with { $0.inputOctets = 10 },
                    AccountingRecord(.start, "a", at: 5_000),
                    // Late packets of the first session belong to neither row's end.
                    AccountingRecord(.interimUpdate, "a", at: 1_400, sessionTime: 400).with { $0.inputOctets = 9 },
                    AccountingRecord(.stop, "a", at: 1_500, sessionTime: 500).with { $0.inputOctets = 10 },
                    AccountingRecord(.start, "a", at: 1_000),
                    AccountingRecord(.start, "a", at: 5_000),
                    AccountingRecord(.stop, "a", at: 5_100, sessionTime: 100).with { $0.inputOctets = 3 },
                    AccountingRecord(.start, "a", at: 9_000),
                ]
                if oneByOne {
                    for packet in packets { try recording.store([packet]) }
                } else {
                    try recording.store(packets)
                }
                let rows = try recording.connection.table(
                    """
                    SELECT {{epoch acctstarttime}}, {{epoch acctstoptime}}, acctsessiontime, acctinputoctets, acctsessionid
                    FROM radacct ORDER BY acctstarttime
                    """)
                #expect(
                    rows == [
                        ["1000", "1500", "500", "10", "s-a"], ["5000", "5100", "100", "3", "s-a"], ["9000", "NULL", "0", "0", "s-a"],
                    ])
                #expect(try recording.rows()["a"]?["acctstarttime"] == "9000")
            }
        }
    }

    @Test(arguments: Engine.available) func `a repeated Start of a session that has just ended is not a new session`(_ engine: Engine)
        throws
    {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "a", at: 1_000)])
            try recording.store([AccountingRecord(.stop, "a", at: 1_005, sessionTime: 5)])
            // Without Event-Timestamp a retransmission is dated by its arrival.
            try recording.store([AccountingRecord(.start, "a", at: 1_030)])
            #expect(try recording.rows().count == 1)
            #expect(try recording.rows()["a"]?["acctstoptime"] == "1005")
            #expect(try recording.rows()["a"]?["acctstarttime"] == "1000")
        }
    }

    @Test(arguments: Engine.available) func `one record that the database refuses costs one record`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.connection.script(
                """
                {{postgres: ALTER TABLE radacct ADD CHECK (username <> 'poison')}}
                {{sqlite: CREATE TRIGGER refuse BEFORE INSERT ON radacct WHEN NEW.username = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END}}
                """)
            for (round, poisonous) in [[0], [31], [63], [10, 40]].enumerated() {
                var records = (0..<64).map { AccountingRecord(.start, "\(round)-\($0)", at: 100) }
                for index in poisonous { records[index].userName = "poison" }
                let results = try recording.recorder.record(records)
                #expect(results.count == 64)
                for (index, result) in results.enumerated() {
                    if case .rejected(let reason) = result {
                        #expect(poisonous.contains(index))
                        #expect(!reason.contains("poison"))
                    } else {
                        #expect(!poisonous.contains(index))
                    }
                }
                let stored = try recording.connection.table("SELECT count(*) FROM radacct WHERE acctuniqueid LIKE '\(round)-%'")
                #expect(stored == [["\(64 - poisonous.count)"]])
            }
        }
    }

    @Test(.enabled(if: Engine.postgres.isAvailable, "RADIAN_TEST_POSTGRES is not set"))
    func `an address that is none costs one record`() throws {
        try Recording.with(.postgres) { (recording) throws in
            var records = Self.starts(64)
            records[17].framedIPAddress = "10.0.0.999"
            let results = try recording.recorder.record(records)
            #expect(results.filter { $0 != .stored }.count == 1)
            #expect(results[17] != .stored)
            #expect(try recording.rows().count == 63)
        }
    }

    @Test(arguments: Engine.available) func `two connections write the same sessions at once`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let rounds = 20
            let engine = recording.database.engine
            let failures = NIOLockedValueBox<[String]>([])
            let arrivals = NIOLockedValueBox(0)
            let finished = DispatchSemaphore(value: 0)
            for index in 0..<2 {
                Thread.detachNewThread {
                    let recorder = SessionRecorder(KeptConnection(engine, .packets), events: EventBus())
                    for round in 0..<rounds {
                        let records = Self.starts(64, reversed: index == 1).map { record in
                            record.with { $0.uniqueID = "\(round)-\($0.uniqueID)" }
                        }
                        // Both begin a round at the same moment.
                        arrivals.withLockedValue { $0 += 1 }
                        _ = waitUntil { arrivals.withLockedValue { $0 >= 2 * (round + 1) } }
                        do {
                            let results = try recorder.record(records)
                            if results.contains(where: { $0 != .stored }) { failures.withLockedValue { $0.append("\(results)") } }
                        } catch {
                            failures.withLockedValue { $0.append("\(error)") }
                        }
                    }
                    finished.signal()
                }
            }
            for _ in 0..<2 { finished.wait() }
            #expect(failures.withLockedValue { $0 } == [])
            #expect(try recording.rows().count == rounds * 64)
        }
    }

    @Test(arguments: Engine.available) func `while the database is away nothing is said to be stored`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let ended = NIOLockedValueBox(0)
            recording.events.subscribe(to: SessionEnded.self) { _ in ended.withLockedValue { $0 += 1 } }
            try recording.store([AccountingRecord(.start, "a", at: 100)])
            recording.engine.takeAway()
            let stop = AccountingRecord(.stop, "a", at: 200, sessionTime: 100)
            for _ in 0..<3 {
                let error = #expect(throws: StoreError.self) { try recording.recorder.record([stop]) }
                guard case .unavailable = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
            #expect(ended.withLockedValue { $0 } == 0)
            recording.engine.bringBack()
            let isStored = waitUntil { (try? recording.recorder.record([stop])) == [.stored] }
            #expect(isStored)
            #expect(try recording.rows()["a"]?["acctstoptime"] == "200")
            #expect(ended.withLockedValue { $0 } == 1)
        }
    }

    @Test(.enabled(if: Engine.postgres.isAvailable, "RADIAN_TEST_POSTGRES is not set"))
    func `a session of the server that was ended is replaced unnoticed`() throws {
        try Recording.with(.postgres) { (recording) throws in
            try recording.store(Self.starts(3))
            let ended = try recording.connection.table(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                """)
            #expect(ended == [["t"]])
            try recording.store(Self.starts(64))
            #expect(try recording.rows().count == 64)
        }
    }

    @Test(arguments: Engine.available) func `events tell what is durable, and only that`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.connection.script(
                """
                {{postgres: ALTER TABLE radacct ADD CHECK (username <> 'poison')}}
                {{sqlite: CREATE TRIGGER refuse BEFORE INSERT ON radacct WHEN NEW.username = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END}}
                """)
            let seen = NIOLockedValueBox<[String]>([])
            recording.events.subscribe(to: SessionStarted.self) { event in
                seen.withLockedValue { $0.append("start \(event.uniqueID) \(event.userName) \(event.callingStationID)") }
            }
            recording.events.subscribe(to: SessionEnded.self) { event in
                seen.withLockedValue { $0.append("end \(event.uniqueID)") }
            }
            var records = [
                AccountingRecord(.start, "b", at: 100), AccountingRecord(.start, "a", at: 100),
                AccountingRecord(.interimUpdate, "a", at: 150),
                AccountingRecord(.stop, "a", at: 200), AccountingRecord(.start, "p", at: 100),
            ]
            records[4].userName = "poison"
            records[0].callingStationID = nil
            records[0].userName = nil
            _ = try recording.recorder.record(records)
            #expect(seen.withLockedValue { $0 } == ["start b  ", "start a bob 02-00-00-00-00-01", "end a"])
            #expect(try recording.rows().keys.sorted() == ["a", "b"])
        }
    }
}
