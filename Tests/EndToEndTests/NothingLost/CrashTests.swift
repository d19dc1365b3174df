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
            try AcknowledgedLoad.keepUsage(site.connection)
            let server = try ServerUnderTest.start(site.database.url)
            let load = try AcknowledgedLoad(server)
            for _ in 0..<3 {
                try load.waitForAcknowledgements(300)
                try server.kill()
                try server.restart()
                #expect(try server.auth().authenticate(user: "alice", password: "x", method: .pap).verdict == .accepted)
            }
            try load.waitForAcknowledgements(100)
            try server.kill()
            try load.expectNothingLost()

            try server.restart()
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("two programs share a database: one that is killed costs nothing, the NAS asks the other one")
    func killedBesideAnother() throws {
        guard TestDatabase.Engine.postgres.isAvailable else { return }
        try Site.with(.postgres) { site in
            try AcknowledgedLoad.keepUsage(site.connection)
            let servers = try [ServerUnderTest.start(site.database.url), ServerUnderTest.start(site.database.url)]
            let load = try AcknowledgedLoad(servers[0], alternate: servers[1])
            for number in [0, 1, 0, 1] {
                try load.waitForAcknowledgements(200)
                try servers[number].kill()
                // All of it by the other one.
                try load.waitForAcknowledgements(200)
                try servers[number].restart()
            }
            try load.waitForAcknowledgements(100)
            try load.expectNothingLost()
            for server in servers { #expect(try server.stop() == .code(0)) }
        }
    }
}
