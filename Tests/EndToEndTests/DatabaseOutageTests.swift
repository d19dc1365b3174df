import Composition
import Database
import DatabasePostgres
import RADIUSClient
import TestSupport
import Testing

/// PostgreSQL goes and comes back while the program runs.
@PeerThread
@Suite(.enabled(if: TestDatabase.Engine.postgres.isAvailable, "PostgreSQL is not available"))
struct DatabaseOutageTests {
    @Test("an outage costs silence, no acknowledged record and no wrong accept; recovery needs no restart")
    func outageDuringLoad() throws {
        let postgres = try PrivatePostgres()
        var connection: (any DatabaseConnection)? = try Self.prepare(postgres)
        let server = try ServerUnderTest.start(postgres.url)
        let storm = AccountingStorm(try server.acct(timeout: .milliseconds(300), attempts: 1), senders: 4)
        let client = try server.auth(timeout: .milliseconds(300), attempts: 1)
        func isAccepted() -> Bool { (try? client.authenticate(user: "alice", password: "x", method: .pap))?.verdict == .accepted }
        for end in [postgres.stop, postgres.crash] {
            try storm.waitForAcknowledgements(50)
            #expect(isAccepted())
            connection = nil
            try end()

            let before = storm.acknowledgedCount
            for method in [AuthenticationMethod.pap, .chap, .mschapv2] {
                #expect(throws: ClientError.noReply(client.server, attempts: 1)) {
                    try client.authenticate(user: "alice", password: "x", method: method)
                }
            }
            try storm.waitForSilence(8)
            // Packets under way when the server stopped may have been committed before.
            #expect(storm.acknowledgedCount <= before + 4)
            #expect(server.process.isRunning)

            try postgres.start()
            try eventually("logins are accepted again", within: 20) { isAccepted() }
            try storm.waitForAcknowledgements(20)
        }
        let sessions = try storm.end()
        connection = try PostgresEngine(url: postgres.url).connect(.general)
        if let connection { try connection.expectDurable(sessions) }
        #expect(try server.stop() == .code(0))
    }

    @Test("a program that is started before PostgreSQL waits for it")
    func startsFirst() throws {
        let postgres = try PrivatePostgres()
        _ = try Self.prepare(postgres)
        try postgres.stop()
        let server = try ServerUnderTest.launch(postgres.url)
        try server.process.expect("waiting for the database")
        #expect(server.process.isRunning)
        try postgres.start()
        try server.waitUntilServing()
        #expect(try server.auth().authenticate(user: "alice", password: "x", method: .pap).verdict == .accepted)
        #expect(try server.stop() == .code(0))
    }

    @Test("a program that waits for PostgreSQL obeys SIGTERM")
    func stopsWhileWaiting() throws {
        let postgres = try PrivatePostgres()
        try postgres.stop()
        let server = try ServerUnderTest.launch(postgres.url)
        try server.process.expect("waiting for the database")
        #expect(try server.stop() == .code(0))
    }

    private static func prepare(_ postgres: PrivatePostgres) throws -> any DatabaseConnection {
        let connection = try PostgresEngine(url: postgres.url).connect(.general)
        _ = try Schema.migrate(connection)
        try connection.script(
            """
            INSERT INTO nas (nasname, shortname, secret) VALUES ('127.0.0.1', 'lab', '\(Site.secretText)');
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('alice', 'Cleartext-Password', ':=', 'x');
            """)
        return connection
    }
}
