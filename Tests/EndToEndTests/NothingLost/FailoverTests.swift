import Database
import DatabasePostgres
import Foundation
import RADIUSClient
import TestSupport
import Testing

/// PostgreSQL as a pair: a primary, and a standby without which nothing counts as committed.
@PeerThread
@Suite(.enabled(if: TestDatabase.Engine.postgres.isAvailable, "PostgreSQL is not available"))
struct FailoverTests {
    @Test("the primary is killed and the standby promoted: Radian finds it by itself, and nothing acknowledged is lost")
    func primaryIsKilled() throws {
        let pair = try Pair()
        try pair.load.waitForAcknowledgements(300)
        #expect(pair.isAccepted())
        try pair.postgres.killAll()
        try pair.postgres.promote()
        try pair.expectService()
        try pair.load.expectNothingLost()
        #expect(try pair.server.stop() == .code(0))
    }

    @Test("a commit that the standby has not confirmed is not acknowledged, even when somebody cancels the wait for it")
    func standbyIsAway() throws {
        let pair = try Pair()
        try pair.load.waitForAcknowledgements(300)
        try pair.postgres.pauseStandby()
        try pair.load.waitForSilence()
        let acknowledged = pair.load.acknowledged
        let primary = try pair.postgres.connect()
        var cancelled: Int64 = 0
        try eventually("waiting commits are cancelled") {
            cancelled += try primary.first(Self.cancelWaits) { (row) throws(DatabaseError) in row.integer(0) } ?? 0
            return cancelled >= 4
        }
        try pair.load.waitForSilence()
        #expect(pair.load.acknowledged == acknowledged)
        try pair.postgres.killAll()
        try pair.postgres.resumeStandby()
        try pair.postgres.promote()
        try pair.expectService()
        try pair.load.expectNothingLost()
        #expect(try pair.server.stop() == .code(0))
    }

    @Test("a primary that stands still, with its connections, is left for the one that was promoted")
    func primaryIsPaused() throws {
        let pair = try Pair()
        try pair.load.waitForAcknowledgements(300)
        try pair.postgres.pause()
        try pair.postgres.promote()
        try pair.expectService()
        // Whoever promotes a standby makes sure that the old primary is gone.
        try pair.postgres.killAll()
        try pair.load.waitForAcknowledgements(100)
        try pair.load.expectNothingLost()
        #expect(try pair.server.stop() == .code(0))
    }

    /// PostgreSQL then reports success, with a warning.
    private static let cancelWaits = Statement(
        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    /// Both servers, Radian and a load.
    private struct Pair {
        let postgres: PrivatePostgres
        let server: ServerUnderTest
        let load: AcknowledgedLoad

        init() throws {
            postgres = try PrivatePostgres()
            try PrivatePostgres.prepare(postgres.connect())
            server = try ServerUnderTest.start(postgres.addStandby())
            load = try AcknowledgedLoad(server)
        }

        func isAccepted() -> Bool {
            let client = try? server.auth(timeout: .milliseconds(300), attempts: 1)
            return (try? client?.authenticate(user: "alice", password: "x", method: .pap))?.verdict == .accepted
        }

        /// Accounting and logins, whose policy is what the new primary holds.
        func expectService() throws {
            let begin = Date()
            try load.waitForAcknowledgements(1, seconds: 60)
            let accounting = Date().timeIntervalSince(begin)
            try eventually("logins are accepted", within: 30) { isAccepted() }
            print("after the promotion, accounting went on within \(accounting) s, logins within \(Date().timeIntervalSince(begin)) s")
            try load.waitForAcknowledgements(300, seconds: 60)
            let connection = try PostgresEngine(url: server.environment["RADIAN_DATABASE_URL"] ?? "").connect(.general)
            try connection.script("UPDATE radcheck SET value = 'y' WHERE username = 'alice'")
            #expect(!isAccepted())
            try connection.script("UPDATE radcheck SET value = 'x' WHERE username = 'alice'")
            #expect(isAccepted())
        }
    }
}
