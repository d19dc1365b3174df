import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import TestSupport
import Testing

/// RFC 4372 through the whole server: who asks gets an opaque name of the user, the same one each time.
@PeerThread
@Suite
struct ChargeableUserIdentityTests {
    private nonisolated func identity(_ reply: ClientReply) -> String? {
        reply.attributes.first { $0.definition.name == "Chargeable-User-Identity" }.flatMap { attribute in
            if case .bytes(let value) = attribute.value { String(decoding: value, as: UTF8.self) } else { nil }
        }
    }

    @Test("stable for user and operator, across restarts; different for each of them; nothing for who does not ask or is refused")
    func identities() throws {
        try Site.with(.sqlite) { site in
            for name in ["alice", "bob"] { try site.addUser(name, check: ["Cleartext-Password := hello"]) }
            let server = try ServerUnderTest.start(site.database.url)
            func ask(_ user: String, _ items: [String], password: String = "hello") throws -> String? {
                identity(
                    try server.auth().authenticate(
                        user: user, password: password, method: .pap, attributes: items.map { try Attribute($0) }))
            }
            let null = "Chargeable-User-Identity = 0x00"
            let first = try #require(try ask("alice", [null]))
            #expect(first.count == 64 && !first.contains("alice"))
            #expect(try ask("alice", [null, "Calling-Station-Id = 02-00-00-00-00-01"]) == first)
            // What the NAS got before, or WiMAX's empty one.
            #expect(try ask("alice", ["Chargeable-User-Identity = 0x\(first.utf8.map { String($0, radix: 16) }.joined())"]) == first)
            #expect(try ask("Alice", [null]) == nil)
            let cafe = try #require(try ask("alice", [null, "Operator-Name = 1cafe.example.org"]))
            let hotel = try #require(try ask("alice", [null, "Operator-Name = 1hotel.example.org"]))
            let bob = try #require(try ask("bob", [null]))
            #expect(Set([first, cafe, hotel, bob]).count == 4)
            #expect(try ask("alice", [null, "Operator-Name = 1cafe.example.org"]) == cafe)
            #expect(try ask("alice", []) == nil)
            #expect(try ask("alice", [null], password: "wrong") == nil)
            #expect(try server.stop() == .code(0))

            try server.restart()
            #expect(try ask("alice", [null]) == first)
            // A NAS tells it back in accounting.
            let record = ["User-Name = alice", "Acct-Session-Id = s1", "NAS-IP-Address = 127.0.0.1"].map { $0 }
            let told = "Chargeable-User-Identity = 0x\(first.utf8.map { String($0, radix: 16) }.joined())"
            let reply = try server.acct().account(.start, attributes: (record + [told]).map { try Attribute($0) })
            #expect(reply.code == .accountingResponse)
            #expect(try site.count("SELECT count(*) FROM radacct WHERE username = 'alice'") == 1)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a row of one's own comes first, and Class goes beside it")
    func rowsAndClass() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"], reply: ["Chargeable-User-Identity = 0x6e6f2e37"])
            try site.addUser("bob", check: ["Cleartext-Password := hello"])
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_POLICY_ACCOUNTING_CLASS": "yes"])
            let null = [try Attribute("Chargeable-User-Identity = 0x00")]
            let alice = try server.auth().authenticate(user: "alice", password: "hello", method: .pap, attributes: null)
            #expect(identity(alice) == "no.7")
            let bob = try server.auth().authenticate(user: "bob", password: "hello", method: .pap, attributes: null)
            #expect(identity(bob)?.count == 64)
            #expect(bob.attributes.contains { $0.definition.name == "Class" })
            #expect(try server.stop() == .code(0))
        }
    }

    @Test(
        "inside of a tunnel it is the inner user's, whatever the name outside",
        .enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
    func tunnels() throws {
        try Site.with(.sqlite) { site in
            for name in ["alice", "bob"] { try site.addUser(name, check: ["Cleartext-Password := hello"]) }
            let certificates = try Certificates.shared.get()
            let server = try ServerUnderTest.start(site.database.url, certificates.settings)
            func ask(_ user: String, _ method: String, _ phase2: String, _ attributes: [String] = ["89:x:00"]) throws -> String? {
                let lines = EAPOLTest.user(user, "hello") + certificates.authority + ["phase2=\"\(phase2)\""]
                let result = try EAPOLTest.run(EAPOLTest.tunnel(method, lines), port: server.authPort, attributes: attributes)
                #expect(result.succeeded, "\(result.summary)")
                return result["Chargeable-User-Identity"]
            }
            let alice = try #require(try ask("alice", "PEAP", "auth=MSCHAPV2"))
            #expect(try ask("alice", "TTLS", "auth=PAP") == alice)
            let bob = try #require(try ask("bob", "PEAP", "auth=MSCHAPV2"))
            let elsewhere = try #require(try ask("alice", "TTLS", "auth=PAP", ["89:x:00", "126:s:1cafe.example.org"]))
            #expect(Set([alice, bob, elsewhere]).count == 3)
            #expect(try ask("alice", "TTLS", "auth=PAP", []) == nil)
            #expect(try server.stop() == .code(0))
        }
    }
}
