import Database
import DatabaseSQLite
import Foundation
import TestSupport
import Testing

/// Superusers, staff, roles, members, tokens.
@Suite struct AccountCommandTests {
    @Test func `a superuser's password is hashed and hard to guess, others' serve every method`() throws {
        let program = try Program()
        let weak = try program.run("user", "add", "root", "--superuser", "--password", "password")
        #expect(weak.code == 1)
        #expect(weak.errors.hasPrefix("radian: This password "))
        try program.succeed(
            "user", "add", "root", "--superuser", "--email", "root@example.org", "--phone", "+393664255801", "--password", "correct horse")
        try program.succeed("user", "add", "alice", "--password", "x")
        try program.succeed("user", "add", "bob", "--password", "x", "--scheme", "scrypt")
        let users = try program.succeed("user", "list", "--json").json()
        #expect(
            users.map { $0["credentials"] as? [String] } == [["Cleartext-Password"], ["Scrypt-Password"], ["Argon2-Password"]])
        let account = try #require(users.last?["account"] as? [String: Any])
        #expect(account["is_superuser"] as? Bool == true)
        #expect(account["is_staff"] as? Bool == true)
        #expect(account["phone_number"] as? String == "+393664255801")
        #expect(try program.run("user", "add", "eve", "--phone", "12", "--password", "x").code == 1)
        try program.succeed("user", "password", "alice", "--password", "y", "--scheme", "argon2")
        #expect(try program.succeed("user", "show", "alice").output.contains("Argon2-Password"))
        #expect(try program.succeed("user", "show", "root").output.contains("superuser"))
    }

    @Test func `what is known about a user changes by name`() throws {
        let program = try Program()
        try program.succeed("user", "add", "alice", "--email", "alice@example.org", "--password", "x")
        try program.succeed("user", "add", "bob", "--password", "x")
        try program.succeed(
            "user", "set", "alice", "--first-name", "Alice", "--expires", "2099-12-31", "--staff", "--email", "a@example.org")
        let account = { try #require(try program.succeed("user", "show", "alice", "--json").json().first?["account"] as? [String: Any]) }
        #expect(try account()["first_name"] as? String == "Alice")
        #expect(try account()["is_staff"] as? Bool == true)
        #expect(try account()["email"] as? String == "a@example.org")
        #expect(try account()["expires_at"] != nil)
        try program.succeed("user", "set", "alice", "--expires", "never", "--no-staff", "--email", "")
        #expect(try account()["expires_at"] == nil)
        #expect(try account()["is_staff"] as? Bool == false)
        #expect(try account()["email"] == nil)
        #expect(try program.run("user", "set", "alice", "--expires", "tomorrow").code == 64)
        #expect(try program.run("user", "set", "bob", "--email", "alice").code == 1)
        #expect(try program.run("user", "set", "nobody", "--first-name", "X").code == 1)
        try program.succeed("user", "verify-email", "bob", "bob@example.org")
        #expect(try program.run("user", "verify-email", "alice").code == 1)
    }

    @Test func `an API token is the same until it is replaced`() throws {
        let program = try Program()
        try program.succeed("user", "add", "root", "--superuser", "--password", "correct horse")
        let first = try program.succeed("user", "token", "root").output
        #expect(first.count == 41 && first.dropLast().allSatisfy { $0.isHexDigit })
        #expect(try program.succeed("user", "token", "root").output == first)
        let second = try program.succeed("user", "token", "root", "--replace").output
        #expect(second != first)
        #expect(try program.succeed("user", "token", "root").output == second)
        #expect(try program.run("user", "token", "nobody").code == 1)
        #expect(try program.succeed("token", "rotate-keys").output == "a new key signs; 0 tokens ended\n")
        #expect(try program.succeed("token", "rotate-keys", "--grace", "60").output.contains("60 seconds"))
        #expect(try program.succeed("token", "keys").output.contains("signs"))
        #expect(try program.run("token", "rotate-keys", "--grace", "-1").code == 64)
    }

    @Test func `members become managers and owners`() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        for name in ["alice", "bob"] { try program.succeed("user", "add", name, "--password", "x", "--organization", "cafe") }
        func roles() throws -> [String] {
            try program.succeed("organization", "members", "cafe", "--all", "--json").json().map {
                "\($0["username"] ?? "") \($0["role"] ?? "")"
            }
        }
        #expect(try roles() == ["alice member", "bob member"])
        try program.succeed("organization", "role", "cafe", "alice", "manager")
        #expect(try roles() == ["alice owner", "bob member"])
        try program.succeed("organization", "role", "cafe", "bob", "owner")
        #expect(try roles() == ["alice manager", "bob owner"])
        #expect(try program.succeed("organization", "members", "cafe").output.contains("alice  manager"))
        try program.succeed("organization", "role", "cafe", "bob", "member")
        try program.succeed("organization", "role", "cafe", "alice", "none")
        #expect(try roles() == ["bob member"])
        #expect(try program.run("organization", "role", "cafe", "alice", "none").code == 1)
        try program.succeed("organization", "set", "cafe", "--name", "Café", "--no-active")
        let shown = try program.succeed("organization", "show", "cafe", "--json").json().first
        #expect(shown?["name"] as? String == "Café")
        #expect(shown?["is_active"] as? Bool == false)
    }

    @Test func `roles`() throws {
        let program = try Program()
        try program.succeed("user", "add", "alice", "--staff", "--password", "correct horse")
        #expect(
            try program.succeed("role", "list", "--json").json().map { $0["name"] as? String } == [
                "Administrator", "Operator", "Receptionist",
            ])
        try program.succeed("role", "add", "Desk")
        #expect(try program.run("role", "add", "Desk").code == 1)
        #expect(try program.run("role", "add", "Other", "--permission", "fly").errors.contains("there is no permission 'fly'"))
        try program.succeed("role", "give", "alice", "Desk")
        try program.succeed("role", "take", "alice", "Desk")
        #expect(try program.run("role", "give", "alice", "Nobody").code == 1)
        try program.succeed("role", "remove", "Desk")
        #expect(try program.run("role", "remove", "Desk").code == 1)
    }

    @Test func `what commands change is written down with who ran them`() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        try program.succeed("user", "add", "alice", "--password", "a good password")
        try program.succeed("organization", "role", "cafe", "alice", "manager")
        try program.succeed("organization", "settings", "cafe", "sms_cooldown=99")
        try program.succeed("nas", "add", "lobby", "--address", "192.0.2.1", "--secret", "a good secret")
        try program.succeed("group", "add", "guests")
        try program.succeed("group", "set", "guests", "check", "Cleartext-Password", ":=", "a good password")
        try program.succeed("user", "set", "alice", "--first-name", "Alice")
        try program.succeed("role", "give", "alice", "Receptionist")
        try program.succeed("nas", "remove", "lobby")
        try program.succeed("user", "token", "alice", "--replace")
        let rows = try Self.audit(program)
        #expect(
            rows.map(\.action) == [
                "added organization", "added user", "added membership", "changed settings", "added nas", "added group", "changed group",
                "changed user", "changed user", "removed nas", "replaced token",
            ])
        #expect(rows.allSatisfy { $0.actor.hasPrefix("command line (") })
        #expect(!"\(rows)".contains("a good"))
        #expect(rows.contains { $0.before == #"{"first_name":""}"# && $0.after == #"{"first_name":"Alice"}"# })
        #expect(rows.contains { $0.after == #"{"sms_cooldown":"99"}"# })
    }

    @Test func `changes of plans, quotas, rules, pools and home servers are written down too`() throws {
        let program = try Program()
        try program.succeed("plan", "add", "gold", "--down", "50M")
        try program.succeed("plan", "set", "gold", "--down", "100M")
        try program.succeed("plan", "set", "gold", "--down", "100M")
        try program.succeed("quota", "add", "plan", "gold", "--limit", "1G")
        try program.succeed("quota", "remove", "1")
        try program.succeed("rule", "add", "guests", "--definition", "then: {set: {Tunnel-Password: a good secret}}")
        try program.succeed("rule", "add", "night", "--definition", "then: {vlan: 30}", "--before", "guests")
        try program.succeed("rule", "move", "guests", "--before", "night")
        try program.succeed("pool", "add", "home", "10.20.0.0/24")
        try program.succeed(
            "home-server", "add", "uni", "--host", "192.0.2.9", "--secret", "a good secret", "--set", "status_check=request", "--set",
            "check_user=ping", "--set", "check_password=a good password")
        try program.succeed("home-server", "pool", "add", "unis", "--servers", "uni")
        try program.succeed("realm", "add", "example.org", "--pool", "unis")
        try program.write("home_server two {\n\tipaddr = 192.0.2.2\n\tsecret = \"a good secret\"\n}\n", to: "proxy.conf")
        try program.succeed("home-server", "import", "proxy.conf")
        for refused in [
            ["plan", "add", "gold"], ["quota", "remove", "1"], ["rule", "add", "x", "--definition", "then: {vlan: 1}", "--before", "y"],
            ["pool", "add", "other", "10.20.0.9/32"], ["home-server", "add", "uni", "--host", "192.0.2.9", "--secret", "a good secret"],
            ["home-server", "pool", "remove", "x"], ["realm", "remove", "x"], ["home-server", "import", "proxy.conf"],
        ] {
            #expect(try program.run(refused).code == 1, "\(refused)")
        }
        try program.succeed("realm", "remove", "example.org")
        try program.succeed("home-server", "pool", "remove", "unis")
        try program.succeed("home-server", "remove", "uni")
        try program.succeed("pool", "remove", "home")
        try program.succeed("rule", "remove", "night")
        try program.succeed("plan", "remove", "gold")
        let rows = try Self.audit(program)
        #expect(
            rows.map { "\($0.action) \($0.label)" } == [
                "added plan gold", "changed plan gold", "added quota quota 1 of plan gold", "removed quota quota 1 of plan gold",
                "added rule guests", "added rule night", "changed rule guests", "added address pool home", "added home server uni",
                "added home server pool unis", "added realm example.org", "added home server two", "removed realm example.org",
                "removed home server pool unis", "removed home server uni", "removed address pool home", "removed rule night",
                "removed plan gold",
            ])
        #expect(rows.allSatisfy { $0.actor.hasPrefix("command line (") })
        #expect(!"\(rows)".contains("a good"))
        #expect(rows[1].before == #"{"down_rate":50000000}"# && rows[1].after == #"{"down_rate":100000000}"#)
        #expect(rows[6].before == #"{"place":2}"# && rows[6].after == #"{"place":1}"#)
    }

    private static func audit(_ program: borrowing Program) throws -> [AuditRow] {
        try SQLiteEngine(path: program.directory.appendingPathComponent("radian.db").path).connect(.general).auditRows()
    }

    @Test func `the demo's superuser is told once`() throws {
        let program = try Program()
        #expect(try program.run("demo").errors.contains("the superuser admin has the password "))
        #expect(try !program.run("demo").errors.contains("admin"))
    }
}
