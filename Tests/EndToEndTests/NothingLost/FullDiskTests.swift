import Composition
import Database
import DatabaseSQLite
import Foundation
import RADIUSClient
import TestSupport
import Testing

/// The disk of the database has no room for a while.
@PeerThread
@Suite(.enabled(if: SmallDisk.isPossible, "only root may make file systems"))
struct FullDiskTests {
    @Test("SQLite: a full disk costs silence; with room again, accounting goes on by itself and nothing acknowledged is lost")
    func sqlite() throws {
        let disk = try SmallDisk(mebibytes: 16)
        let path = disk.directory.appending(path: "radian.db").path
        try PrivatePostgres.prepare(SQLiteEngine(path: path).connect(.general))
        let server = try ServerUnderTest.start("sqlite:\(path)")
        let load = try AcknowledgedLoad(server)
        for _ in 0..<2 {
            try load.waitForAcknowledgements(200)
            try disk.fill()
            try load.waitForSilence()
            #expect(server.process.isRunning)
            try disk.free()
        }
        try load.waitForAcknowledgements(200)
        try load.expectNothingLost()
        #expect(try server.auth().authenticate(user: "alice", password: "x", method: .pap).verdict == .accepted)
        #expect(try server.stop() == .code(0))
    }

    @Test(
        "PostgreSQL: the same; where it gave up, accounting goes on when it is started again",
        .enabled(if: TestDatabase.Engine.postgres.isAvailable, "PostgreSQL is not available"))
    func postgres() throws {
        let disk = try SmallDisk(mebibytes: 160)
        let postgres = try PrivatePostgres(directory: disk.directory.path)
        try PrivatePostgres.prepare(postgres.connect())
        let server = try ServerUnderTest.start(postgres.url)
        let load = try AcknowledgedLoad(server)
        for _ in 0..<2 {
            try load.waitForAcknowledgements(200)
            try disk.fill()
            try load.waitForSilence(seconds: 60)
            #expect(server.process.isRunning)
            try disk.free()
            // Without room for its log it ends; a service manager would start it again.
            if !postgres.isRunning { try postgres.start() }
        }
        try load.waitForAcknowledgements(200)
        try load.expectNothingLost()
        #expect(try server.auth().authenticate(user: "alice", password: "x", method: .pap).verdict == .accepted)
        #expect(try server.stop() == .code(0))
    }
}
