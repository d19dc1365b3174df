import Database
import RADIUSPipeline
import TestSupport
import Testing

/// Whatever the order in which a session's packets arrive, and however often, the row ends the same (RFC 2866 promises no order).
@Suite struct PacketOrderTests {
    /// The packets of one session of 900 seconds that began at 100 000.
    /// - Parameter time: when a packet that far into the session is said to have happened.
    static func packets(_ time: (Int64) -> Int64) -> [AccountingRecord] {
        func packet(_ type: AcctStatusType, _ seconds: Int64, _ change: (inout AccountingRecord) -> Void) -> AccountingRecord {
            AccountingRecord(type, "", at: time(seconds), sessionTime: type == .start ? nil : seconds).with {
                $0.calledStationID = "ap-1"
                $0.serviceType = "Framed-User"
                $0.organizationID = "school"
                change(&$0)
            }
        }
        return [
            packet(.start, 0) {
                $0.connectInfo = "11 Mbps"
                $0.classText = "0x616263"
                $0.acctAuthentic = "RADIUS"
            },
            packet(.interimUpdate, 300) {
                $0.inputOctets = 1_000
                $0.outputOctets = 5_000_000_000
                $0.framedIPAddress = "10.0.0.1"
                $0.nasPortID = "7"
                $0.framedIPv6Prefix = "2001:db8:1::/64"
            },
            packet(.interimUpdate, 600) {
                $0.inputOctets = 2_000
                $0.outputOctets = 6_000_000_000
                $0.framedIPAddress = "10.0.0.2"
                $0.framedIPv6Address = "2001:db8::5"
            },
            packet(.stop, 900) {
                $0.inputOctets = 3_000
                $0.outputOctets = 7_000_000_000
                $0.framedIPAddress = "10.0.0.2"
                $0.terminateCause = "User-Request"
                $0.connectInfo = "54 Mbps"
            },
        ]
    }

    /// Records every order of the packets, each as a session of its own.
    /// - Parameter oneByOne: the packets in turn, the sessions together; else everything in one batch.
    static func rows(of packets: [AccountingRecord], oneByOne: Bool, _ engine: Engine) throws -> [String: [String: String]] {
        try Recording.with(engine) { (recording) throws in
            let orders = permutations(packets).enumerated().map { index, order in
                order.map { packet in packet.with { $0.uniqueID = "\(index)" } }
            }
            if oneByOne {
                for turn in packets.indices { try recording.store(orders.map { $0[turn] }) }
            } else {
                try recording.store(Array(orders.joined()))
            }
            let rows = try recording.rows()
            #expect(rows.count == orders.count)
            return rows
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let engine: Engine
        let oneByOne: Bool
        var testDescription: String { "\(engine), \(oneByOne ? "one by one" : "one batch")" }
        static let all = Engine.available.flatMap { engine in [true, false].map { Case(engine: engine, oneByOne: $0) } }
    }

    @Test(arguments: Case.all) func `with Event-Timestamp`(_ test: Case) throws {
        let packets = Self.packets { 100_000 + $0 }
        let rows = try Self.rows(of: packets + packets, oneByOne: test.oneByOne, test.engine)
        #expect(rows.count == 2520)
        #expect(Set(rows.values).count == 1)
        let row = try #require(rows.values.first)
        let expected = [
            "acctstarttime": "100000", "acctupdatetime": "100900", "acctstoptime": "100900", "acctsessiontime": "900",
            "acctinputoctets": "3000", "acctoutputoctets": "7000000000", "connectinfo_start": "11 Mbps", "connectinfo_stop": "54 Mbps",
            "acctterminatecause": "User-Request", "username": "bob", "framedipaddress": "10.0.0.2", "framedipv6address": "2001:db8::5",
            "framedipv6prefix": "2001:db8:1::/64", "nasportid": "7", "class": "0x616263", "acctauthentic": "RADIUS",
            "servicetype": "Framed-User", "organization_id": "school", "calledstationid": "ap-1", "nasipaddress": "192.0.2.1",
        ]
        for (column, value) in expected { #expect(row[column] == value, "\(column)") }
    }

    /// A NAS without Event-Timestamp that empties its queue: every packet has the time of receipt.
    @Test(arguments: Case.all) func `all at the same second`(_ test: Case) throws {
        let packets = Self.packets { _ in 100_900 }
        let rows = try Self.rows(of: packets + packets, oneByOne: test.oneByOne, test.engine)
        #expect(Set(rows.values).count == 1)
        let row = try #require(rows.values.first)
        #expect(row["acctstarttime"] == "100000")
        #expect(row["acctstoptime"] == "100900")
        #expect(row["framedipaddress"] == "10.0.0.2")
        #expect(row["acctterminatecause"] == "User-Request")
    }

    @Test(arguments: Case.all) func `a Stop without Acct-Session-Time lasted from start to stop`(_ test: Case) throws {
        var packets = Self.packets { 100_000 + $0 }
        packets[3].sessionTime = nil
        let rows = try Self.rows(of: packets + [packets[3]], oneByOne: test.oneByOne, test.engine)
        #expect(Set(rows.values).count == 1)
        #expect(rows.values.first?["acctsessiontime"] == "900")
        let short = try Self.rows(of: [packets[0], packets[3]], oneByOne: test.oneByOne, test.engine)
        #expect(Set(short.values.map { $0["acctsessiontime"] }) == ["900"])
    }

    @Test(arguments: Case.all) func `a Stop's Acct-Session-Time is the NAS's, not the difference of times`(_ test: Case) throws {
        var packets = Self.packets { 100_000 + $0 }
        packets[3].eventEpoch += 2
        let rows = try Self.rows(of: packets, oneByOne: test.oneByOne, test.engine)
        #expect(Set(rows.values).count == 1)
        #expect(rows.values.first?["acctsessiontime"] == "900")
        #expect(rows.values.first?["acctstoptime"] == "100902")
    }

    @Test(arguments: Engine.available) func `a late Interim neither opens nor shrinks an ended session`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let packets = Self.packets { 100_000 + $0 }.map { packet in packet.with { $0.uniqueID = "a" } }
            try recording.store([packets[0]])
            try recording.store([packets[3]])
            let before = try recording.rows()["a"]
            // Sent before the Stop, and even one that the NAS's clock puts behind it.
            try recording.store([packets[1]])
            try recording.store([packets[2].with { $0.eventEpoch = 100_950 }])
            let after = try #require(try recording.rows()["a"])
            for column in ["acctstoptime", "acctsessiontime", "acctinputoctets", "acctoutputoctets", "acctterminatecause", "acctstarttime"]
            {
                #expect(after[column] == before?[column], "\(column)")
            }
        }
    }

