import Database
import Foundation
import InMemoryLogging
import Logging
import RADIUSPipeline
import Sessions
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PostAuthenticationLogTests {
    private let log = InMemoryLogHandler()

    private func logger() -> Logger { Logger(label: "test") { [log] _ in log } }

    private static func entry(_ number: Int) -> AuthenticationLogEntry {
        AuthenticationLogEntry(
            userName: "user\(number)", replyName: "Access-Accept", reason: nil, nasName: "ap", nasAddress: "192.0.2.1",
            epochMicroseconds: 1_700_000_000_250_000 + Int64(number) * 1_000_000)
    }

    private static func names(_ recording: Recording) throws -> [String] {
        try recording.connection.table("SELECT username FROM radpostauth ORDER BY id").flatMap(\.self)
    }

    private static let time = "{{postgres: to_char(authdate AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')}}{{sqlite: authdate}}"

    @Test(arguments: Engine.available) func `entries arrive with all they say, without a password`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, logger: logger())
            var rejected = Self.entry(0)
            rejected.replyName = "Access-Reject"
            rejected.reason = "password.mismatch"
            rejected.calledStationID = "ap-1:ssid"
            rejected.callingStationID = "02-00-00-00-00-01"
            rejected.classText = "0x6162"
            rejected.organizationID = "school"
            log.append(rejected)
            log.start()
            log.append(Self.entry(1))
            log.stop()
            let rows = try recording.connection.table(
                """
                SELECT username, pass, reply, \(Self.time), calledstationid, callingstationid, class, nasname, reason, organization_id
                FROM radpostauth ORDER BY id
                """)
            #expect(
                rows == [
                    [
                        "user0", "", "Access-Reject", "2023-11-14 22:13:20.250", "ap-1:ssid", "02-00-00-00-00-01", "0x6162", "ap",
                        "password.mismatch", "school",
                    ],
                    ["user1", "", "Access-Accept", "2023-11-14 22:13:21.250", "NULL", "NULL", "NULL", "ap", "NULL", "NULL"],
                ])
            #expect(log.droppedEntries == 0)
        }
    }

    @Test(arguments: Engine.available) func `the end of the program writes what waits, in order`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, logger: logger())
            log.start()
            for number in 0..<2_500 { log.append(Self.entry(number)) }
            log.stop()
            #expect(try Self.names(recording) == (0..<2_500).map { "user\($0)" })
        }
    }

    @Test(arguments: Engine.available, [5, 100]) func `a full queue drops the oldest and counts them`(_ engine: Engine, _ capacity: Int)
        throws
    {
        try Recording.with(engine) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, capacity: capacity, logger: logger())
            for number in 0..<250 { log.append(Self.entry(number)) }
            log.start()
            log.stop()
            let names = try Self.names(recording)
            #expect(names.count + log.droppedEntries == 250)
            #expect((capacity * 9 / 10...capacity).contains(names.count))
            #expect(names == (250 - names.count..<250).map { "user\($0)" })
        }
    }

    @Test(arguments: [(LoggedAuthentications.all, ["user0", "user1"]), (.rejects, ["user1"]), (.none, [])])
    func `what is not to be logged is left out`(_ scope: LoggedAuthentications, _ names: [String]) throws {
        try Recording.with(.sqlite) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, scope: scope, logger: logger())
            log.append(Self.entry(0))
            var rejected = Self.entry(1)
            rejected.replyName = "Access-Reject"
            log.append(rejected)
            log.start()
            log.stop()
            #expect(try Self.names(recording) == names)
            #expect(log.droppedEntries == 0)
        }
    }

    @Test(arguments: Engine.available) func `texts with U+0000 arrive without it`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, logger: logger())
            log.start()
            var entry = Self.entry(0)
            (entry.userName, entry.calledStationID, entry.callingStationID) = ("u\u{0}ser", "\u{0}ap", "sta\u{0}")
            entry.nasName = "n\u{0}"
            log.append(entry)
            log.append(Self.entry(1))
            log.stop()
            let rows = try recording.connection.table(
                "SELECT username, calledstationid, callingstationid, nasname FROM radpostauth ORDER BY id")
            #expect(rows == [["user", "ap", "sta", "n"], ["user1", "NULL", "NULL", "ap"]])
            #expect(log.droppedEntries == 0)
        }
    }

    @Test(arguments: Engine.available) func `one entry that the database refuses costs one entry`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.connection.script(
                """
                {{postgres: ALTER TABLE radpostauth ADD CHECK (username <> 'user17')}}
                {{sqlite: CREATE TRIGGER refuse BEFORE INSERT ON radpostauth WHEN NEW.username = 'user17' BEGIN SELECT RAISE(ABORT, 'no'); END}}
                """)
            let log = PostAuthenticationLog(engine: recording.engine, logger: logger())
            for number in 0..<100 { log.append(Self.entry(number)) }
            log.start()
            log.stop()
            #expect(try Self.names(recording).sorted() == (0..<100).filter { $0 != 17 }.map { "user\($0)" }.sorted())
            #expect(log.droppedEntries == 1)
        }
    }

    @Test(arguments: Engine.available) func `a database that goes and comes back loses nothing within the bound`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let log = PostAuthenticationLog(engine: recording.engine, capacity: 1_000, logger: logger())
            log.start()
            for number in 0..<100 { log.append(Self.entry(number)) }
            recording.engine.takeAway()
            for number in 100..<400 { log.append(Self.entry(number)) }
            let isNoticed = waitUntil { self.log.entries.map(\.level).contains(.warning) }
            #expect(isNoticed)
            for number in 400..<600 { log.append(Self.entry(number)) }
            #expect(try Self.names(recording).count < 600)
            recording.engine.bringBack()
            let isWritten = try waitUntil { try Self.names(recording).count == 600 }
            #expect(isWritten)
            log.stop()
            #expect(try Self.names(recording) == (0..<600).map { "user\($0)" })
            #expect(log.droppedEntries == 0)
            // One line when it went, one when it came back.
            let levels = self.log.entries.map(\.level)
            #expect(levels == [.warning, .info])
        }
    }

    @Test func `the program ends although the database is away, and what is lost is counted`() throws {
        try Recording.with(.sqlite) { (recording) throws in
            recording.engine.takeAway()
            let log = PostAuthenticationLog(engine: recording.engine, logger: logger())
            log.start()
            for number in 0..<50 { log.append(Self.entry(number)) }
            log.stop()
            #expect(log.droppedEntries == 50)
            #expect(try Self.names(recording) == [])
        }
    }
}
