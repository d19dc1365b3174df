import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

@Suite struct RuleWalkTests {
    /// A condition, attributes for which it holds, and attributes for which it does not.
    struct Case: CustomTestStringConvertible, Sendable {
        var when: String
        var holds: [String: String]
        var fails: [String: String]
        var testDescription: String { when }
    }

    static let cases = [
        Case(
            when: "{ssid: [Guests, Hall]}", holds: ["Called-Station-Id": "00-11-22-33-44-55:Hall"],
            fails: ["Called-Station-Id": "00-11-22-33-44-55:hall"]),
        Case(when: "{ssid: 'Guest*'}", holds: ["Called-Station-Id": "00-11-22-33-44-55:Guest Net"], fails: ["Called-Station-Id": "Guests"]),
        Case(when: "{user: 'al*'}", holds: [:], fails: ["User-Name": "bob"]),
        Case(when: "{user: '/^[a-c]l/'}", holds: [:], fails: ["User-Name": "bob"]),
        Case(when: "{user: bob}", holds: ["User-Name": "bob"], fails: ["User-Name": "Bob"]),
        Case(when: "{realm: example.org}", holds: ["User-Name": "bob@Example.ORG"], fails: ["User-Name": "bob@example.com"]),
        Case(when: "{realm: CORP}", holds: ["User-Name": "CORP\\bob"], fails: ["User-Name": "bob"]),
        Case(when: "{realm: 'NULL'}", holds: [:], fails: ["User-Name": "bob@x.org"]),
        Case(when: "{group: staff}", holds: [:], fails: ["User-Name": "bob"]),
        Case(
            when: "{mac: [00-11-22, 'aa:bb:cc:dd:ee:ff']}", holds: ["Calling-Station-Id": "0011.2233.4455"],
            fails: ["Calling-Station-Id": "00-11-23-33-44-55"]),
        Case(when: "{mac: 'AA-BB-CC-DD-EE-FF'}", holds: ["Calling-Station-Id": "aa-bb-cc-dd-ee-ff"], fails: [:]),
        Case(when: "{method: [chap, pap]}", holds: [:], fails: ["User-Password": "", "Service-Type": "Framed-User"]),
        Case(when: "{method: mac}", holds: ["User-Name": "001122334455", "Service-Type": "Call-Check"], fails: [:]),
        Case(when: "{attribute: 'NAS-Port-Type == Wireless-802.11'}", holds: ["NAS-Port-Type": "19"], fails: ["NAS-Port-Type": "Ethernet"]),
        Case(when: "{attribute: ['NAS-Port > 10', 'NAS-Port<3']}", holds: ["NAS-Port": "2"], fails: ["NAS-Port": "5"]),
        Case(
            when: "{attribute: 'NAS-Identifier =~ ^hall-[0-9]$'}", holds: ["NAS-Identifier": "hall-1"], fails: ["NAS-Identifier": "hall-x"]),
        Case(when: "{attribute: 'NAS-Port !*'}", holds: [:], fails: ["NAS-Port": "5"]),
        Case(when: "{attribute: 'NAS-Port =*'}", holds: ["NAS-Port": "5"], fails: [:]),
        Case(when: "{attribute: 'SQL-Group == staff'}", holds: [:], fails: ["User-Name": "bob"]),
        Case(when: "{not: {user: bob}}", holds: [:], fails: ["User-Name": "bob"]),
        Case(when: "{not: [{user: alice}, {attribute: NAS-Port =*}]}", holds: [:], fails: ["NAS-Port": "1"]),
        Case(
            when: "[{attribute: NAS-Port =*}, {attribute: NAS-Identifier =*}]", holds: ["NAS-Port": "1", "NAS-Identifier": "x"],
            fails: ["NAS-Port": "1"]),
        Case(when: "{user: alice, attribute: NAS-Port = 1}", holds: ["NAS-Port": "1"], fails: ["NAS-Port": "1", "User-Name": "bob"]),
    ]

    @Test(arguments: cases) func `a condition holds when it should and only then`(_ item: Case) throws {
        let fixture = try RuleFixture(
            "[{name: one, when: \(item.when), then: {reject: no}}]",
            users: ["alice": .password("secret", groups: ["staff"]), "bob": .password("secret", groups: ["guests"])])
        #expect(try fixture.logIn(item.holds).reason == .ruleRejected)
        #expect(try fixture.logIn(item.fails).reason != .ruleRejected)
    }

    @Test func `the NAS counts by name, kind and where the packet comes from`() throws {
        for when in ["nas: gate", "nas: [x, 192.0.2.0/24]", "nas: 'g*'", "nas: 192.0.2.1", "nas_type: MikroTik"] {
            #expect(try RuleFixture("[{name: one, when: {\(when)}, then: {reject: no}}]").logIn().reason == .ruleRejected)
        }
        for when in ["nas: gat", "nas: 192.0.3.0/24", "nas_type: cisco"] {
            #expect(try RuleFixture("[{name: one, when: {\(when)}, then: {reject: no}}]").logIn().code == .accessAccept)
        }
    }