    /// SQLite writes most Interim-Updates and Stops with shorter statements; each must do what the upsert does.
    @Test(.enabled(if: Engine.available.count > 1)) func `both engines make the same rows of any packets`() throws {
        var random = SeededGenerator(5)
        let batches = (0..<60).map { batch in
            (0..<40).map { _ -> AccountingRecord in
                let type: AcctStatusType = [.start, .interimUpdate, .interimUpdate, .interimUpdate, .stop].randomElement(using: &random)!
                let seconds = Int64.random(in: 0...900, using: &random)
                return AccountingRecord(type, "\(Int.random(in: 0..<30, using: &random))", at: 100_000 + seconds, sessionTime: seconds).with
                {
                    if Int.random(in: 0..<4, using: &random) == 0 { $0.sessionTime = nil }
                    if Int.random(in: 0..<6, using: &random) == 0 { $0.userName = ["bob", "eve", nil].randomElement(using: &random)! }
                    $0.framedIPAddress = ["10.0.0.1", "10.0.0.1", "10.0.0.2", nil].randomElement(using: &random)!
                    $0.framedIPv6Address = [nil, nil, nil, "2001:db8::5"].randomElement(using: &random)!
                    $0.inputOctets = Int64(batch) * Int64.random(in: 0...3, using: &random)
                    $0.terminateCause = type == .stop ? ["User-Request", "Lost-Carrier"].randomElement(using: &random)! : nil
                    $0.connectInfo = ["11 Mbps", nil].randomElement(using: &random)!
                    $0.calledStationID = ["ap-1", "ap-2", nil].randomElement(using: &random)!
                }
            }
        }
        let rows = try Engine.available.map { engine in
            try Recording.with(engine) { (recording) throws in
                for (number, batch) in batches.enumerated() {
                    try recording.store(batch)
                    if number % 10 == 9 {
                        try recording.connection.script("UPDATE radacct SET given_up_at = 5 WHERE acctstoptime IS NOT NULL")
                    }
                }
                // Absent texts are empty on FreeRADIUS's SQLite.
                return try recording.rows().mapValues { row in row.mapValues { $0.isEmpty ? "NULL" : $0 } }
            }
        }
        #expect(rows[0].count == rows[1].count && !rows[0].isEmpty)
        for (id, row) in rows[0] { #expect(row == rows[1][id], "\(id)") }
    }

    @Test(arguments: Engine.available) func `an open session is open until its Stop`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let packets = Self.packets { 100_000 + $0 }.map { packet in packet.with { $0.uniqueID = "a" } }
            for (packet, time) in zip(packets.prefix(3), ["0", "300", "600"]) {
                try recording.store([packet])
                let row = try #require(try recording.rows()["a"])
                #expect(row["acctstoptime"] == "NULL")
                #expect(row["acctsessiontime"] == time)
                #expect(row["connectinfo_stop"] == "NULL")
            }
            let interval = try recording.connection.table("SELECT acctinterval FROM radacct")
            #expect(interval == [["300"]])
        }
    }
}
