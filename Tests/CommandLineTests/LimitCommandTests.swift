import Testing

@testable import radian

/// Plans, quotas and pools as an operator handles them.
@Suite struct LimitCommandTests {
    @Test func `a plan is added, shown, changed and removed`() throws {
        let program = try Program()
        try program.succeed(
            "plan", "add", "gold", "--down", "50M", "--up", "10M", "--idle-timeout", "900", "--vlan", "30", "--sessions", "3",
            "--description", "Rooms")
        #expect(try program.run("plan", "add", "gold").errors == "radian: a plan 'gold' exists already; 'radian plan set' changes it\n")
        #expect(try program.succeed("plan", "list").output.contains("gold  50M   10M  3         Rooms"))
        try program.succeed("plan", "set", "gold", "--down", "1G", "--clear", "up", "--clear", "sessions")
        let shown = try program.succeed("plan", "show", "gold").output
        #expect(
            shown.contains("down:         1Gbit/s") && shown.contains("vlan:         30") && !shown.contains("up:")
                && !shown.contains("sessions"))
        let terms = try #require(try program.succeed("plan", "show", "gold", "--json").json().first?["terms"] as? [String: Any])
        #expect(terms["down_rate"] as? Int == 1_000_000_000 && terms["idle_seconds"] as? Int == 900)
        for wrong in [["plan", "set", "iron", "--down", "1M"], ["plan", "show", "iron"], ["plan", "remove", "iron"]] {
            #expect(try program.run(wrong).errors == "radian: there is no plan 'iron'; 'radian plan list' shows them\n")
        }
        #expect(try program.run("plan", "add", "x", "--vlan", "5000").code == 64)
        #expect(try program.run("plan", "set", "gold", "--clear", "nothing").code == 64)

        try program.succeed("group", "add", "staff")
        try program.succeed("group", "set", "staff", "check", "Radian-Plan", ":=", "gold")
        #expect(try program.run("plan", "remove", "gold").errors.contains("used by group staff"))
        try program.succeed("plan", "remove", "gold", "--force")
        #expect(try program.succeed("plan", "list", "--json").json().isEmpty)
    }

    @Test func `a quota is added, listed, reported and removed`() throws {
        let program = try Program()
        try program.succeed("plan", "add", "slow", "--down", "1M")
        try program.succeed(
            "quota", "add", "user", "alice", "--limit", "10G", "--period", "month", "--reset-day", "15", "--throttle-down", "1M",
            "--throttle-up", "256k")
        try program.succeed("quota", "add", "user", "alice", "--of", "time", "--limit", "4h", "--period", "day")
        try program.succeed("quota", "add", "plan", "slow", "--limit", "1.5G", "--period", "rolling 24h", "--refuse")
        let list = try program.succeed("quota", "list").output
        #expect(list.contains("1   user alice  10G    octets  monthly@15  throttle down 1M up 256k"))
        #expect(list.contains("2   user alice  4h     time    daily       disconnect"))
        #expect(list.contains("3   plan slow   1.5G   octets  rolling 1d  refuse"))
        let report = try program.succeed("quota", "show", "alice", "--json").json()
        #expect(report.map { $0["limit"] as? Int } == [10 << 30, 14_400])
        #expect(report.map { $0["left"] as? Int } == [10 << 30, 14_400])
        #expect(try program.succeed("quota", "show", "nobody").errors.contains("has no quotas"))
        for wrong in [
            ["--limit", "abc"], ["--limit", "0"], ["--limit", "1G", "--period", "yearly"],
            ["--limit", "1G", "--period", "day", "--reset-day", "3"],
            ["--limit", "1G", "--refuse", "--plan", "slow"], ["--limit", "1G", "--of", "time"], ["--limit", "1G", "--throttle-down", "x"],
        ] {
            #expect(try program.run(["quota", "add", "user", "alice"] + wrong).code == 64, "\(wrong)")
        }
        #expect(
            try program.run("quota", "add", "user", "alice", "--limit", "1G", "--plan", "none").errors.contains("there is no plan 'none'"))
        try program.succeed("quota", "remove", "1")
        #expect(try program.run("quota", "remove", "1").errors == "radian: there is no quota 1; 'radian quota list' shows them\n")
        #expect(try program.run("plan", "remove", "slow").code == 0)
        #expect(try program.succeed("quota", "list", "--json").json().count == 1)
    }

    @Test func `a pool is added, listed and removed`() throws {
        let program = try Program()
        try program.succeed("pool", "add", "home", "10.20.0.0/24", "10.21.0.5-10.21.0.9", "--lease", "2h")
        try program.succeed("pool", "add", "home6", "2001:db8:100::/40", "--kind", "delegated-prefix", "--length", "48")
        #expect(try program.run("pool", "add", "other", "10.20.0.77/32").errors.contains("'home' has some of these addresses"))
        let list = try program.succeed("pool", "list", "--json").json()
        #expect(list.map { $0["size"] as? Int } == [259, 256] && list.map { $0["lease_seconds"] as? Int } == [7200, 3600])
        #expect(try program.succeed("pool", "leases").errors == "no leases are running\n")
        #expect(try program.run("pool", "release", "10.20.0.1").code == 1)
        #expect(try program.run("pool", "add", "bad", "10.0.0.9-10.0.0.1").code == 1)
        try program.succeed("pool", "remove", "home")
        #expect(try program.run("pool", "remove", "home").errors == "radian: there is no pool 'home'; 'radian pool list' shows them\n")
    }

    @Test func `amounts are read and written alike`() {
        for (text, octets) in [("0", 0), ("500", 500), ("1k", 1024), ("1.5G", 3 << 29), ("10M", 10 << 20), ("2t", 2 << 40)]
            as [(String, Int64)]
        {
            #expect(Quantity.octets(text) == octets)
        }
        for text in ["", "G", "-1", "1e3", ".5G", "1X", "99999999999999G", "1 G"] { #expect(Quantity.octets(text) == nil, "\(text)") }
        for (text, seconds) in [("90", 90), ("90s", 90), ("1h30m", 5400), ("1d", 86_400), ("2w", 1_209_600)] as [(String, Int64)] {
            #expect(Quantity.seconds(text) == seconds)
        }
        for text in ["", "h", "-5", "1.5h", "1x", "99999999999d"] { #expect(Quantity.seconds(text) == nil, "\(text)") }
        #expect([0, 1023, 1536, 10 << 30, 1 << 50].map { Quantity.text(octets: $0) } == ["0", "1023", "1.5k", "10G", "1024T"])
        #expect([5, 512_000, 1_500_000].map { Quantity.text(rate: $0) } == ["5", "512k", "1.5M"])
        #expect([0, 59, 3600, 5400, 90_061].map(Quantity.duration) == ["0s", "59s", "1h", "1h30m", "1d1h"])
    }
}
