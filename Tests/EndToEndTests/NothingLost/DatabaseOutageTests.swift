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
        try PrivatePostgres.prepare(postgres.connect())
        let server = try ServerUnderTest.start(postgres.url)
        let load = try AcknowledgedLoad(server)
        let client = try server.auth(timeout: .milliseconds(300), attempts: 1)
        func isAccepted() -> Bool { (try? client.authenticate(user: "alice", password: "x", method: .pap))?.verdict == .accepted }
        for end in [postgres.stop, postgres.crash] {
            try load.waitForAcknowledgements(200)
            #expect(isAccepted())
            try end()
            // What was committed before may still have been on its way.
            #expect(!isAccepted())

            let before = load.acknowledged
            for method in [AuthenticationMethod.pap, .chap, .mschapv2] {
                #expect(throws: ClientError.noReply(client.server, attempts: 1)) {
                    try client.authenticate(user: "alice", password: "x", method: method)
                }
            }
            #expect(load.acknowledged == before)
            #expect(server.process.isRunning)

            try postgres.start()
            try eventually("logins are accepted again", within: 20) { isAccepted() }
            try load.waitForAcknowledgements(100)
        }
        try load.expectNothingLost()
        #expect(try server.stop() == .code(0))
    }

    @Test("a program that is started before PostgreSQL waits for it")
    func startsFirst() throws {
        let postgres = try PrivatePostgres()
        try PrivatePostgres.prepare(postgres.connect())
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
}
