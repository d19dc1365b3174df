import FreeRADIUSFiles
import RADIUSPipeline
import Testing

@testable import FreeRADIUSImport

@Suite struct UsersPlanTests {
    private func plan(_ text: String, huntGroups: String = "") throws -> UsersPlan {
        func file(_ text: String, _ name: String) throws -> UsersFile {
            try UsersFile(text, file: name) { (_) throws(UsersFileError) in "" }
        }
        return UsersPlan(try file(text, "/etc/users"), huntGroups: HuntGroups(try file(huntGroups, "/etc/huntgroups"))) {
            $0.attribute == "Unknown" ? "unknown attribute Unknown" : nil
        }
    }

    private func rows(_ plan: UsersPlan) -> [String] {
        plan.rows.map { "\($0.table.rawValue) \($0.owner) \($0.attribute) \($0.op) \($0.value)" }
    }

    @Test func `a user with one entry gets rows of his own`() throws {
        let plan = try plan(
            """
            bob Cleartext-Password := "hello", NAS-Port == 5
            \tSession-Timeout = 600,
            \tReply-Message = "Hello %{User-Name}"
            """)
        #expect(
            rows(plan) == [
                "radcheck bob Cleartext-Password := hello", "radcheck bob NAS-Port == 5", "radreply bob Session-Timeout = 600",
                "radreply bob Reply-Message = `Hello %{User-Name}`",
            ])
        #expect(plan.memberships.isEmpty)
        #expect(!plan.needsProfile)
        #expect(plan.users == ["bob"])
    }

    @Test func `DEFAULT entries behind are the profile, which a matching user does not reach`() throws {
        let plan = try plan(
            """
            bob Cleartext-Password := "hello"
            alice Cleartext-Password := "hello"
            \tFall-Through = Yes
            DEFAULT NAS-Port == 5
            \tIdle-Timeout = 60
            DEFAULT
            \tSession-Timeout = 60
            """)
        #expect(
            rows(plan) == [
                "radcheck bob Cleartext-Password := hello", "radreply bob Fall-Through = No", "radcheck alice Cleartext-Password := hello",
                "radreply alice Fall-Through = Yes", "radgroupcheck users:4 NAS-Port == 5", "radgroupreply users:4 Idle-Timeout = 60",
                "radgroupreply users:4 Fall-Through = No", "radgroupreply users:6 Session-Timeout = 60",
                "radgroupreply users:6 Fall-Through = No",
            ])
        #expect(
            plan.memberships == [
                .init(user: "DEFAULT", group: "users:4", priority: 1), .init(user: "DEFAULT", group: "users:6", priority: 2),
            ])
        #expect(plan.needsProfile)
    }

    @Test func `entries whose order matters become groups`() throws {
        let plan = try plan(
            """
            DEFAULT Service-Type == Framed-User
            \tFramed-Protocol = PPP,
            \tFall-Through = Yes
            bob NAS-Port == 1, Cleartext-Password := "one"
            bob Cleartext-Password := "two"
            \tFall-Through = Yes
            """)
        #expect(plan.groups == ["users:end", "users:1", "users:4", "users:5"])
        #expect(
            plan.memberships.filter { $0.user == "bob" } == [
                .init(user: "bob", group: "users:1", priority: 1), .init(user: "bob", group: "users:4", priority: 2),
                .init(user: "bob", group: "users:5", priority: 3), .init(user: "bob", group: "users:end", priority: 4),
            ])
        #expect(rows(plan).contains("radgroupreply users:end Fall-Through = No"))
        #expect(rows(plan).contains("radgroupcheck users:4 Cleartext-Password := one"))
        #expect(!rows(plan).contains { $0.hasPrefix("radcheck") })
    }

    @Test func `an entry whose condition is not understood is left out, a reply loses the item only`() throws {
        let plan = try plan(
            """
            bob Unknown == 5, Cleartext-Password := "hello"
            alice Cleartext-Password := "hello"
            \tUnknown = 5,
            \tIdle-Timeout = 60
            """)
        #expect(plan.users == ["alice"])
        #expect(rows(plan) == ["radcheck alice Cleartext-Password := hello", "radreply alice Idle-Timeout = 60"])
        #expect(plan.notes.map(\.position) == ["/etc/users:1", "/etc/users:2"])
        #expect(!plan.notes.contains { $0.text.contains("hello") }, "notes hold no passwords")
    }

    @Test func `a huntgroup is replaced by its condition`() throws {
        let text = "bob Huntgroup-Name == \"lab\", Cleartext-Password := \"hello\"\nal Huntgroup-Name == \"two\"\nann Hint == \"PPP\""
        let plan = try plan(text, huntGroups: "lab NAS-IP-Address == 192.0.2.1\ntwo NAS-Port == 1\ntwo NAS-Port == 2\n")
        #expect(rows(plan) == ["radcheck bob NAS-IP-Address == 192.0.2.1", "radcheck bob Cleartext-Password := hello"])
        #expect(plan.notes.count == 2)
    }
}
