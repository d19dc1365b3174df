import Database
import InMemoryLogging
import Logging
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@testable import NASClients

@Suite struct NASRegistryTests {
    private let log = InMemoryLogHandler()
    private var logger: Logger { Logger(label: "test") { [log] _ in log } }
    private var messages: [String] { log.entries.map { "\($0.message)" } }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test(arguments: Engine.available) func `rows are served after a refresh, and gone after the next`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let registry = NASRegistry(configured: [], logger: logger)
            try connection.script(
                """
                INSERT INTO nas (nasname, shortname, type, secret, organization_id, require_ma, limit_proxy_state, send_ma)
                VALUES ('192.0.2.0/24', 'net', 'cisco', 'one', 'school', 'yes', 'no', 'no'), ('192.0.2.7', 'host', 'other', '0x0102', NULL, 'auto', 'auto', 'yes')
                """)
            #expect(try registry.table.client(for: address("192.0.2.7")) == nil)
            try registry.refresh(over: connection)
            let host = try #require(registry.table.client(for: try address("192.0.2.7")))
            #expect(host.name == "host")
            #expect(host.secret.bytes == [1, 2])
            #expect(host.organizationID == nil)
            #expect(host.requireMessageAuthenticator == .auto)
            #expect(host.sendMessageAuthenticator)
            let net = try #require(registry.table.client(for: try address("192.0.2.8")))
            #expect(net.name == "net")
            #expect(net.type == "cisco")
            #expect(net.organizationID == "school")
            #expect(net.requireMessageAuthenticator == .yes)
            #expect(net.limitProxyState == .no)
            #expect(!net.sendMessageAuthenticator)
            #expect(net.id != nil)

