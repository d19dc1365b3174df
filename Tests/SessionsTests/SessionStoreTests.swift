import Database
import RADIUSPipeline
import TestSupport
import Testing

@testable import Sessions

@Suite struct SessionStoreTests {
    @Test(arguments: Engine.available) func `sessions are listed newest first`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([
                AccountingRecord(.start, "a", at: 1_000),
                AccountingRecord(.start, "b", at: 3_000).with {
                    $0.userName = "alice"
                    $0.framedIPAddress = "10.0.0.1"
                },
                AccountingRecord(.stop, "c", at: 2_000, sessionTime: 500).with {
                    $0.inputOctets = 7
                    $0.outputOctets = 8
                    $0.terminateCause = "Idle-Timeout"
                },
            ])
            let store = SessionStore(recording.connection)
            func ids(openOnly: Bool = false, user: String? = nil, limit: Int = 10) throws -> [String] {
                try store.sessions(openOnly: openOnly, userName: user, limit: limit).map(\.uniqueID)
            }
            #expect(try ids() == ["b", "c", "a"])
            #expect(try ids(limit: 1) == ["b"])
            #expect(try ids(openOnly: true) == ["b", "a"])
            #expect(try ids(user: "bob") == ["c", "a"])
            #expect(try ids(openOnly: true, user: "bob") == ["a"])
            #expect(try ids(user: "Bob") == [])
            let ended = try #require(try store.sessions(openOnly: false, userName: "bob", limit: 1).first)
            #expect(
                ended
                    == Session(
                        uniqueID: "c", sessionID: "s-c", userName: "bob", nasAddress: "192.0.2.1", callingStationID: "02-00-00-00-00-01",
                        framedIPAddress: "", startedAt: 1_500, stoppedAt: 2_000, sessionTimeSeconds: 500, inputOctets: 7, outputOctets: 8,
                        terminateCause: "Idle-Timeout"))
            let open = try #require(try store.sessions(openOnly: true, userName: "alice", limit: 1).first)
            #expect(open.stoppedAt == nil)
            #expect(open.framedIPAddress == "10.0.0.1")
            #expect(open.terminateCause == "")
        }
    }

    @Test(arguments: Engine.available) func `who is online`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([
                AccountingRecord(.start, "a", at: 1_000).with { $0.calledStationID = "02-00-00-00-00-0A:office" },
                AccountingRecord(.start, "b", at: 3_000).with { $0.userName = "alice" },
                AccountingRecord(.interimUpdate, "b", at: 3_600).with {
                    $0.userName = "alice"
                    $0.inputOctets = 5
                },
                AccountingRecord(.stop, "c", at: 2_000, sessionTime: 500),
            ])
            let store = SessionStore(recording.connection)
            let online = try store.online()
            #expect(online.map(\.sessionID) == ["s-a", "s-b"])
            #expect(online.map(\.ssid) == ["office", ""])
            #expect(online.map(\.updatedAt) == [1_000, 3_600])
            #expect(online[1].inputOctets == 5)
            #expect(try store.online(userName: "alice").count == 1)
            #expect(try store.online(nasAddress: "192.0.2.99").isEmpty)
            #expect(try store.openCount() == 2)
            #expect(!online[1].isStale(at: 3_600 + 1_800))
            #expect(online[1].isStale(at: 3_600 + 1_801), "three updates are missing")
            #expect(!online[0].isStale(at: 1_000 + 86_400), "this NAS sends no updates")
            #expect(online[0].isStale(at: 1_000 + 86_401))
        }
    }

    @Test(arguments: [
        ("02-00-00-00-00-0A:office", "office"), ("02-00-00-00-00-0A", ""), ("02:00:00:00:00:0a", ""),
        ("02:00:00:00:00:0a:guests", "guests"),
        ("", ""),
    ]) func `the network's name is what follows the access point's address`(_ text: String, _ name: String) {
        #expect(OnlineSession.ssid(of: text) == name)
    }

    @Test(arguments: Engine.available) func `a user's logins and sessions are added up since a moment`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            try recording.store([
                AccountingRecord(.stop, "a", at: 1_000_500, sessionTime: 500).with { $0.inputOctets = 9 },
                AccountingRecord(.stop, "b", at: 2_000_500, sessionTime: 500).with {
                    $0.inputOctets = 7
                    $0.outputOctets = 8
                },
                AccountingRecord(.start, "c", at: 2_000_600),
            ])
            func login(_ reply: String, _ reason: String?, _ epoch: Int) throws {
                try recording.connection.script(
                    """
                    INSERT INTO radpostauth (username, pass, reply, authdate, reason) VALUES ('bob', '', '\(reply)',
                        {{postgres: to_timestamp(\(epoch))}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', \(epoch), 'unixepoch')}},
                        \(reason.map { "'\($0)'" } ?? "NULL"))
                    """)
            }
            try login("Access-Accept", nil, 1_000_000)
            try login("Access-Accept", nil, 2_000_000)
            try login("Access-Reject", "password.mismatch", 2_000_001)
            try login("Access-Reject", "password.mismatch", 2_000_002)
            let statistics = try SessionStore(recording.connection).statistics(of: "bob", since: 2_000_000)
            #expect(
                statistics.logins == [
                    .init(reply: "Access-Reject", reason: "password.mismatch", count: 2),
                    .init(reply: "Access-Accept", reason: "", count: 1),
                ])
            #expect(statistics.sessions == 2)
            #expect(statistics.openSessions == 1)
            #expect(statistics.sessionTimeSeconds == 500)
            #expect(statistics.inputOctets == 7)
            #expect(statistics.outputOctets == 8)
            #expect(try SessionStore(recording.connection).statistics(of: "nobody", since: 0).sessions == 0)
        }
    }
}
