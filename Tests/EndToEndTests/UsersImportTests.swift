import Foundation
import RADIUSClient
import TestSupport
import Testing

/// A users file served by FreeRADIUS itself, and by the running program after its import.
@PeerThread
@Suite(.enabled(if: Surroundings.isInstalled(FreeRADIUSProcess.path)))
struct UsersImportTests {
    /// Entries whose order, conditions and Fall-Through matter, as administrators write them.
    private static let users = """
        # a comment
        "name with blanks" Cleartext-Password := "hello"
        \tReply-Message = "a \\"quoted\\" text"

        plain\tCleartext-Password := "hello"
        \tSession-Timeout = 600,
        \tFilter-Id = "std.in",
        \tReply-Message = "Hello, %{User-Name}"

        DEFAULT\tService-Type == Framed-User
        \tFramed-Protocol = PPP,
        \tFramed-MTU = 1400,
        \tFall-Through = Yes

        behind\tCleartext-Password := "hello"
        \tSession-Timeout = 700

        falls\tCleartext-Password := "hello"
        \tSession-Timeout = 800,
        \tFall-Through = Yes

        by-port\tNAS-Port == 7, Cleartext-Password := "seven"
        \tFilter-Id = "seven"
        by-port\tNAS-Port == 100, Cleartext-Password := "hello"
        \tFilter-Id = "hundred"
        by-port\tCleartext-Password := "other"
        \tFilter-Id = "other"

        replaces\tCleartext-Password := "hello"
        \tFramed-MTU := 1200,
        \tFall-Through = Yes

        adds\tCleartext-Password := "hello"
        \tReply-Message += "one",
        \tFall-Through = Yes
        adds
        \tReply-Message += "two"

        refused\tAuth-Type := Reject
        \tReply-Message = "No"

        tunnel\tCleartext-Password := "hello"
        \tTunnel-Type:1 = VLAN,
        \tTunnel-Medium-Type:1 = IEEE-802,
        \tTunnel-Private-Group-Id:1 = "42"

        mismatch\tNAS-Identifier == "elsewhere", Cleartext-Password := "hello"
        \tFilter-Id = "never"

        DEFAULT\tCalled-Station-Id =~ ":office$"
        \tIdle-Timeout = 60,
        \tFall-Through = Yes

        DEFAULT\tNAS-Identifier == "elsewhere"
        \tFilter-Id = "elsewhere"

        DEFAULT
        \tAcct-Interim-Interval = 300
        """

    private static let cases =
        [
            "name with blanks", "plain", "behind", "falls", "by-port", "replaces", "adds", "refused", "tunnel", "mismatch", "nobody",
        ].flatMap { [PolicyCase($0), PolicyCase($0, password: "wrong"), PolicyCase($0, request: ["Framed-MTU = 1500"])] }
        + [PolicyCase("by-port", password: "other"), PolicyCase("by-port", password: "seven"), PolicyCase("plain", method: .mschapv2)]

    @Test("the same code and the same attributes", arguments: TestDatabase.Engine.available)
    func sameAnswers(engine: TestDatabase.Engine) throws {
        let directory = try Surroundings.temporaryDirectory("users")
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "users").path
        try (Self.users + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_POLICY_DEFAULT_PROFILE": "DEFAULT"])
            let (exit, output) = try ChildProcess.run(
                Surroundings.radian, ["import", "freeradius", "--users", file], environment: server.environment, directory: server.directory
            )
            #expect(exit == .code(0), "\(output)")
            #expect(output.contains("default_profile: DEFAULT"))
            let oracle = try FreeRADIUSProcess(usersFile: file)
            for query in Self.cases {
                let expected = try ServerAnswer.ask(oracle.auth(), query)
                let actual = try ServerAnswer.ask(server.auth(), query)
                if !actual.isSame(as: expected) {
                    Issue.record("\(query)\n  FreeRADIUS: \(expected)\n  Radian:     \(actual)")
                }
            }
            #expect(try server.stop() == .code(0))
            try oracle.stop()
        }
    }
}
