import BackEnds
import Foundation
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import TestPeers
import Testing

/// Against OpenLDAP's server.
@Suite(.enabled(if: Directory.isInstalled, "slapd is not installed")) struct LDAPBackEndTests {
    private static func settings(_ directory: Directory) -> LDAPSettings {
        var settings = LDAPSettings(urls: [directory.url], baseDN: "ou=people,dc=example,dc=org")
        settings.bindDN = "cn=reader,dc=example,dc=org"
        settings.bindPassword = "readerpw"
        settings.timeoutSeconds = BackEndSettings.patient.timeoutSeconds
        return settings
    }

    private static func fixture(
        _ directory: Directory, users: [String: UserPolicy] = [:], guarded: BackEndSettings = .patient,
        _ adjust: (inout LDAPSettings) -> Void = { _ in }
    ) throws -> BackEndFixture {
        var settings = settings(directory)
        adjust(&settings)
        var fixture = try BackEndFixture([(LDAPBackEnd(name: "directory", settings), guarded)], users: users)
        fixture.peer = directory
        return fixture
    }

    @Test func `a bind checks the password, and the entry's items reach the reply`() throws {
        let directory = try Directory()
        let fixture = try Self.fixture(directory)
        let decision = try fixture.logIn("alice", "password")
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == ["Filter-Id = first", "Reply-Message = hello"])
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        #expect(try fixture.logIn("nobody", "password").reason == .userUnknown)
        #expect(try fixture.logIn("bob", "bobpw").code == .accessAccept)
    }

    @Test func `an empty password is refused although the directory would take it`() throws {
        let fixture = try Self.fixture(Directory())
        #expect(try fixture.logIn("alice", "").reason == .passwordMismatch)
    }

    @Test func `names cannot change the filter`() throws {
        let directory = try Directory()
        let fixture = try Self.fixture(directory)
        for name in ["*", "al*", "alice)(uid=*", "\\61lice"] { #expect(try fixture.logIn(name, "password").reason == .userUnknown) }
        #expect(try fixture.logIn("star*(x)", "elsewhere").reason == .passwordMismatch)
    }

    @Test func `groups come from the entry, from a search, and match LDAP-Group`() throws {
        let directory = try Directory()
        for (name, user, isMember) in [
            ("staff", "alice", true), ("staff", "bob", false), ("printers", "bob", true), ("PRINTERS", "alice", true),
            ("cn=staff,ou=groups,dc=example,dc=org", "alice", true), ("others", "alice", false),
        ] {
            let group = GroupPolicy(
                name: "g", priority: 1, checks: [PolicyRow(table: .radgroupcheck, id: 1, attribute: "LDAP-Group", op: "==", value: name)],
                replies: [PolicyRow(table: .radgroupreply, id: 1, attribute: "Class", op: "=", value: "0x01")])
            let fixture = try Self.fixture(directory, users: [user: UserPolicy(groups: [group])]) {
                $0.groupFilter = "(&(objectClass=posixGroup)(memberUid=%{SQL-User-Name}))"
                $0.groupBaseDN = "ou=groups,dc=example,dc=org"
            }
            let decision = try fixture.logIn(user, user == "alice" ? "password" : "bobpw")
            #expect(decision.lines.contains("Class = 0x01") == isMember, "\(user) in \(name)")
        }
    }

    @Test func `a group search by distinguished name`() throws {
        let fixture = try Self.fixture(
            Directory(),
            users: [
                "alice": UserPolicy.checks(("LDAP-Group", "==", "staff"), ("Framed-MTU", ":=", "1"))
            ]
        ) {
            $0.memberAttribute = ""
            $0.groupFilter = "(member=%{LDAP-UserDn})"
            $0.groupBaseDN = "ou=groups,dc=example,dc=org"
        }
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
    }

    @Test func `stored passwords are compared where that is wanted`() throws {
        let directory = try Directory()
        let fixture = try Self.fixture(directory) { $0.bindsAsUser = false }
        let decision = try fixture.logIn("alice", "password")
        #expect(decision.code == .accessAccept)
        #expect(decision.notes("PAP").contains { $0.contains("matches") })
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        // An unknown scheme is no password of its own.
        #expect(try fixture.logIn("star*(x)", "{SASL}elsewhere").reason == .passwordUnknown)
    }

    @Test func `the NT hash serves MS-CHAPv2`() throws {
        let fixture = try Self.fixture(Directory())
        // RFC 2759 §9.2 uses other inputs; these come from the NT hash of "password".
        let decision = try fixture.decide(MSCHAPv2Login(user: "alice", ntHash: "8846F7EAEE8FB117AD06BDD830B7586C").attributes(fixture))
        #expect(decision.code == .accessAccept)
        #expect(decision.notes("MS-CHAPv2") == ["NT-Password of back end check 1 matches"])
    }

    @Test func `attributes of the entry become attributes of the reply`() throws {
        let fixture = try Self.fixture(Directory()) {
            $0.replyItems = []
            $0.attributes = ["description": LDAPTarget("reply:Reply-Message"), "telephoneNumber": LDAPTarget("Session-Timeout")]
        }
        #expect(try fixture.logIn("alice", "password").lines == ["Reply-Message = Alice's desk", "Session-Timeout = 3600"])
    }

    @Test func `StartTLS encrypts, and a directory that cannot prove itself is not trusted`() throws {
        let directory = try Directory()
        let good = try Self.fixture(directory) {
            $0.startsTLS = true
            $0.certificateAuthorityFile = directory.certificate
        }
        #expect(try good.logIn("alice", "password").code == .accessAccept)
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let untrusted = try Self.fixture(directory, guarded: guarded) { $0.startsTLS = true }
        #expect(try untrusted.logIn("alice", "password").reason == .backEndUnavailable)
        let careless = try Self.fixture(directory) {
            $0.startsTLS = true
            $0.verifiesCertificate = false
        }
        #expect(try careless.logIn("alice", "password").code == .accessAccept)
    }

    @Test func `a directory that goes away is a failure, and one that comes back is used again`() throws {
        let directory = try Directory()
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let fixture = try Self.fixture(directory, guarded: guarded)
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
        directory.stop()
        #expect(try fixture.logIn("alice", "password").reason == .backEndUnavailable)
        let again = try Directory(port: directory.port)
        defer { again.stop() }
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
    }

    @Test func `wrong settings are a failure of the back end, not of the user`() throws {
        let directory = try Directory()
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let adjustments: [(inout LDAPSettings) -> Void] = [
            { $0.bindPassword = "wrong" }, { $0.userFilter = "(uid=" }, { $0.userFilter = "(objectClass=inetOrgPerson)" },
            { $0.userFilter = "(uid=%{No-Such})" },
        ]
        for adjust in adjustments {
            #expect(try Self.fixture(directory, guarded: guarded, adjust).logIn("alice", "password").reason == .backEndUnavailable)
        }
    }
}