            try connection.script("DELETE FROM nas WHERE shortname = 'host'")
            try registry.refresh(over: connection)
            #expect(try registry.table.client(for: address("192.0.2.7"))?.name == "net")
            #expect(messages == [])
        }
    }

    @Test(arguments: Engine.available) func `the configuration wins over a row with the same prefix`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let prefix = try #require(IPPrefix("192.0.2.1"))
            let secret = try #require(SharedSecret(text: "configured"))
            let registry = NASRegistry(configured: [NASClient(name: "file", prefix: prefix, secret: secret)], logger: logger)
            #expect(registry.table.client(for: prefix.address)?.name == "file")
            try NASStore(connection).add(name: "row", address: "192.0.2.1", secret: "row")
            try registry.refresh(over: connection)
            #expect(registry.table.client(for: prefix.address)?.name == "file")
        }
    }

    @Test(arguments: Engine.available) func `what was learned is stored and read back by another node`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            let store = NASStore(connection)
            try store.add(name: "a", address: "192.0.2.1", secret: "s")
            try store.add(name: "b", address: "192.0.2.2", secret: "s")
            let registry = NASRegistry(configured: [], logger: logger)
            try registry.refresh(over: connection)
            let a = try #require(registry.table.client(for: try address("192.0.2.1")))
            let b = try #require(registry.table.client(for: try address("192.0.2.2")))
            // Two facts at two moments before the next refresh.
            registry.learned(a, requireMessageAuthenticator: .yes, limitProxyState: nil)
            registry.learned(a, requireMessageAuthenticator: nil, limitProxyState: .yes)
            registry.learned(b, requireMessageAuthenticator: .no, limitProxyState: nil)
            try registry.refresh(over: connection)
            let rows = try connection.table("SELECT shortname, require_ma, limit_proxy_state FROM nas ORDER BY 1")
            #expect(rows == [["a", "yes", "yes"], ["b", "no", "auto"]])
            let other = NASRegistry(configured: [], logger: logger)
            try other.refresh(over: connection)
            #expect(try other.table.client(for: address("192.0.2.1"))?.requireMessageAuthenticator == .yes)
            // Written once: what an operator sets afterwards stays.
            try connection.script("UPDATE nas SET require_ma = 'auto'")
            try registry.refresh(over: connection)
            #expect(try registry.table.client(for: address("192.0.2.1"))?.requireMessageAuthenticator == .auto)
        }
    }

    @Test(arguments: Engine.available) func `what was learned while the database is away is stored later, all of it`(_ engine: Engine)
        throws
    {
        try TestDatabase.migrated(engine) { (connection, database) throws in
            try NASStore(connection).add(name: "a", address: "192.0.2.1", secret: "s")
            let switchable = SwitchableEngine(database.engine)
            let registry = NASRegistry(configured: [], logger: logger)
            try registry.refresh(over: connection)
            let a = try #require(registry.table.client(for: try address("192.0.2.1")))
            let lost = try switchable.connect(.general)
            switchable.takeAway()
            registry.learned(a, requireMessageAuthenticator: .yes, limitProxyState: nil)
            #expect(throws: DatabaseError.self) { try registry.refresh(over: lost) }
            #expect(registry.table.client(for: a.prefix.address)?.name == "a")
            registry.learned(a, requireMessageAuthenticator: nil, limitProxyState: .no)
            #expect(throws: DatabaseError.self) { try registry.refresh(over: lost) }
            try registry.refresh(over: connection)
            #expect(try connection.table("SELECT require_ma, limit_proxy_state FROM nas") == [["yes", "no"]])
        }
    }

    @Test(arguments: Engine.available) func `a fact learned between a failing read and its repetition is kept beside the older`(
        _ engine: Engine
    ) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try NASStore(connection).add(name: "a", address: "192.0.2.1", secret: "s")
            let registry = NASRegistry(configured: [], logger: logger)
            try registry.refresh(over: connection)
            let a = try #require(registry.table.client(for: try address("192.0.2.1")))
            registry.learned(a, requireMessageAuthenticator: .yes, limitProxyState: nil)
            let failing = LearningWhileFailing(connection) { registry.learned(a, requireMessageAuthenticator: nil, limitProxyState: .no) }
            #expect(throws: DatabaseError.self) { try registry.refresh(over: failing) }
            try registry.refresh(over: connection)
            #expect(try connection.table("SELECT require_ma, limit_proxy_state FROM nas") == [["yes", "no"]])
        }
    }

    @Test(arguments: Engine.available) func `the local host learns nothing`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try NASStore(connection).add(name: "local", address: "127.0.0.1", secret: "s")
            let registry = NASRegistry(configured: [], logger: logger)
            try registry.refresh(over: connection)
            let local = try #require(registry.table.client(for: try address("127.0.0.1")))
            registry.learned(local, requireMessageAuthenticator: .yes, limitProxyState: .yes)
            try registry.refresh(over: connection)
            #expect(try connection.table("SELECT require_ma, limit_proxy_state FROM nas") == [["auto", "auto"]])
        }
    }

    @Test func `a device of the configuration learns until the end of the program`() throws {
        let database = try TestDatabase(.sqlite)
        defer { try? database.drop() }
        let connection = try database.engine.connect(.general)
        try connection.script("CREATE TABLE radian_organization (id text, slug text)")
        try Migrator([NASClientsModule.migrations]).migrate(connection)
        let prefix = try #require(IPPrefix("192.0.2.1"))
        let secret = try #require(SharedSecret(text: "configured"))
        let registry = NASRegistry(configured: [NASClient(name: "file", prefix: prefix, secret: secret)], logger: logger)
        registry.learned(try #require(registry.table.client(for: prefix.address)), requireMessageAuthenticator: .yes, limitProxyState: nil)
        for _ in 0..<2 {
            try registry.refresh(over: connection)
            #expect(registry.table.client(for: prefix.address)?.requireMessageAuthenticator == .yes)
            #expect(registry.table.client(for: prefix.address)?.limitProxyState == .auto)
        }
    }

    @Test(arguments: Engine.available) func `a bad row is reported once, its neighbours are served`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try connection.script(
                """
                INSERT INTO nas (nasname, shortname, secret) VALUES ('no such host.invalid', 'bad', 's'), ('192.0.2.2', 'empty', ''),
                    ('192.0.2.1', 'good', 's')
                """)
            let registry = NASRegistry(configured: [], logger: logger)
            for _ in 0..<3 { try registry.refresh(over: connection) }
            #expect(try registry.table.client(for: address("192.0.2.1"))?.name == "good")
            #expect(try registry.table.client(for: address("192.0.2.2")) == nil)
            #expect(messages.count == 2)
            #expect(messages.joined().contains("no such host.invalid"))
            #expect(messages.joined().contains("secret is empty"))
            // Mended and broken again is news.
            try connection.script("UPDATE nas SET secret = 's' WHERE shortname = 'empty'")
            try registry.refresh(over: connection)
            try connection.script("UPDATE nas SET secret = '' WHERE shortname = 'empty'")
            try registry.refresh(over: connection)
            #expect(messages.count == 3)
        }
    }

    @Test(arguments: Engine.available) func `a host name is resolved`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection, _) throws in
            try connection.script("INSERT INTO nas (nasname, shortname, secret) VALUES ('localhost', 'me', 's')")
            let registry = NASRegistry(configured: [], logger: logger)
            try registry.refresh(over: connection)
            let resolved = try #require(IPAddress(resolving: "localhost"))
            #expect(registry.table.client(for: resolved)?.name == "me")
            #expect(messages == [])
        }
    }

    @Test func `an unknown source and a fact wake up whoever refreshes, once for many`() async throws {
        let registry = NASRegistry(configured: [], logger: logger)
        let source = try address("192.0.2.1")
        for _ in 0..<3 { registry.unknownSource(source) }
        var wakeUps = registry.wakeUps().makeAsyncIterator()
        await wakeUps.next()
        let client = NASClient(id: 1, name: "n", prefix: IPPrefix(source), secret: try #require(SharedSecret(text: "s")))
        registry.learned(client, requireMessageAuthenticator: .yes, limitProxyState: nil)
        await wakeUps.next()
    }
}

/// A connection that fails each write, after something has happened.
private final class LearningWhileFailing: DatabaseConnection {
    private let base: any DatabaseConnection
    private let happening: () -> Void

    init(_ base: any DatabaseConnection, _ happening: @escaping () -> Void) {
        self.base = base
        self.happening = happening
    }

    var dialect: Dialect { base.dialect }
    var isUsable: Bool { base.isUsable }

    func execute(_ statement: Statement, _ arguments: [DatabaseValue]) throws(DatabaseError) -> Int {
        happening()
        throw DatabaseError(.busy, "in the way")
    }
    func query(
        _ statement: Statement, _ arguments: [DatabaseValue], _ row: (any DatabaseRow) throws(DatabaseError) -> Void
    ) throws(DatabaseError) { try base.query(statement, arguments, row) }
    func executeRows(_ statement: Statement, columns: [DatabaseColumn]) throws(DatabaseError) -> Int {
        try base.executeRows(statement, columns: columns)
    }
    func transaction<R>(_ body: () throws(DatabaseError) -> R) throws(DatabaseError) -> R { try base.transaction(body) }
    func script(_ sql: String) throws(DatabaseError) { try base.script(sql) }
    func reconnect() throws(DatabaseError) { try base.reconnect() }
}
