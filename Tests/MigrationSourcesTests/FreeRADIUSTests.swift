import AccessPolicy
import Accounts
import Database
import Digests
import Foundation
import OrganizationSettings
import TestSupport
import Testing

@testable import MigrationSources

/// FreeRADIUS's own schema, in databases and dumps that the real tools make.
@Suite struct FreeRADIUSTests {
    typealias Engine = TestDatabase.Engine

    private static let schemas = "/etc/freeradius/3.0/mods-config/sql/main"

    private static let rows = """
        INSERT INTO radcheck (username, attribute, op, value) VALUES
            ('bob', 'Cleartext-Password', ':=', 'builder'), ('bob', 'Simultaneous-Use', ':=', '2'),
            ('crypt', 'Crypt-Password', ':=', '$1$salt$qJH7.N4xYta3aEG/dfqo/0'), ('00-11-22-33-44-55', 'Auth-Type', ':=', 'Accept'),
            ('odd', 'Cleartext-Password', '~~', 'x'), ('DEFAULT', 'SQL-Group', '==', 'gold');
        INSERT INTO radreply (username, attribute, op, value) VALUES
            ('bob', 'Cisco-AVPair', '+=', 'one'), ('bob', 'Cisco-AVPair', '+=', 'two');
        INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('gold', 'Max-Daily-Session', ':=', '7200');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('gold', 'Session-Timeout', '=', '900');
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'gold', 1), ('bob', 'silver', 5), ('crypt', 'gold', 1);
        INSERT INTO nas (nasname, shortname, type, secret) VALUES
            ('192.0.2.1', 'ap', 'cisco', 'a-secret-of-the-ap'), ('ap.example.org', 'named', 'other', 'another-secret'),
            ('192.0.2.3', 'none', 'other', '');
        """

    private static func sessions(isSQLite: Bool) -> String {
        let times = isSQLite ? "1769860800, 1769861400" : "'2026-01-31 12:00:00+00', '2026-01-31 12:10:00+00'"
        let login = isSQLite ? "'2026-01-31 12:00:00'" : "'2026-01-31 12:00:00+00'"
        let none = isSQLite ? "''" : "NULL"
        return """
            INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, acctsessiontime,
                acctinputoctets, acctoutputoctets, framedipaddress) VALUES
                ('s1', 'u1', 'bob', '192.0.2.1', \(times), 600, 1, 2, \(none));
            INSERT INTO radpostauth (username, pass, reply, authdate) VALUES ('bob', 'builder', 'Access-Accept', \(login));
            """
    }

    enum Shape: String, CaseIterable {
        case copy, inserts, live, file, sqliteDump
    }

    private static let isInstalled = FileManager.default.fileExists(atPath: schemas + "/postgresql/schema.sql")

    private static var cases: [(Engine, Shape)] {
        guard isInstalled else { return [] }
        return Engine.available.flatMap { engine in
            Shape.allCases.filter { shape in
                switch shape {
                case .copy, .inserts: Engine.postgres.isAvailable && Tool.path("pg_dump") != nil
                case .live: Engine.postgres.isAvailable
                case .file: true
                case .sqliteDump: Tool.path("sqlite3") != nil
                }
            }.map { (engine, $0) }
        }
    }

    private func with(_ shape: Shape, _ place: Place, _ body: (String) throws -> Void) throws {
        switch shape {
        case .copy, .inserts, .live:
            try TestDatabase.with(.postgres) { source in
                let schema = try String(contentsOfFile: Self.schemas + "/postgresql/schema.sql", encoding: .utf8)
                let connection = try source.engine.connect(.general)
                try connection.script(schema)
                try connection.script(Self.rows)
                try connection.script(Self.sessions(isSQLite: false))
                if shape == .live { return try body(source.url) }
                let file = place.directory.appendingPathComponent("radius.sql").path
                let tool = try #require(Tool.path("pg_dump"))
                try Tool.run(tool, (shape == .inserts ? ["--inserts", "--rows-per-insert=3"] : []) + [source.url], to: file)
                try body(file)
            }
        case .file, .sqliteDump:
            let path = place.directory.appendingPathComponent("radius.db").path
            let schema = try String(contentsOfFile: Self.schemas + "/sqlite/schema.sql", encoding: .utf8)
            do {
                let connection = try Place.engines.newFile(path).connect(.general)
                try connection.script(schema)
                try connection.script(Self.rows)
                try connection.script(Self.sessions(isSQLite: true))
                try connection.script("PRAGMA journal_mode = DELETE")
            }
            if shape == .file {
                let before = try Data(contentsOf: URL(fileURLWithPath: path))
                try body(path)
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before, "the source stays as it is")
                return
            }
            let file = place.directory.appendingPathComponent("radius.sql").path
            try Tool.run(try #require(Tool.path("sqlite3")), [path, ".dump"], to: file)
            try body(file)
        }
    }

