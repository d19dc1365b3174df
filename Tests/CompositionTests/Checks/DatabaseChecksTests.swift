import Database
import NASClients
import TestSupport
import Testing

@testable import Composition

@Suite struct DatabaseChecksTests {
    private func with(_ engine: TestDatabase.Engine, _ sql: String, _ yaml: String = "", _ body: (CheckScene) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            try connection.script(sql)
            try body(TestScene.make(yaml, connection))
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `rows that cannot be understood`(_ engine: TestDatabase.Engine) throws {
        let sql = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES
                ('bob', 'Cleartext-Password', ':=', 'hello'), ('bob', 'Nonsense', '==', '5'), ('al', 'NAS-Port', '=~', '^1'),
                ('al', 'NT-Password', ':=', 'not a hash');
            INSERT INTO radreply (username, attribute, op, value) VALUES
                ('bob', 'Session-Timeout', '=', 'soon'), ('bob', 'Reply-Message', '=', '`%{User-Name}`'), ('bob', 'Idle-Timeout', '~~', '6'),
                ('bob', 'Session-Timeout', '=', '`%{Idle-Timeout}`');
            INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('staff', 'Simultaneous-Use', ':=', '1');
            INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('staff', 'Framed-IP-Address', '=', '10.0.0.256')
            """
        try with(engine, sql) { (scene) throws in
            let findings = try PolicyRowCheck().findings(scene)
            #expect(findings.map(\.severity) == [.warning, .warning, .warning, .warning, .warning])
            for (finding, part) in zip(
                findings, ["Nonsense", "NT-Password", "Session-Timeout", "Idle-Timeout", "radgroupreply"])
            {
                #expect(finding.message.contains(part), "\(finding)")
            }
            #expect(!findings.contains { $0.message.contains("not a hash") }, "a value may be a password")
        }
        try with(engine, sql, "policy:\n  strict_rows: yes") { (scene) throws in
            #expect(try PolicyRowCheck().findings(scene).allSatisfy { $0.severity == .error })
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `stored passwords that serve not every method`(_ engine: TestDatabase.Engine)
        throws
    {
        let sql = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES
                ('clear', 'Cleartext-Password', ':=', 'hello'), ('nt', 'NT-Password', ':=', '066ddfd4ef0e9cd7c256fe77191ef43c'),
                ('hash', 'MD5-Password', ':=', '5d41402abc4b2a76b9719d911017c592'),
                ('both', 'MD5-Password', ':=', '5d41402abc4b2a76b9719d911017c592'), ('both', 'Cleartext-Password', ':=', 'hello')
            """
        try with(engine, sql) { (scene) throws in
            let findings = try StoredPasswordCheck().findings(scene)
            #expect(findings.map(\.severity) == [.warning, .notice])
            #expect(findings[0].message.contains("1 users (hash)"))
            #expect(findings[1].message.contains("1 users (nt)"))
        }
        try with(engine, sql, "policy:\n  denied_methods: [eap, chap]") { (scene) throws in
            #expect(try StoredPasswordCheck().findings(scene).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `sessions that fell silent`(_ engine: TestDatabase.Engine) throws {
        let start = TestScene.noon - 200_000
        let sql = """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctinterval) VALUES
                ('1', 'a', 'bob', '192.0.2.1', {{timestamp \(start)}}, {{timestamp \(start)}}, NULL),
                ('2', 'b', 'al', '192.0.2.1', {{timestamp \(start)}}, {{timestamp \(TestScene.noon - 100)}}, 300)
            """
        try with(engine, sql) { (scene) throws in
            let findings = try StaleSessionCheck().findings(scene)
            #expect(findings.count == 1)
            #expect(findings.first?.message == "1 sessions at 192.0.2.1 have been silent for too long (bob)")
        }
    }

    @Test(arguments: TestDatabase.Engine.available) func `NAS rows that cannot serve`(_ engine: TestDatabase.Engine) throws {
        let sql = """
            INSERT INTO nas (nasname, shortname, secret) VALUES
                ('192.0.2.1', 'good', 'xyzzy5461'), ('no-such-host.invalid', 'bad', 'xyzzy5461'), ('192.0.2.2', 'empty', '')
            """
        try with(engine, sql) { (scene) throws in
            let connection = try #require(scene.connection)
            let problems = try NASStore(connection).unusableRows()
            #expect(problems.count == 2)
        }
    }
}
