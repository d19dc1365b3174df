import Accounts
import Database
import Foundation
import NASClients
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import Sessions

/// Kept usage against what one finds by looking at every minute.
@Suite struct UsageLedgerTests {
    private static let rome = TimeZone(identifier: "Europe/Rome") ?? .gmt

    /// Usage of users by local hour and day, counted minute by minute with Foundation's calendar.
    struct Model {
        var seconds: [String: [String: Int64]] = [:]
        var octets: [String: [String: Int64]] = [:]
        private var calendar = Calendar(identifier: .gregorian)
        private var labels: [Int64: [String]] = [:]

        init(_ zone: TimeZone) {
            calendar.timeZone = zone
        }

        mutating func add(user: String, start: Int64, seconds: Int64, octetsPerMinute: Int64) {
            self.seconds[user, default: [:]]["total", default: 0] += 0
            for minute in stride(from: start, to: start + seconds, by: 60) {
                for label in ["total"] + names(minute) {
                    self.seconds[user, default: [:]][label, default: 0] += 60
                    if octetsPerMinute > 0 { octets[user, default: [:]][label, default: 0] += octetsPerMinute }
                }
            }
        }

        private mutating func names(_ minute: Int64) -> [String] {
            if let known = labels[minute] { return known }
            let date = Date(timeIntervalSince1970: Double(minute))
            let day = Int64(calendar.startOfDay(for: date).timeIntervalSince1970)
            let hour = minute - Int64(calendar.component(.minute, from: date)) * 60
            labels[minute] = ["hour \(hour)", "day \(day)"]
            return ["hour \(hour)", "day \(day)"]
        }
    }

    /// Hours, days and totals as stored, in the model's form.
    private func stored(_ connection: any DatabaseConnection, _ column: String) throws -> [String: [String: Int64]] {
        var all: [String: [String: Int64]] = [:]
        for row in try connection.table("SELECT username, grain, began, \(column) FROM radian_usage") {
            let label = row[1] == "0" ? "total" : (row[1] == "1" ? "hour " : "day ") + row[2]
            let value = Int64(row[3]) ?? -1
            if value != 0 || label == "total" { all[row[0], default: [:]][label, default: 0] += value }
        }
        return all
    }

    private static func ledger(_ recording: Recording) -> UsageLedger { UsageLedger(recording.connection, calendar: LocalCalendar(rome)) }

    private static func recorder(_ recording: Recording) -> SessionRecorder {
        SessionRecorder(KeptConnection(recording.engine, .packets), events: recording.events, calendar: LocalCalendar(rome))
    }

    private static func keep(_ users: [String], _ recording: Recording, at epoch: Int64 = 0) throws {
        try recording.connection.transaction { () throws(DatabaseError) in
            try ledger(recording).begin(users.map { UsageQuery(userName: $0, depth: UsageDepth(hours: 24, days: 31)) }, at: epoch)
        }
    }

    private struct PlannedSession {
        var id: String
        var user: String
        var start: Int64
        var minutes: Int64
        var octetsPerMinute: Int64
        /// Minutes at which interim packets are sent.
        var interims: [Int64]

        func packet(_ type: AcctStatusType, at minute: Int64) -> AccountingRecord {
            AccountingRecord(type, id, at: start + minute * 60, sessionTime: type == .start ? nil : minute * 60).with {
                $0.userName = user
                $0.inputOctets = minute * octetsPerMinute
                $0.outputOctets = minute * octetsPerMinute * 1_000
            }
        }

        var packets: [AccountingRecord] {
            [packet(.start, at: 0)] + interims.map { packet(.interimUpdate, at: $0) } + [packet(.stop, at: minutes)]
        }
    }

