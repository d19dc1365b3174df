import Foundation
import Testing

@Suite struct UserVerificationCommandTests {
    @Test func `operators verify, take that back, and see how it stands`() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe", "--name", "Café")
        try program.succeed("user", "add", "alice", "--password", "correct horse")
        let foreign = try program.run("user", "verify", "alice", "--organization", "cafe")
        #expect(foreign.code != 0)
        try program.succeed("organization", "role", "cafe", "alice", "member")
        try program.succeed("user", "verify", "alice", "--organization", "cafe")
        let state = try program.succeed("user", "code", "alice", "--organization", "cafe").output
        #expect(state.contains("manual"))
        #expect(state.contains("none was sent"))
        #expect(state.contains("yes"))
        try program.succeed("user", "unverify", "alice", "--organization", "cafe")
        #expect(try program.succeed("user", "code", "alice", "--organization", "cafe").output.contains("no"))
        #expect(try program.run("user", "code", "alice", "--organization", "bar").code != 0)
    }

    @Test func `without concentrators there is nothing to convert`() throws {
        let result = try Program().run("session", "convert-called-station-ids")
        #expect(result.code == 1)
        #expect(result.errors.contains("no 'called_station_ids'"))
    }
}
