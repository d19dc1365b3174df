import Database
import RADIUSClient
import TestSupport
import Testing

/// The program is killed as a crash or a power loss would end it.
@PeerThread
@Suite
struct CrashTests {
    @Test(
        "every acknowledged record is in the database after kill -9, and a restart serves at once", arguments: TestDatabase.Engine.available
    )
    func killedDuringAccounting(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"])
            let server = try ServerUnderTest.start(site.database.url)
            let storm = AccountingStorm(try server.acct(timeout: .milliseconds(500), attempts: 1), senders: 16)
            for _ in 0..<2 {
                try storm.waitForAcknowledgements(200)
                try server.kill()
                try server.restart()
                #expect(try server.auth().authenticate(user: "alice", password: "x", method: .pap).verdict == .accepted)
            }
            try storm.waitForAcknowledgements(100)
            try server.kill()
            let sessions = try storm.end()
            #expect(sessions.count >= 100)
            try site.connection.expectDurable(sessions)

            try server.restart()
            #expect(try server.stop() == .code(0))
        }
    }
}

extension DatabaseConnection {
    /// Compares what was acknowledged with the rows.
    func expectDurable(_ sessions: [AccountingStorm.Session]) throws {
        var rows: [String: (octets: Int64, isStopped: Bool)] = [:]
        try query(Statement("SELECT acctsessionid, acctinputoctets, CASE WHEN acctstoptime IS NULL THEN 0 ELSE 1 END FROM radacct"), []) {
            (row) throws(DatabaseError) in rows[row.text(0)] = (row.integer(1), row.integer(2) == 1)
        }
        for session in sessions {
            guard let row = rows[session.id] else {
                Issue.record("session \(session.id) was acknowledged but is not in the database")
                continue
            }
            #expect(row.octets >= session.octets && (row.isStopped || !session.isStopped), "\(session) is stored as \(row)")
        }
    }
}
