import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// PostgreSQL stands still: its connections stay, and nothing answers.
@PeerThread
@Suite(.enabled(if: TestDatabase.Engine.postgres.isAvailable, "PostgreSQL is not available"))
struct PausedDatabaseTests {
    @Test("meanwhile Status-Server is answered; afterwards all goes on, and nothing acknowledged is lost")
    func pause() throws {
        let postgres = try PrivatePostgres()
        try PrivatePostgres.prepare(postgres.connect())
        let server = try ServerUnderTest.start(postgres.url)
        let load = try AcknowledgedLoad(server)
        let impatient = try server.auth(timeout: .milliseconds(300), attempts: 1)
        for _ in 0..<2 {
            try load.waitForAcknowledgements(200)
            try postgres.pause()
            try load.waitForSilence()
            // Now every packet thread is held up, also those for logins.
            for _ in 0..<8 {
                #expect(throws: ClientError.noReply(impatient.server, attempts: 1)) {
                    try impatient.authenticate(user: "alice", password: "x", method: .pap)
                }
            }
            let patient = try [
                server.auth(timeout: .milliseconds(500), attempts: 6), server.acct(timeout: .milliseconds(500), attempts: 6),
            ]
            for port in patient {
                let reply = try port.status()
                #expect([.accessAccept, .accountingResponse].contains(reply.code))
            }
            try postgres.resume()
            try eventually("logins are accepted again") {
                (try? impatient.authenticate(user: "alice", password: "x", method: .pap))?.verdict == .accepted
            }
        }
        try load.waitForAcknowledgements(200)
        try load.expectNothingLost()
        #expect(try server.stop() == .code(0))
    }
}
