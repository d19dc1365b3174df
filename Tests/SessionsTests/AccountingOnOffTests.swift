import Database
import RADIUSPipeline
import TestSupport
import Testing

/// Accounting-On and -Off (RFC 2866 §5.1): the NAS has forgotten every session that began before.
@Suite struct AccountingOnOffTests {
    private static let sessions = [
        AccountingRecord(.start, "older", at: 1_000),
        AccountingRecord(.start, "ended", at: 1_000),
        AccountingRecord(.stop, "ended", at: 1_100, sessionTime: 100).with { $0.terminateCause = "User-Request" },
        AccountingRecord(.start, "newer", at: 3_000),
        AccountingRecord(.start, "elsewhere", at: 1_000, nas: "192.0.2.2"),
    ]

    private func check(_ recording: Recording, _ note: String) throws {
        let rows = try recording.rows()
        func column(_ name: String) -> [String: String] { rows.compactMapValues { $0[name] } }
        #expect(column("acctstoptime") == ["older": "2000", "ended": "1100", "newer": "NULL", "elsewhere": "NULL"], "\(note)")
        #expect(column("acctsessiontime") == ["older": "1000", "ended": "100", "newer": "0", "elsewhere": "0"], "\(note)")
        let cause = column("acctterminatecause").mapValues { $0 == "NULL" ? "" : $0 }
        #expect(cause == ["older": "NAS-Reboot", "ended": "User-Request", "newer": "", "elsewhere": ""], "\(note)")
    }

    @Test(arguments: Engine.available, [AcctStatusType.accountingOn, .accountingOff])
    func `only older open sessions of the NAS end`(_ engine: Engine, _ type: AcctStatusType) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store(Self.sessions)
            try recording.store([AccountingRecord(type, "on", at: 2_000)])
            try check(recording, "after")
            try recording.store([AccountingRecord(type, "on", at: 2_000)])
            try check(recording, "again")
        }
    }

    @Test(arguments: Engine.available, [AcctStatusType.accountingOn, .accountingOff])
    func `wherever it stands in a batch`(_ engine: Engine, _ type: AcctStatusType) throws {
        // The batch is written in the order of the ids, so the id decides too.
        for id in ["a", "zz"] {
            for place in 0...Self.sessions.count {
                try Recording.with(engine) { (recording) throws in
                    var records = Self.sessions
                    records.insert(AccountingRecord(type, id, at: 2_000), at: place)
                    try recording.store(records)
                    try check(recording, "\(id) at \(place)")
                }
            }
        }
    }

    @Test(arguments: Engine.available, [AcctStatusType.accountingOn, .accountingOff])
    func `of the sessions that begin in the same second those that came before end`(_ engine: Engine, _ type: AcctStatusType) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "stored", at: 2_000)])
            try recording.store([
                AccountingRecord(.start, "before", at: 2_000), AccountingRecord(type, "on", at: 2_000),
                AccountingRecord(.start, "after", at: 2_000),
            ])
            let stops = try recording.rows().compactMapValues { $0["acctstoptime"] }
            #expect(stops == ["stored": "2000", "before": "2000", "after": "NULL"])
        }
    }

    @Test(arguments: Engine.available) func `the NAS's own cause and a longer session time stay`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.interimUpdate, "a", at: 1_990, sessionTime: 990)])
            try recording.connection.script("UPDATE radacct SET acctsessiontime = 1500")
            try recording.store([AccountingRecord(.accountingOff, "off", at: 2_000).with { $0.terminateCause = "Admin-Reboot" }])
            let row = try #require(try recording.rows()["a"])
            #expect(row["acctsessiontime"] == "1500")
            #expect(row["acctterminatecause"] == "Admin-Reboot")
            #expect(row["acctupdatetime"] == "2000")
        }
    }
}
