import Foundation
import Testing

@Suite struct ProvisioningCommandTests {
    @Test func organizations() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe", "--name", "Café Central")
        let again = try program.run("organization", "add", "cafe")
        #expect(again.code == 1)
        #expect(again.errors == "radian: an organization with the slug 'cafe' exists already\n")
        #expect(try program.run("organization", "add", "Not A Slug").code == 1)

        #expect(try program.succeed("organization", "list").output.contains("cafe  Café Central  yes"))
        #expect(try program.succeed("organization", "list", "--json").json().first?["slug"] as? String == "cafe")
        let shown = try program.succeed("organization", "show", "cafe", "--json").json()
        #expect(shown.first?["members"] as? Int == 0)
        #expect(try program.run("organization", "show", "other").code == 1)
    }

    @Test func users() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        try program.succeed("group", "add", "staff")
        try program.succeed(
            "user", "add", "alice", "--password", "s3cret-one", "--group", "staff", "--organization", "cafe", "--email", "alice@example.org"
        )
        try program.succeed("user", "add", "bob", "--password-stdin", input: "s3cret-two\nnot this\n")
        #expect(try program.run("user", "add", "alice", "--password", "x").code == 1)
        #expect(try program.run("user", "add", "carol", "--password", "x", "--group", "none").errors.contains("radian group add none"))
        #expect(try program.run("user", "add", "carol", "--password", "x", "--organization", "none").code == 1)
        #expect(try program.run("user", "add", "carol", "--password-stdin").code == 1)

        let list = try program.succeed("user", "list", "--json").json()
        #expect(list.map { $0["username"] as? String } == ["alice", "bob"])
        #expect(list.first?["groups"] as? [String] == ["staff"])
        #expect(list.first?["credentials"] as? [String] == ["Cleartext-Password"])
        #expect(try program.succeed("user", "list", "--organization", "cafe", "--json").json().count == 1)

        let shown = try program.succeed("user", "show", "alice", "--json").json().first
        #expect((shown?["account"] as? [String: Any])?["email"] as? String == "alice@example.org")
        let check = try #require(shown?["check"] as? [[String: String]])
        #expect(check == [["attribute": "Cleartext-Password", "op": ":=", "value": "***"]])

        try program.succeed("user", "password", "alice", "--password", "s3cret-three")
        for arguments in [["user", "list"], ["user", "list", "--json"], ["user", "show", "alice"], ["user", "show", "bob", "--json"]] {
            #expect(try !program.run(arguments).output.contains("s3cret"))
        }
        #expect(try program.run("user", "password", "nobody", "--password", "x").code == 1)

        try program.succeed("user", "remove", "alice")
        #expect(try program.run("user", "remove", "alice").errors == "radian: there is no user 'alice'; 'radian user list' shows them\n")
        #expect(try program.run("user", "show", "alice").code == 1)
    }

    @Test func groups() throws {
        let program = try Program()
        try program.succeed("group", "add", "staff")
        #expect(try program.run("group", "add", "staff").code == 1)
        let items = [
            ["reply", "Session-Timeout", ":=", "3600"], ["reply", "Idle-Timeout", "=", "60"], ["reply", "Reply-Message", "+=", "-first"],
            ["reply", "Reply-Message", "+=", "--second"], ["reply", "Class", "-=", "x"], ["reply", "Filter-Id", "!*", "ANY"],
            ["check", "NAS-Port", "<=", "10"], ["check", "Calling-Station-Id", "=~", "^00-"], ["check", "Login-Time", ":=", "Wk0800-1800"],
            ["check", "Cleartext-Password", ":=", "s3cret"],
        ]
        for item in items {
            let result = try program.run(["group", "set", "staff"] + item)
            #expect(result.code == 0, "\(item): \(result.errors)")
        }
        let shown = try #require(try program.succeed("group", "show", "staff", "--json").json().first)
        func stored(_ list: String) -> [[String]] {
            (shown[list] as? [[String: String]] ?? []).map { [list, $0["attribute"] ?? "", $0["op"] ?? "", $0["value"] ?? ""] }
        }
        #expect(stored("reply") + stored("check") == items.dropLast() + [["check", "Cleartext-Password", ":=", "***"]])

        try program.write("", to: "empty.yaml")
        try program.succeed("group", "set", "staff", "reply", "Session-Timeout", "=", "60", "--config", "empty.yaml")
        try program.succeed("group", "set", "--config", "empty.yaml", "staff", "reply", "Session-Timeout", "=", "61")
        #expect(try program.succeed("group", "show", "staff").output.contains("Session-Timeout = 61"))
        for wrong in [
            ["reply", "Nonsense", "=", "1"], ["reply", "Session-Timeout", "=~", "1"], ["reply", "Session-Timeout", "=", "long"],
            ["reply", "Cleartext-Password", ":=", "x"],
        ] {
            let result = try program.run(["group", "set", "staff"] + wrong)
            #expect(result.code == 1, "\(wrong)")
            #expect(result.errors.hasPrefix("radian: "))
        }
        #expect(try program.run("group", "set", "other", "reply", "Session-Timeout", "=", "1").code == 1)

        try program.succeed("group", "unset", "staff", "reply", "Reply-Message")
        #expect(try program.run("group", "unset", "staff", "reply", "Reply-Message").code == 1)
        #expect(try program.succeed("group", "list", "--json").json().map { $0["name"] as? String } == ["staff"])
        #expect(try !program.succeed("group", "list", "--json").output.contains("s3cret"))
        try program.succeed("group", "remove", "staff")
        #expect(try program.run("group", "show", "staff").code == 1)
    }

    @Test func groupsOfOrganizations() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe", "--default-groups")
        func groups() throws -> [[String]] {
            try program.succeed("group", "list", "--json").json().map {
                [$0["name"] as? String ?? "", $0["organization"] as? String ?? "", $0["is_default"] as? Bool == true ? "default" : ""]
            }
        }
        #expect(try groups() == [["cafe-power-users", "cafe", ""], ["cafe-users", "cafe", "default"]])
        try program.succeed("user", "add", "alice", "--password", "x", "--organization", "cafe")
        #expect(try program.succeed("user", "list", "--json").json().first?["groups"] as? [String] == ["cafe-users"])

        #expect(
            try program.succeed("group", "add", "guests", "--organization", "cafe", "--default").output == "group 'cafe-guests' added\n")
        #expect(try program.run("group", "add", "other", "--default").code != 0)
        #expect(try program.run("group", "add", "other", "--organization", "none").code == 1)
        #expect(try groups() == [["cafe-guests", "cafe", "default"], ["cafe-power-users", "cafe", ""], ["cafe-users", "cafe", ""]])
        #expect(try program.run("group", "remove", "cafe-guests").errors.contains("radian group default"))
        try program.succeed("group", "default", "cafe-power-users")
        try program.succeed("group", "remove", "cafe-guests")
        #expect(try program.succeed("group", "show", "cafe-power-users").output.contains("cafe"))
        #expect(try program.run("group", "default", "none").code == 1)
    }

    @Test func devices() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        try program.succeed("nas", "add", "office", "--address", "10.0.0.0/8", "--secret", "s3cret-one", "--type", "mikrotik")
        try program.succeed(
            "nas", "add", "lounge", "--address", "2001:db8::/32", "--secret-stdin", "--organization", "cafe", input: "s3cret-two\n")
        #expect(try program.run("nas", "add", "office", "--address", "10.9.0.0/16", "--secret", "x").code == 1)
        #expect(try program.run("nas", "add", "other", "--address", "10.0.0.0/99", "--secret", "x").code == 1)
        #expect(try program.run("nas", "add", "other", "--address", "::2", "--secret", "x", "--organization", "none").code == 1)

        let list = try program.succeed("nas", "list", "--json")
        #expect(try list.json().map { $0["name"] as? String } == ["lounge", "office"])
        #expect(try list.json().first?["organization"] as? String == "cafe")
        #expect(try !(list.output + program.succeed("nas", "list").output).contains("s3cret"))
        try program.succeed("nas", "remove", "office")
        #expect(try program.run("nas", "remove", "office").code == 1)
    }

    @Test func demoIsMadeOnceAndShownEachTime() throws {
        let program = try Program()
        let first = try program.succeed("demo").output
        let line = try #require(first.split(separator: "\n").last)
        #expect(line.hasPrefix("echo 'User-Name=demo,User-Password="))
        #expect(line.contains(",Message-Authenticator=0x00' | radclient -x 127.0.0.1:1812 auth "))
        #expect(try program.succeed("demo").output == first)
        #expect(try program.succeed("nas", "list", "--json").json().map { $0["name"] as? String } == ["localhost", "localhost6"])
        let members = try program.succeed("user", "list", "--organization", "demo", "--json").json().compactMap {
            $0["username"] as? String
        }
        #expect(members.sorted() == ["demo", "reception"])
        #expect(try program.succeed("organization", "members", "demo", "--json").json().map { $0["role"] as? String } == ["manager"])
    }

    @Test func demoLeavesADatabaseWithUsersAlone() throws {
        let program = try Program()
        try program.succeed("user", "add", "alice", "--password", "x")
        try program.succeed("demo")
        #expect(try program.succeed("user", "list", "--json").json().count == 1)
        #expect(try program.succeed("nas", "list", "--json").json().isEmpty)
        #expect(try program.succeed("organization", "list", "--json").json().isEmpty)
    }
}
