import NIOConcurrencyHelpers
import RADIUSWire
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import Testing

/// Reply operators, applied by a group's rows (the second list) to what the user's rows (the first list) left.
struct PolicyMergeTests {
    struct Case: CustomTestStringConvertible {
        var user: [(String, String, String)]
        var group: [(String, String, String)]
        var reply: [String]
        var testDescription: String { "\(user) then \(group)" }
    }

    static let cases: [Case] = [
        // =
        Case(user: [("Filter-Id", "=", "a")], group: [("Filter-Id", "=", "b")], reply: ["Filter-Id = a"]),
        Case(user: [], group: [("Filter-Id", "=", "b"), ("Filter-Id", "=", "c")], reply: ["Filter-Id = b", "Filter-Id = c"]),
        // :=
        Case(
            user: [("Filter-Id", "=", "a"), ("Filter-Id", "+=", "b")], group: [("Filter-Id", ":=", "c")],
            reply: ["Filter-Id = c", "Filter-Id = b"]),
        Case(user: [], group: [("Filter-Id", ":=", "c")], reply: ["Filter-Id = c"]),
        Case(
            user: [("Filter-Id", "=", "a")], group: [("Filter-Id", ":=", "b"), ("Filter-Id", ":=", "c")],
            reply: ["Filter-Id = b", "Filter-Id = c"]),
        // += and ^=
        Case(user: [("Filter-Id", "=", "a")], group: [("Filter-Id", "+=", "b")], reply: ["Filter-Id = a", "Filter-Id = b"]),
        Case(user: [("Filter-Id", "=", "a")], group: [("Filter-Id", "^=", "b")], reply: ["Filter-Id = b", "Filter-Id = a"]),
        // -=
        Case(user: [("Filter-Id", "=", "a"), ("Filter-Id", "+=", "b")], group: [("Filter-Id", "-=", "a")], reply: ["Filter-Id = b"]),
        Case(user: [("Filter-Id", "=", "a")], group: [("Filter-Id", "-=", "b")], reply: ["Filter-Id = a"]),
        // ==
        Case(user: [("Filter-Id", "=", "a"), ("Filter-Id", "+=", "b")], group: [("Filter-Id", "==", "a")], reply: ["Filter-Id = a"]),
        Case(user: [], group: [("Filter-Id", "==", "a")], reply: []),
        // !*
        Case(
            user: [("Filter-Id", "=", "a"), ("Filter-Id", "+=", "b"), ("Idle-Timeout", "=", "5")], group: [("Filter-Id", "!*", "")],
            reply: ["Idle-Timeout = 5"]),
        // <= caps, >= lifts, both add when absent
        Case(user: [("Session-Timeout", "=", "600")], group: [("Session-Timeout", "<=", "300")], reply: ["Session-Timeout = 300"]),
        Case(user: [("Session-Timeout", "=", "200")], group: [("Session-Timeout", "<=", "300")], reply: ["Session-Timeout = 200"]),
        Case(user: [], group: [("Session-Timeout", "<=", "300")], reply: ["Session-Timeout = 300"]),
        Case(user: [("Session-Timeout", "=", "200")], group: [("Session-Timeout", ">=", "300")], reply: ["Session-Timeout = 300"]),
        Case(user: [("Session-Timeout", "=", "600")], group: [("Session-Timeout", ">=", "300")], reply: ["Session-Timeout = 600"]),
        Case(user: [], group: [("Session-Timeout", ">=", "300")], reply: ["Session-Timeout = 300"]),
        // Operators without a meaning in a reply are skipped.
        Case(user: [("Filter-Id", "=~", "a"), ("Idle-Timeout", "!=", "5"), ("Class", "<", "0x01")], group: [], reply: []),
        // An empty operator is ==, which adds nothing.
        Case(user: [("Filter-Id", "", "a")], group: [], reply: []),
        // Internal attributes never reach the wire.
        Case(
            user: [("Fall-Through", "=", "Yes"), ("Auth-Type", ":=", "Accept"), ("Idle-Timeout", "=", "5")], group: [],
            reply: ["Idle-Timeout = 5"]),
        // Tags.
        Case(
            user: [("Tunnel-Type:1", "=", "VLAN"), ("Tunnel-Medium-Type:1", "=", "IEEE-802"), ("Tunnel-Private-Group-Id:1", "=", "20")],
            group: [],
            reply: ["Tunnel-Type:1 = VLAN", "Tunnel-Medium-Type:1 = IEEE-802", "Tunnel-Private-Group-Id:1 = 20"]),
        // Bad rows are skipped, good ones stay.
        Case(
            user: [("No-Such-Thing", "=", "1"), ("Session-Timeout", "=", "soon"), ("Idle-Timeout", "?", "5"), ("Class", "=", "0x01")],
            group: [], reply: ["Class = 0x01"]),
    ]

    @Test(arguments: cases)
    func merge(_ item: Case) throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")), replies: numbered(.radreply, item.user),
            groups: [GroupPolicy(name: "all", priority: 1, replies: numbered(.radgroupreply, item.group))])
        let decision = try installation.logIn("bob", "hello")
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == item.reply)
    }

    @Test func unusableRowsAreReportedOnce() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Nonsense", ":=", "secret value")))
        for _ in 0..<3 { #expect(try installation.logIn("bob", "hello").code == .accessAccept) }
        #expect(installation.pipeline.environment.reporter.count == 1)
        let text = try installation.logIn("bob", "hello").record.orThrow().render()
        #expect(text.contains("radcheck 2 skipped: unknown attribute Nonsense"))
        #expect(!text.contains("secret value"))
    }

    @Test func strictPolicyRejectsAsFreeRADIUSDoes() throws {
        let installation = try Installation { $0.strictPolicy = true }
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello"), ("Nonsense", ":=", "1")))
        #expect(try installation.logIn("bob", "hello").reason == .policyMisconfigured)
    }

    @Test func valueTooLongForTheWireIsReported() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")),
            replies: rows(.radreply, ("Filter-Id", "=", String(repeating: "x", count: 300)), ("Idle-Timeout", "=", "5")))
        #expect(try installation.logIn("bob", "hello").lines == ["Idle-Timeout = 5"])
        #expect(installation.pipeline.environment.reporter.count == 1)
    }

    @Test func replyStaysWithinAPacket() throws {
        let installation = try Installation()
        let long = (0..<30).map { ("Reply-Message", "+=", "\($0)" + String(repeating: "y", count: 200)) }
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "hello")), replies: numbered(.radreply, long))
        let decision = try installation.logIn("bob", "hello")
        guard case .reply(let reply) = decision.disposition else {
            Issue.record("no reply")
            return
        }
        #expect(reply.attributes.count <= 4096 - 38)
        #expect(reply.attributes.count > 3700)
        #expect(decision.attributes.count < 30)
    }

    private func numbered(_ table: PolicyRow.Table, _ items: [(String, String, String)]) -> [PolicyRow] {
        items.enumerated().map { PolicyRow(table: table, id: Int64($0 + 1), attribute: $1.0, op: $1.1, value: $1.2) }
    }
}
