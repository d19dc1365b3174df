import Foundation
import Testing

@Suite struct UsageTests {
    private static let commands = [
        "serve", "migrate", "config check", "organization add", "organization list", "organization show", "user add", "user list",
        "user show",
        "user remove", "user password", "group add", "group list", "group show", "group remove", "group set", "group unset", "nas add",
        "nas list",
        "nas remove", "import", "session list", "radius test", "radius acct", "radius status", "radius load", "radius verify",
        "radius echo", "trace",
        "dictionary check", "dictionary find", "demo", "who", "last", "check", "shadow", "stats nas", "stats user", "radius sniff",
        "import freeradius", "user set", "user token", "user verify-email", "user verify", "user unverify", "user code",
        "session convert-called-station-ids", "organization set", "organization members", "organization role",
        "role list", "role add", "role permissions", "role remove", "role give", "role take", "token rotate-keys", "token keys",
        "message list", "message show",
        "message retry", "message test", "message costs", "message template set", "message template list", "message template remove",
        "user export", "batch list", "batch show", "batch add", "batch pdf", "batch errors", "batch resume", "batch cancel", "batch undo",
        "batch prune", "topology parse", "topology diff", "topology list",
        "topology add", "topology update", "topology snapshot", "topology remove",
    ]

    @Test(arguments: commands) func helpGivesAnExample(command: String) throws {
        let result = try Program().run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.code == 0)
        let example = try #require(result.output.split(separator: "Example:").last)
        #expect(example.contains("radian \(command)"))
    }

    @Test(arguments: [
        ["nonsense"], ["user", "add", "alice"], ["user", "add", "alice", "--password", "x", "--password-stdin"],
        ["nas", "add", "x", "--address", "::1"],
        ["group", "set", "staff", "reply", "Session-Timeout"], ["group", "set", "staff", "other", "Session-Timeout", "=", "1"],
        ["radius", "test", "alice"], ["radius", "test", "alice", "pw", "--method", "eap"],
        ["radius", "test", "alice", "pw", "--server", "a:b:c:0"],
        ["radius", "test", "alice", "pw", "--server", "192.0.2.1"], ["radius", "acct", "start"],
        ["radius", "load", "--window", "1", "--rate", "1"], ["radius", "load", "--verify", "--kind", "pap"], ["radius", "verify"],
        ["session", "list", "--limit", "0"], ["serve", "--nonsense"],
    ]) func wrongUsageIs64(arguments: [String]) throws {
        let result = try Program().run(arguments)
        #expect(result.code == 64)
        #expect(result.errors.hasPrefix("radian: "))
        #expect(result.output.isEmpty)
    }

    @Test func wrongConfigurationIs78WithItsLine() throws {
        var program = try Program()
        try program.write("radius:\n  auth_prot: 1812\nhttp:\n  port: high\n", to: "wrong.yaml")
        for command in [["config", "check"], ["serve"], ["user", "list"], ["migrate"]] {
            let result = try program.run(command + ["--config", "wrong.yaml"])
            #expect(result.code == 78)
            #expect(result.errors.contains("radian: wrong.yaml:2: "))
            #expect(result.errors.contains("radian: wrong.yaml:4: "))
        }
        #expect(try program.run("config", "check", "--config", "absent.yaml").code == 78)
        program.environment["RADIAN_DATABASE_URL"] = "postgres://user:hidden@[broken/x"
        let result = try program.run("config", "check")
        #expect(result.code == 78)
        #expect(!(result.output + result.errors).contains("hidden"))
    }

    @Test func aCorrectConfigurationIsConfirmed() throws {
        let program = try Program()
        try program.write("radius:\n  auth_port: 11812\n", to: "right.yaml")
        let result = try program.succeed("config", "check", "--config", "right.yaml")
        #expect(result.output.contains("UDP 11812"))
        #expect(!FileManager.default.fileExists(atPath: program.directory.appendingPathComponent("radian.db").path))
    }

    @Test func theSchemaIsMadeOnceAndReadingNeedsIt() throws {
        let program = try Program()
        let early = try program.run("user", "list")
        #expect(early.code == 1)
        #expect(early.errors.contains("run 'radian migrate'"))
        #expect(try program.succeed("migrate").output.contains("Accounts 1:"))
        #expect(try program.succeed("migrate").output == "the database is up to date\n")
        #expect(try program.succeed("user", "list").errors.contains("there are no users"))
    }

    @Test func aDatabaseThatIsAwayFails() throws {
        var program = try Program()
        program.environment["RADIAN_DATABASE_URL"] = "postgres://radian:hidden@127.0.0.1:1/radian"
        let result = try program.run("user", "list")
        #expect(result.code == 1)
        #expect(result.errors.hasPrefix("radian: cannot open the database"))
        #expect(!result.errors.contains("hidden"))
    }

    @Test func traceNeedsAServer() throws {
        let result = try Program().run("trace", "--user", "alice")
        #expect(result.code == 1)
        #expect(result.errors.contains("radian serve"))
    }
}
