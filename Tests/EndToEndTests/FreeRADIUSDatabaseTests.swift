import Database
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// A database that FreeRADIUS made and filled, served by both in turn.
@PeerThread
@Suite
struct FreeRADIUSDatabaseTests {
    private nonisolated static let engines = TestDatabase.Engine.available.filter(FreeRADIUSProcess.isInstalled)

    @Test("FreeRADIUS's schema and rows are served as they are, and FreeRADIUS goes on serving them", arguments: engines)
    func migration(engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            try connection.script(try FreeRADIUSProcess.schema(engine))
            try connection.script(Self.dump)
            let before = try Self.answers(FreeRADIUSProcess(database, readsClients: true))

            let server = try ServerUnderTest.start(database.url)
            let during = try Self.queries.map { try ServerAnswer.ask(server.auth(), $0) }
            #expect(during == before)
            #expect(before.map(\.code) == ["Access-Accept", "Access-Accept", "Access-Reject", "Access-Reject", "Access-Accept"])
            try Self.account(server.acct(), .start, "both")
            #expect(try server.stop() == .code(0))

            // FreeRADIUS ends the session that Radian began, and the other way round.
            let oracle = try FreeRADIUSProcess(database, readsClients: true)
            let after = try Self.queries.map { try ServerAnswer.ask(oracle.auth(), $0) }
            #expect(after == before)
            try Self.account(oracle.acct(), .stop, "both")
            try Self.account(oracle.acct(), .start, "back")
            try oracle.stop()
            let again = try ServerUnderTest.start(database.url)
            try Self.account(again.acct(), .stop, "back")
            #expect(try again.stop() == .code(0))

            let sessions = try connection.rows(
                Statement("SELECT acctsessionid FROM radacct WHERE acctstoptime IS NOT NULL AND acctinputoctets = 5 ORDER BY acctsessionid")
            ) { (row) throws(DatabaseError) in row.text(0) }
            #expect(sessions == ["back", "both"])
            let count = try connection.first(Statement("SELECT count(*) FROM radacct")) { (row) throws(DatabaseError) in row.integer(0) }
            #expect(count == 2)
        }
    }

    private static let queries = [
        PolicyCase("alice"), PolicyCase("bob", password: "builder"), PolicyCase("bob", password: "wrong"), PolicyCase("blocked"),
        PolicyCase("00-11-22-33-44-55", password: "00-11-22-33-44-55"),
    ]

    /// As `pg_dump --inserts --data-only` or SQLite's `.dump` would have it.
    private static let dump = """
        INSERT INTO nas (nasname, shortname, type, ports, secret, server, community, description)
            VALUES ('127.0.0.1', 'lab', 'other', NULL, '\(Site.secretText)', NULL, NULL, 'RADIUS Client');
        INSERT INTO nas (nasname, shortname, type, ports, secret, server, community, description)
            VALUES ('192.0.2.0/24', 'wifi', 'cisco', NULL, 'another secret', NULL, NULL, 'RADIUS Client');
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('alice', 'Cleartext-Password', ':=', 'hello');
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Crypt-Password', ':=', '$1$saltsalt$zitrwOX1lEaNffiF89rXp.');
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('blocked', 'Cleartext-Password', ':=', 'hello');
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('00-11-22-33-44-55', 'Cleartext-Password', ':=', '00-11-22-33-44-55');
        INSERT INTO radreply (username, attribute, op, value) VALUES ('alice', 'Framed-IP-Address', ':=', '10.0.0.7');
        INSERT INTO radreply (username, attribute, op, value) VALUES ('alice', 'Session-Timeout', ':=', '600');
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('alice', 'staff', 2);
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('alice', 'vlan', 1);
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'staff', 1);
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('blocked', 'disabled', 0);
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('00-11-22-33-44-55', 'vlan', 1);
        INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('disabled', 'Auth-Type', ':=', 'Reject');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('disabled', 'Reply-Message', '=', 'Your account has been disabled.');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('staff', 'Session-Timeout', '=', '3600');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('staff', 'Idle-Timeout', '=', '300');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('vlan', 'Tunnel-Type:1', '=', 'VLAN');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('vlan', 'Tunnel-Medium-Type:1', '=', 'IEEE-802');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('vlan', 'Tunnel-Private-Group-Id:1', '=', '42');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('vlan', 'Fall-Through', '=', 'Yes');
        """

    private static func answers(_ oracle: FreeRADIUSProcess) throws -> [ServerAnswer] {
        let answers = try queries.map { try ServerAnswer.ask(oracle.auth(), $0) }
        try oracle.stop()
        return answers
    }

    private static func account(_ client: Exchange, _ status: Exchange.AccountingStatus, _ session: String) throws {
        let attributes = try [
            "User-Name = alice", "Acct-Session-Id = \(session)", "NAS-IP-Address = 127.0.0.1", "NAS-Port = 1", "Acct-Input-Octets = 5",
            "Acct-Session-Time = 1", "Calling-Station-Id = 00-11-22-33-44-55",
        ].map { try Attribute($0) }
        #expect(try client.account(status, attributes: attributes).verdict == .acknowledged)
    }
}