    private static func planned(_ random: inout SeededGenerator, count: Int, from: Int64) -> [PlannedSession] {
        (0..<count).map { number in
            let minutes = Int64.random(in: 0...3000, using: &random)
            let interims = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int64.random(in: 0...minutes, using: &random) }
            return PlannedSession(
                id: "s\(number)", user: "user\(number % 3)", start: from + Int64.random(in: 0...4000, using: &random) * 60,
                minutes: minutes,
                octetsPerMinute: Int64.random(in: 0...5_000_000, using: &random), interims: interims.sorted())
        }
    }

    /// Two days around the night in which Rome's clocks go back.
    private static let october: Int64 = 1_792_800_000

    @Test(arguments: Engine.available, [1, 2, 3] as [UInt64])
    func `hours and days are those of every minute, whatever the batches and repetitions`(_ engine: Engine, _ seed: UInt64) throws {
        try Recording.with(engine) { (recording) throws in
            var random = SeededGenerator(seed)
            try Self.keep(["user0", "user1"], recording)
            let recorder = Self.recorder(recording)
            let sessions = Self.planned(&random, count: 24, from: Self.october)
            var model = Model(Self.rome)
            for session in sessions where session.user != "user2" {
                model.add(user: session.user, start: session.start, seconds: session.minutes * 60, octetsPerMinute: session.octetsPerMinute)
            }
            // In order within a session, sessions interleaved, packets repeated now and then.
            var queues = sessions.map(\.packets)
            var sent: [AccountingRecord] = []
            while queues.contains(where: { !$0.isEmpty }) {
                var batch: [AccountingRecord] = []
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let open = queues.indices.filter { !queues[$0].isEmpty }
                    guard let index = open.randomElement(using: &random) else { break }
                    batch.append(queues[index].removeFirst())
                    if Int.random(in: 0..<4, using: &random) == 0, let again = sent.randomElement(using: &random) { batch.append(again) }
                }
                #expect(try recorder.record(batch).allSatisfy { $0 == .stored })
                sent += batch
            }
            #expect(try stored(recording.connection, "seconds") == model.seconds)
            #expect(try stored(recording.connection, "input_octets").mapValues { $0.filter { $0.value > 0 } } == model.octets)
        }
    }

    /// - Parameter days: from the first session to the first login; some sessions that ended until then are counted without a mark, or none.
    @Test(arguments: Engine.available, [(11, 5), (12, 5), (13, 5), (14, 0)] as [(UInt64, Int64)])
    func `in any order the time is exact and the traffic complete`(_ engine: Engine, _ plan: (seed: UInt64, days: Int64)) throws {
        try Recording.with(engine) { (recording) throws in
            var random = SeededGenerator(plan.seed)
            let recorder = Self.recorder(recording)
            let sessions = Self.planned(&random, count: 15, from: Self.october)
            var packets = sessions.flatMap { $0.packets + $0.packets.prefix(2) }
            packets.shuffle(using: &random)
            // Users are kept from somewhere in the middle on.
            let middle = packets.count / 3
            for batch in packets[..<middle].chunked(5) { #expect(try recorder.record(batch).allSatisfy { $0 == .stored }) }
            try Self.keep(["user0", "user1", "user2"], recording, at: Self.october + plan.days * 86_400)
            for batch in packets[middle...].chunked(7) { #expect(try recorder.record(batch).allSatisfy { $0 == .stored }) }
            var model = Model(Self.rome)
            for session in sessions {
                model.add(user: session.user, start: session.start, seconds: session.minutes * 60, octetsPerMinute: session.octetsPerMinute)
            }
            #expect(try stored(recording.connection, "seconds") == model.seconds)
            for (user, octets) in try stored(recording.connection, "input_octets") {
                let total = model.octets[user]?["total"] ?? 0
                #expect(octets["total"] == total)
                for grain in ["hour", "day"] {
                    #expect(octets.filter { $0.key.hasPrefix(grain) }.values.reduce(0, +) == total)
                }
            }
            #expect(
                try recording.connection.transaction { () throws(DatabaseError) in try Self.ledger(recording).check(limit: 10, at: 1) }
                    == [])
        }
    }

    @Test(arguments: Engine.available) func `what stands in radacct is counted at first use, as if it had been kept all along`(
        _ engine: Engine
    )
        throws
    {
        try Recording.with(engine) { (recording) throws in
            var random = SeededGenerator(5)
            let sessions = Self.planned(&random, count: 12, from: Self.october)
            for session in sessions { try recording.store([session.packet(.start, at: 0), session.packet(.stop, at: session.minutes)]) }
            try Self.keep(["user0", "user1", "user2"], recording)
            var model = Model(Self.rome)
            for session in sessions {
                model.add(user: session.user, start: session.start, seconds: session.minutes * 60, octetsPerMinute: session.octetsPerMinute)
            }
            #expect(try stored(recording.connection, "seconds") == model.seconds)
            #expect(try stored(recording.connection, "input_octets").mapValues { $0.filter { $0.value > 0 } } == model.octets)
            // Keeping them again changes nothing, and a rehearsal finds the same without keeping.
            try Self.keep(["user0"], recording)
            #expect(try stored(recording.connection, "seconds") == model.seconds)
            let query = UsageQuery(userName: "user1", depth: UsageDepth(hours: 24, days: 31))
            let rehearsed = try Self.ledger(recording).rehearse([query])
            #expect(rehearsed.map(\.total.seconds) == [model.seconds["user1"]?["total"]])
        }
    }

    @Test(arguments: Engine.available) func `Accounting-Off counts what it adds to the sessions it ends`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try Self.keep(["bob"], recording)
            let recorder = Self.recorder(recording)
            _ = try recorder.record([
                AccountingRecord(.start, "a", at: 100_000), AccountingRecord(.interimUpdate, "a", at: 100_300, sessionTime: 300),
            ])
            _ = try recorder.record([AccountingRecord(.accountingOff, "", at: 100_500)])
            #expect(try stored(recording.connection, "seconds")["bob"]?["total"] == 500)
            _ = try recorder.record([AccountingRecord(.accountingOff, "", at: 100_900)])
            #expect(try stored(recording.connection, "seconds")["bob"]?["total"] == 500)
        }
    }

    @Test(arguments: Engine.available) func `an id that a NAS uses again counts both sessions`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try Self.keep(["bob"], recording)
            let recorder = Self.recorder(recording)
            _ = try recorder.record([
                AccountingRecord(.start, "a", at: 100_000), AccountingRecord(.stop, "a", at: 100_300, sessionTime: 300),
            ])
            _ = try recorder.record([
                AccountingRecord(.start, "a", at: 200_000), AccountingRecord(.stop, "a", at: 200_400, sessionTime: 400),
            ])
            #expect(try stored(recording.connection, "seconds")["bob"]?["total"] == 700)
        }
    }

    @Test(arguments: Engine.available) func `rows that another program writes are caught up with`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try Self.keep(["bob"], recording)
            try recording.connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctsessiontime,
                    acctinputoctets, acctoutputoctets)
                VALUES ('1', 'u1', 'bob', {{inet '192.0.2.1'}}, {{timestamp 100000}}, {{timestamp 100060}}, 60, 5, 7)
                """)
            func catchUp() throws -> [String] {
                try recording.connection.transaction { () throws(DatabaseError) in
                    try Self.ledger(recording).catchUp(since: 0).map(\.text)
                }
            }
            #expect(try catchUp() == ["bob"])
            #expect(try catchUp() == [])
            #expect(try stored(recording.connection, "seconds")["bob"]?["total"] == 60)
            #expect(try stored(recording.connection, "output_octets")["bob"]?["total"] == 7)
        }
    }

    @Test(arguments: Engine.available) func `a difference is found, told and mended`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try Self.keep(["bob", "eve"], recording)
            _ = try Self.recorder(recording).record([AccountingRecord(.stop, "a", at: 100_300, sessionTime: 300)])
            func check() throws -> [String] {
                try recording.connection.transaction { () throws(DatabaseError) in try Self.ledger(recording).check(limit: 10, at: 7) }
            }
            #expect(try check() == [])
            try recording.connection.script("UPDATE radian_usage SET seconds = seconds + 1 WHERE grain = 0 AND username = 'bob'")
            #expect(try check() == ["bob"])
            #expect(try check() == [])
            #expect(try stored(recording.connection, "seconds")["bob"]?["total"] == 300)
        }
    }

    @Test(arguments: Engine.available) func `another zone cuts other days`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let query = UsageQuery(userName: "bob", depth: UsageDepth(hours: 1, days: 7))
            func begin(_ zone: TimeZone) throws {
                try recording.connection.transaction { () throws(DatabaseError) in
                    try UsageLedger(recording.connection, calendar: LocalCalendar(zone)).begin([query], at: 0)
                }
            }
            try recording.store([AccountingRecord(.stop, "a", at: 864_000 + 3600, sessionTime: 7200)])
            try begin(.gmt)
            #expect(
                try recording.connection.table("SELECT began, seconds FROM radian_usage WHERE grain = 2 ORDER BY began") == [
                    ["777600", "3600"], ["864000", "3600"],
                ])
            try begin(Self.rome)
            #expect(
                try recording.connection.table("SELECT began, seconds FROM radian_usage WHERE grain = 2 ORDER BY began") == [
                    ["860400", "7200"]
                ])
        }
    }

    @Test(arguments: Engine.available) func `hours of old sessions are not written at a first login`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let now: Int64 = 100 * 86_400
            try recording.store([
                AccountingRecord(.stop, "old", at: 50 * 86_400, sessionTime: 7200),
                AccountingRecord(.stop, "new", at: 99 * 86_400, sessionTime: 7200),
            ])
            try recording.connection.transaction { () throws(DatabaseError) in
                try UsageLedger(recording.connection, calendar: LocalCalendar(.gmt)).begin(
                    [UsageQuery(userName: "bob", depth: UsageDepth(hours: 1, days: 7))], at: now)
            }
            let rows = try recording.connection.table(
                "SELECT grain, count(*), sum(seconds) FROM radian_usage WHERE username = 'bob' GROUP BY grain ORDER BY grain")
            #expect(rows == [["0", "1", "14400"], ["1", "2", "7200"], ["2", "2", "14400"]])
        }
    }

    @Test(arguments: Engine.available) func `a long history is counted without being written, and counts once whatever comes of it later`(
        _ engine: Engine
    ) throws {
        try Recording.with(engine) { (recording) throws in
            func day(_ number: Int64) -> Int64 { number * 86_400 }
            func marked() throws -> [String] {
                try recording.connection.table("SELECT acctuniqueid FROM radacct WHERE counted_start IS NOT NULL ORDER BY 1").map { $0[0] }
            }
            func total() throws -> Int64? { try stored(recording.connection, "seconds")["bob"]?["total"] }
            try recording.store([
                AccountingRecord(.stop, "ended", at: day(50), sessionTime: 7200),
                AccountingRecord(.interimUpdate, "open", at: day(50), sessionTime: 600),
                AccountingRecord(.stop, "recent", at: day(99), sessionTime: 1800),
                AccountingRecord(.stop, "untouched", at: day(20), sessionTime: 100),
            ])
            try Self.keep(["bob"], recording, at: day(100))
            #expect(try marked() == ["open", "recent"])
            #expect(try total() == 9700)

            // Said again, and then more of it.
            try recording.store([AccountingRecord(.stop, "ended", at: day(50), sessionTime: 7200)])
            #expect(try total() == 9700)
            try recording.store([AccountingRecord(.stop, "ended", at: day(50), sessionTime: 7300)])
            #expect(try total() == 9800)
            // Something old that was not there, beside something new.
            try recording.store([
                AccountingRecord(.stop, "late", at: day(60), sessionTime: 50), AccountingRecord(.stop, "new", at: day(100), sessionTime: 5),
            ])
            #expect(try total() == 9855)
            try recording.store([AccountingRecord(.stop, "late", at: day(60), sessionTime: 50)])
            #expect(try total() == 9855)
            #expect(try marked() == ["ended", "late", "new", "open", "recent"])
            #expect(
                try recording.connection.transaction { () throws(DatabaseError) in
                    try Self.ledger(recording).check(limit: 10, at: day(101))
                } == [])

            // Counted anew, marks stay right: another program changed one, and has it counted.
            try recording.connection.script("UPDATE radacct SET acctsessiontime = 9000 WHERE acctuniqueid IN ('ended', 'untouched')")
            let differing = try recording.connection.transaction { () throws(DatabaseError) in
                try Self.ledger(recording).check(limit: 10, at: day(101))
            }
            #expect(differing == ["bob"])
            try recording.store([
                AccountingRecord(.stop, "ended", at: day(50), sessionTime: 9000),
                AccountingRecord(.stop, "untouched", at: day(20), sessionTime: 9000),
            ])
            #expect(try total() == 20_455)
        }
    }

    @Test(arguments: Engine.available) func `a NAS that claims the impossible costs nobody a record`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try Self.keep(["bob"], recording)
            let recorder = Self.recorder(recording)
            for number in 0..<20 {
                let record = AccountingRecord(.stop, "s\(number)", at: 2_000_000_000, sessionTime: 4_294_967_295).with {
                    $0.inputOctets = .max
                    $0.outputOctets = .max
                }
                #expect(try recorder.record([record]) == [.stored])
            }
            let rows = try recording.connection.table("SELECT count(*) FROM radian_usage")
            #expect(try #require(Int(rows[0][0])) < 2000)
        }
    }

    @Test(arguments: Engine.available) func `recorders on many threads lose and double nothing`(_ engine: Engine) async throws {
        try await TestDatabase.with(engine, schema: Recording.schema) { database in
            let recording = try Recording(database)
            try Self.keep(["user0", "user1"], recording)
            var random = SeededGenerator(77)
            let sessions = Self.planned(&random, count: 40, from: Self.october)
            let queues = (0..<4).map { thread in
                sessions.enumerated().filter { $0.offset % 2 == thread % 2 }.map(\.element.packets)
            }
            await withTaskGroup(of: Bool.self) { group in
                for packets in queues {
                    group.addTask { @Sendable in
                        let recorder = SessionRecorder(
                            KeptConnection(database.engine, .packets), events: EventBus(), calendar: LocalCalendar(Self.rome))
                        for batch in packets.flatMap({ $0 }).chunked(9) {
                            var isStored = false
                            // What the database could not do now, the NAS sends again.
                            for _ in 0..<50 where !isStored {
                                isStored = (try? recorder.record(batch))?.allSatisfy { $0 == .stored } == true
                            }
                            if !isStored { return false }
                        }
                        return true
                    }
                }
                for await isDone in group { #expect(isDone) }
            }
            var model = Model(Self.rome)
            for session in sessions where session.user != "user2" {
                model.add(user: session.user, start: session.start, seconds: session.minutes * 60, octetsPerMinute: session.octetsPerMinute)
            }
            #expect(try stored(recording.connection, "seconds") == model.seconds)
            for user in ["user0", "user1"] {
                #expect(try stored(recording.connection, "input_octets")[user]?["total"] == model.octets[user]?["total"])
            }
        }
    }
}

extension RandomAccessCollection {
    /// Pieces of at most so many elements, in order.
    func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { offset in
            Array(dropFirst(offset).prefix(size))
        }
    }
}

/// Random numbers that are the same each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