    @Test func `times are the request's, in the policy's zone`() throws {
        let fixture = try RuleFixture("[{name: one, when: {time: [Mo, Su1100-1300]}, then: {reject: no}}]")
        #expect(try fixture.logIn().reason == .ruleRejected)
        #expect(try fixture.logIn(at: RuleFixture.noon + 7200).code == .accessAccept)
        #expect(try fixture.logIn(at: RuleFixture.noon + 86_400).reason == .ruleRejected)
    }

    @Test func `the first rule that matches ends the walk unless it continues`() throws {
        let fixture = try RuleFixture(
            """
            - {name: nobody, when: {user: bob}, then: {reject: no}}
            - {name: first, then: {set: {Filter-Id: a}, continue: yes}}
            - {name: second, then: {add: {Filter-Id: b}}}
            - {name: third, then: {add: {Filter-Id: c}}}
            """)
        let decision = try fixture.logIn()
        #expect(decision.code == .accessAccept)
        #expect(decision.record?.replyAttributes == ["Filter-Id = a", "Filter-Id = b"])
        let notes = decision.record?.stages.first { $0.name == "Rules" }?.notes
        #expect(notes == ["rule first (f:2) applies", "rule second (f:3) applies"])
    }

    @Test func `actions change the reply that the rows made`() throws {
        let user = UserPolicy.password(
            "secret",
            reply: [("Session-Timeout", "=", "9000"), ("Filter-Id", "+=", "x"), ("Filter-Id", "+=", "y"), ("Idle-Timeout", "=", "5")])
        let fixture = try RuleFixture(
            """
            - name: one
              then:
                vlan: 30
                session_timeout: 3600
                remove: Idle-Timeout
                set: {Filter-Id: [p, q], Reply-Message: '`hello %{User-Name}`'}
                plan: gold
            """, users: ["alice": user])
        #expect(
            try fixture.logIn().record?.replyAttributes.sorted() == [
                "Filter-Id = p", "Filter-Id = q", "Reply-Message = hello alice", "Session-Timeout = 3600",
                "Tunnel-Medium-Type = IEEE-802", "Tunnel-Private-Group-Id = 30", "Tunnel-Type = VLAN",
            ])
    }

    @Test func `a longer session timeout does not lengthen the session`() throws {
        let fixture = try RuleFixture(
            "[{name: one, then: {session_timeout: 3600}}]",
            users: ["alice": .password("secret", reply: [("Session-Timeout", "=", "60")])])
        #expect(try fixture.logIn().record?.replyAttributes == ["Session-Timeout = 60"])
    }

    @Test func `a reject carries its message and nothing else`() throws {
        let fixture = try RuleFixture(
            "[{name: one, then: {reject: Not here}}]",
            users: ["alice": .password("secret", reply: [("Reply-Message", "=", "welcome")])])
        let decision = try fixture.logIn()
        #expect(decision.code == .accessReject)
        #expect(decision.record?.replyAttributes == ["Reply-Message = Not here"])
        #expect(decision.record?.decidedBy == "Rules")
    }

    @Test func `only accept without_password lets a wrong password in`() throws {
        let fixture = try RuleFixture("[{name: one, when: {user: alice}, then: {accept: without_password, set: {Filter-Id: a}}}]")
        #expect(try fixture.logIn(["User-Password": "wrong"]).code == .accessAccept)
        #expect(try fixture.logIn(["User-Name": "nobody"]).code == .accessReject)
    }

    @Test func `early rules decide before the user is looked up`() throws {
        let fixture = try RuleFixture(
            """
            - {name: late, then: {set: {Filter-Id: late}}}
            - {name: early, early: yes, when: {mac: 00-11-22}, then: {reject: banned}}
            """)
        let decision = try fixture.logIn(["Calling-Station-Id": "00-11-22-33-44-55"])
        #expect(decision.record?.decidedBy == "Early rules")
        #expect(decision.record?.stages.contains { $0.name == "Load policy" } == false)
        #expect(try fixture.logIn().record?.replyAttributes == ["Filter-Id = late"])
    }

    @Test func `control attributes steer later stages`() throws {
        let fixture = try RuleFixture("[{name: one, when: {user: carol}, then: {control: {Cleartext-Password: given, Auth-Type: PAP}}}]")
        #expect(try fixture.logIn(["User-Name": "carol", "User-Password": "given"]).code == .accessAccept)
        #expect(try fixture.logIn(["User-Name": "carol", "User-Password": "other"]).reason == .passwordMismatch)
    }

    @Test func `an organization's rule meets its own requests only`() throws {
        var rules = try RuleFixture.parse("[{name: one, then: {reject: no}}]").get()
        rules[0].organizationID = "o1"
        var fixture = try RuleFixture(rules: rules, users: ["alice": .password("secret")])
        #expect(try fixture.logIn().code == .accessAccept)
        fixture.client.organizationID = "o1"
        #expect(try fixture.logIn().reason == .ruleRejected)
        fixture.client.organizationID = "o2"
        #expect(try fixture.logIn().code == .accessAccept)
    }

    @Test func `a rule whose expanded value does not fit refuses`() throws {
        let fixture = try RuleFixture("[{name: one, then: {set: {Session-Timeout: '`%{User-Name}`'}}}]")
        #expect(try fixture.logIn().reason == .policyMisconfigured)
    }
}