    @Test("the tables come across into an organization, and a second run changes nothing", arguments: cases)
    func everything(engine: Engine, shape: Shape) throws {
        try Place.with(engine) { place in
            try with(shape, place) { source in
                let change: (inout MigrationOptions) -> Void = {
                    $0.organizationSlug = "cafe"
                    $0.createsOrganization = true
                }
                let rehearsal = try place.migrate(.freeradius, source) {
                    change(&$0)
                    $0.isDryRun = true
                }
                #expect(try place.table("SELECT count(*) FROM radcheck") == [["0"]])
                let report = try place.migrate(.freeradius, source, change)
                #expect(rehearsal.tallies == report.tallies)
                try check(place)
                #expect(Set(report.problems.filter(\.isRefused).map(\.table)) == ["radcheck", "nas"])
                #expect(report.refused == 2)
                let before = try place.everything()
                #expect(try place.migrate(.freeradius, source, change).taken == 0)
                #expect(try place.everything() == before)
            }
        }
    }

    private func check(_ place: Place) throws {
        let cafe = try #require(try OrganizationStore(place.connection).organization(slug: "cafe")).id
        #expect(
            try place.table("SELECT username FROM radian_user ORDER BY username") == [["00-11-22-33-44-55"], ["bob"], ["crypt"], ["odd"]])
        #expect(try place.table("SELECT count(*) FROM radian_organization_user WHERE organization_id = '\(cafe)'") == [["4"]])
        #expect(
            try place.table("SELECT username, attribute, op, value, organization_id FROM radcheck ORDER BY username, attribute")
                == [
                    ["00-11-22-33-44-55", "Auth-Type", ":=", "Accept", cafe], ["DEFAULT", "SQL-Group", "==", "cafe-gold", cafe],
                    ["bob", "Cleartext-Password", ":=", "builder", "NULL"], ["bob", "Simultaneous-Use", ":=", "2", cafe],
                    ["crypt", "Crypt-Password", ":=", "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "NULL"],
                ].sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
        #expect(
            try place.table("SELECT username, attribute, op, value FROM radreply ORDER BY id") == [
                ["bob", "Cisco-AVPair", "+=", "one"], ["bob", "Cisco-AVPair", "+=", "two"],
            ])
        #expect(
            try place.table("SELECT name, organization_id FROM radiusgroup ORDER BY name") == [
                ["cafe-gold", cafe], ["cafe-silver", cafe],
            ])
        #expect(try place.table("SELECT groupname, value FROM radgroupcheck") == [["cafe-gold", "7200"]])
        #expect(try place.table("SELECT groupname, value FROM radgroupreply") == [["cafe-gold", "900"]])
        #expect(
            try place.table("SELECT username, groupname, priority, organization_id FROM radusergroup ORDER BY id") == [
                ["bob", "cafe-gold", "1", cafe], ["bob", "cafe-silver", "5", cafe], ["crypt", "cafe-gold", "1", cafe],
            ])
        #expect(
            try place.table("SELECT nasname, shortname, type, secret, organization_id FROM nas ORDER BY id") == [
                ["192.0.2.1", "ap", "cisco", "a-secret-of-the-ap", cafe], ["ap.example.org", "named", "other", "another-secret", cafe],
            ])
        #expect(
            try place.connection.table(
                "SELECT acctuniqueid, username, {{host nasipaddress}}, {{epoch acctstarttime}}, {{epoch acctstoptime}}, organization_id FROM radacct"
            )
                == [["u1", "bob", "192.0.2.1", "1769860800", "1769861400", cafe]])
        #expect(
            try place.table("SELECT username, pass, reply, organization_id FROM radpostauth") == [["bob", "", "Access-Accept", cafe]])
    }

    @Test("without an organization, names stay as they are", arguments: Engine.available)
    func withoutOrganization(engine: Engine) throws {
        try Place.with(engine) { place in
            let dump =
                "CREATE TABLE radcheck (id int, username text, attribute text, op text, value text);\n"
                + "INSERT INTO radcheck VALUES (1, 'eve', 'Cleartext-Password', ':=', 'apple');\n"
                + "CREATE TABLE radusergroup (username text, groupname text, priority int);\n"
                + "INSERT INTO radusergroup VALUES ('eve', 'gold', 1);\n"
            let report = try place.migrate(.freeradius, place.file("a.sql", dump))
            #expect(report.refused == 0)
            #expect(try place.table("SELECT name, organization_id FROM radiusgroup") == [["gold", "NULL"]])
            #expect(try place.table("SELECT groupname, organization_id FROM radusergroup") == [["gold", "NULL"]])
            #expect(try place.table("SELECT count(*) FROM radian_organization_user") == [["0"]])
        }
    }

    @Test("what is here in another form stays, and is told", arguments: Engine.available)
    func kept(engine: Engine) throws {
        try Place.with(engine) { place in
            func dump(_ password: String, _ limit: String) -> String {
                """
                CREATE TABLE radcheck (id int, username text, attribute text, op text, value text);
                INSERT INTO radcheck VALUES (1, 'eve', 'Cleartext-Password', ':=', '\(password)'), (2, 'eve', 'Port-Limit', ':=', '\(limit)');
                """
            }
            try place.migrate(.freeradius, place.file("a.sql", dump("one", "1")))
            let second = try place.file("b.sql", dump("two", "2"))
            let report = try place.migrate(.freeradius, second)
            #expect(report.tallies[.userItems] == MigrationTally(kept: 2))
            #expect(report.refused == 0)
            #expect(Set(report.problems.map(\.reason)) == ["keeps the password that it has here", "keeps the port-limit that it has here"])
            #expect(try place.table("SELECT value FROM radcheck ORDER BY id") == [["one"], ["1"]])
            try place.migrate(.freeradius, second) { $0.replaces = true }
            #expect(try place.table("SELECT value FROM radcheck ORDER BY id") == [["two"], ["2"]])
            // Whoever was let in by the old password is no longer, and running servers hear of it.
            #expect(try place.table("SELECT count(*) FROM radian_change")[0][0] != "0")
        }
    }

    @Test("many rows go in constant pieces, some hundreds in a transaction", arguments: Engine.available)
    func many(engine: Engine) throws {
        try Place.with(engine) { place in
            var dump = "CREATE TABLE radcheck (id int, username text, attribute text, op text, value text);\n"
            for number in 0..<3000 {
                dump += "INSERT INTO radcheck VALUES (\(number), 'user\(number % 1500)', "
                dump += number < 1500 ? "'Cleartext-Password', ':=', 'p\(number)');\n" : "'Port-Limit', ':=', '2');\n"
            }
            dump += "CREATE TABLE radacct (acctuniqueid text, acctsessionid text, username text, nasipaddress text, acctstarttime text);\n"
            for number in 0..<2500 {
                dump += "INSERT INTO radacct VALUES ('u\(number % 2400)', 's', 'user1', '10.0.0.1', '2026-01-31 12:00:00');\n"
            }
            let path = try place.file("many.sql", dump)
            let report = try place.migrate(.freeradius, path)
            #expect(report.tallies[.users] == MigrationTally(taken: 1500))
            #expect(report.tallies[.userItems] == MigrationTally(taken: 3000))
            #expect(report.tallies[.sessions] == MigrationTally(taken: 2400, present: 100))
            #expect(try place.migrate(.freeradius, path).taken == 0)
        }
    }

    @Test("a row that is wrong takes no other with it", arguments: Engine.available)
    func wrongRow(engine: Engine) throws {
        try Place.with(engine) { place in
            let dump = """
                CREATE TABLE radacct (acctuniqueid text, acctsessionid text, username text, nasipaddress text, acctsessiontime text);
                INSERT INTO radacct VALUES ('a', 's', 'x', '10.0.0.1', '1'), ('b', 's', 'x', '10.0.0.1/33', '1'), ('c', 's', 'x', '::1', '2');
                """
            let report = try place.migrate(.freeradius, place.file("a.sql", dump))
            #expect(report.tallies[.sessions] == MigrationTally(taken: 2, refused: 1))
            #expect(report.problems.map(\.key) == ["b"])
        }
    }

    @Test("a row that only the database refuses takes no other with it", arguments: Engine.available)
    func refusedByDatabase(engine: Engine) throws {
        try Place.with(engine) { place in
            try place.connection.script(
                """
                {{sqlite: CREATE TRIGGER no BEFORE INSERT ON radcheck WHEN NEW.username = 'eve'
                    BEGIN SELECT RAISE(ABORT, 'no'); END}}
                {{postgres: ALTER TABLE radcheck ADD CHECK (username <> 'eve')}}
                """)
            let dump = """
                CREATE TABLE radcheck (id int, username text, attribute text, op text, value text);
                INSERT INTO radcheck VALUES (1, 'bob', 'Cleartext-Password', ':=', 'a'), (2, 'eve', 'Cleartext-Password', ':=', 'b');
                """
            let report = try place.migrate(.freeradius, place.file("a.sql", dump))
            #expect(report.tallies[.userItems] == MigrationTally(taken: 1, refused: 1))
            #expect(report.problems.map(\.key) == ["eve password"])
            #expect(try place.table("SELECT username FROM radcheck") == [["bob"]])
        }
    }

    @Test func wrongSourcesAreNamed() throws {
        try Place.with(.sqlite) { place in
            let compressed = place.directory.appendingPathComponent("a.gz")
            try Data([0x1f, 0x8b, 8, 0]).write(to: compressed)
            #expect(throws: SourceError.self) { try place.migrate(.freeradius, compressed.path) }
            #expect(throws: SourceError.self) { try place.migrate(.freeradius, "/nowhere/at/all") }
            #expect(throws: SourceError.self) { try place.migrate(.freeradius, "mysql://root@localhost/radius") }
            #expect(throws: AccountsError.organizationUnknown(slug: "none")) {
                try place.migrate(.freeradius, place.file("a.sql", "SELECT 1;")) { $0.organizationSlug = "none" }
            }
        }
    }
}
