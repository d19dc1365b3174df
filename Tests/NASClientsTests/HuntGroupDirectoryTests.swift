import Database
import RADIUSTransport
import TestSupport
import Testing

@testable import NASClients

@Suite struct HuntGroupDirectoryTests {
    @Test(arguments: Engine.available) func `a port's row comes before the device's, and the first row counts`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try connection.script(
                """
                INSERT INTO radhuntgroup (groupname, nasipaddress, nasportid) VALUES
                    ('all', '192.0.2.0/24', NULL), ('one', '192.0.2.1', ''), ('port', '192.0.2.1', '7'), ('nowhere', 'hall', NULL),
                    ('six', '2001:db8::1', NULL)
                """)
            let directory = HuntGroupDirectory()
            func name(_ address: String, _ ports: String...) throws -> String? {
                directory.name(try #require(IPAddress(address)), ports: ports)
            }
            #expect(try name("192.0.2.1") == nil)
            try directory.refresh(over: connection)
            #expect(try name("192.0.2.1") == "all")
            #expect(try name("192.0.2.1", "ge-0/1", "7") == "port")
            #expect(try name("192.0.2.9", "7") == "all")
            #expect(try name("2001:db8::1") == "six")
            #expect(try name("198.51.100.1") == nil)
        }
    }

    @Test(arguments: Engine.available) func `a table that is there already is taken as it is`(_ engine: Engine) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            let address = connection.dialect == .postgres ? "inet" : "varchar(15)"
            try connection.script(
                """
                CREATE TABLE radhuntgroup (groupname varchar(64), nasipaddress \(address));
                INSERT INTO radhuntgroup (groupname, nasipaddress) VALUES ('lab', '192.0.2.1');
                """)
            _ = try Migrator([NASClientsMigrations.all]).migrate(connection)
            let directory = HuntGroupDirectory()
            try directory.refresh(over: connection)
            #expect(directory.name(try #require(IPAddress("192.0.2.1")), ports: []) == "lab")
        }
    }
}
