import Database
import RADIUSPipeline
import TestSupport
import Testing

@testable import Sessions

@Suite struct StaleSessionsTests {
    private static let limits = StaleSessionLimits(missedIntervals: 3, minimumSeconds: 600, expectedInterval: 300, silentSeconds: 86_400)

    private func giveUp(_ recording: Recording, at now: Int64, limit: Int = 100) throws -> [String] {
        try recording.connection.transaction { () throws(DatabaseError) in
            try StaleSessions.giveUp(Self.limits, limit: limit, over: recording.connection, at: now).map(\.uniqueID).sorted()
        }
    }

    private func interim(_ id: String, at epoch: Int64, _ seconds: Int64) -> AccountingRecord {
        AccountingRecord(.interimUpdate, id, at: epoch, sessionTime: seconds).with { $0.inputOctets = seconds * 10 }
    }

    @Test(arguments: Engine.available) func `a session ends three intervals after its last packet, at that packet`(_ engine: Engine) throws
    {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "a", at: 100_000)])
            try recording.store([interim("a", at: 100_300, 300)])
            try recording.store([interim("a", at: 100_600, 600)])
            // Another that is heard of all the time, and one that never sends interim packets.
            try recording.store([AccountingRecord(.start, "b", at: 100_000), AccountingRecord(.start, "c", at: 100_000)])
            try recording.store([interim("b", at: 101_400, 1400)])
            #expect(try giveUp(recording, at: 101_500) == [])
            #expect(try giveUp(recording, at: 101_501) == ["a"])
            #expect(try giveUp(recording, at: 101_501) == [])
            let row = try #require(try recording.rows()["a"])
            #expect(row["acctstoptime"] == "100600" && row["acctterminatecause"] == "Lost-Carrier")
            #expect(row["acctsessiontime"] == "600" && row["acctinputoctets"] == "6000")
            #expect(try giveUp(recording, at: 100_000 + 86_401) == ["b", "c"])
            #expect(try recording.rows()["c"]?["acctstoptime"] == "100000")
        }
    }

    @Test(arguments: Engine.available) func `short intervals do not end a session before the minimum`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "a", at: 100_000)])
            try recording.store([interim("a", at: 100_060, 60)])
            #expect(try giveUp(recording, at: 100_660) == [])
            #expect(try giveUp(recording, at: 100_661) == ["a"])
        }
    }

    @Test(arguments: Engine.available) func `a packet that comes after all opens it again`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "a", at: 100_000)])
            try recording.store([interim("a", at: 100_300, 300)])
            #expect(try giveUp(recording, at: 110_000) == ["a"])
            // A repeated packet of before changes nothing.
            try recording.store([interim("a", at: 100_300, 300), interim("a", at: 100_200, 200)])
            #expect(try recording.rows()["a"]?["acctstoptime"] == "100300")
            try recording.store([interim("a", at: 110_100, 10_100)])
            var row = try #require(try recording.rows()["a"])
            #expect(row["acctstoptime"] == "NULL" && row["acctsessiontime"] == "10100" && row["acctterminatecause"] != "Lost-Carrier")
            try recording.store([AccountingRecord(.stop, "a", at: 110_200, sessionTime: 10_200).with { $0.terminateCause = "User-Request" }]
            )
            row = try #require(try recording.rows()["a"])
            #expect(row["acctstoptime"] == "110200" && row["acctterminatecause"] == "User-Request")
            // What really ended stays ended.
            try recording.store([interim("a", at: 110_300, 10_300)])
            #expect(try recording.rows()["a"]?["acctstoptime"] == "110200")
        }
    }

    @Test(arguments: Engine.available) func `a Stop that comes after all tells the true end`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([AccountingRecord(.start, "a", at: 100_000)])
            #expect(try giveUp(recording, at: 300_000) == ["a"])
            try recording.store([
                AccountingRecord(.stop, "a", at: 300_100, sessionTime: 200_100).with { $0.terminateCause = "Idle-Timeout" }
            ])
            let row = try #require(try recording.rows()["a"])
            #expect(row["acctstoptime"] == "300100" && row["acctsessiontime"] == "200100" && row["acctterminatecause"] == "Idle-Timeout")
        }
    }

    @Test(arguments: Engine.available) func `many are ended in pieces`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store((0..<30).map { AccountingRecord(.start, "s\($0)", at: 100_000) })
            var counts: [Int] = []
            repeat { counts.append(try giveUp(recording, at: 300_000, limit: 12).count) } while counts.last != 0
            #expect(counts == [12, 12, 6, 0])
        }
    }
}
