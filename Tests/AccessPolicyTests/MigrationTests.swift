import AccessPolicy
import Accounts
import Composition
import Database
import Foundation
import Logging
import NASClients
import RADIUSPipeline
import RADIUSTransport
import ServerKernel
import Sessions
import TestSupport
import Testing

/// The schema of all features, on whatever database it meets.
@Suite struct MigrationTests {
    typealias Engine = TestDatabase.Engine

    private static let tables = [
        "radcheck", "radreply", "radgroupcheck", "radgroupreply", "radusergroup", "radacct", "radpostauth", "nas", "nasreload",
    ]

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, any DatabaseEngine) throws -> Void) throws {
        try TestDatabase.with(engine) { (database) throws in try body(try database.engine.connect(.general), database.engine) }
    }

    @Test(arguments: Engine.available) func `an empty database gets every table, once`(_ engine: Engine) throws {
        try with(engine) { (connection, _) throws in
            #expect(try !Schema.pending(connection).isEmpty)
            let applied = try Schema.migrate(connection)
            #expect(
                Set(applied.map(\.feature)) == [
                    "Kernel", "Accounts", "NASClients", "Sessions", "AccessPolicy", "SessionActions", "BackEnds", "Proxying",
                    "AddressPools", "OrganizationSettings", "Messaging", "Registration", "CaptivePortal", "Batches",
                    "UserTimeline", "Topology",
                ])
            #expect(try Schema.pending(connection).isEmpty)
            #expect(try Schema.migrate(connection).isEmpty)
            for table in Self.tables + ["radian_organization", "radian_user", "radian_organization_user", "radiusgroup"] {
                #expect(try connection.tableExists(table), "\(table)")
                #expect(try connection.table("SELECT count(*) FROM \(table)") == [["0"]], "\(table)")
            }
        }
    }

    @Test(arguments: Engine.available) func `several nodes may start together`(_ engine: Engine) throws {
        try with(engine) { (connection, database) throws in
            let results = SharedList()
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                do {
                    results.append(String(try Schema.migrate(try database.connect(.general)).count))
                } catch {
                    results.append("\(error)")
                }
            }
            let total = results.all.compactMap { Int($0) }
            #expect(total.count == 4, "\(results.all)")
            #expect(total.reduce(0, +) == (try connection.table("SELECT 1 FROM radian_migration").count))
        }
    }

    @Test(arguments: Engine.available) func `a database of a newer program is refused and left alone`(_ engine: Engine) throws {
        try with(engine) { (connection, _) throws in
            _ = try Schema.migrate(connection)
            try connection.script(
                "INSERT INTO radian_migration (feature, number, name, applied_at) VALUES ('Sessions', 999, 'later', {{now}})")
            for attempt in [{ try Schema.migrate(connection) }, { try Schema.pending(connection) }] {
                let error = #expect(throws: MigrationError.self) { _ = try attempt() }
                #expect(
                    error.map { "\($0)" }
                        == "the database has migration Sessions 999, which this program does not know; use a newer program")
            }
        }
    }

    /// Column names by table, and `id`s where a table has them.
    private func columns(_ table: String, _ connection: any DatabaseConnection) throws -> Set<String> {
        Set(
            try connection.table(
                """
                {{postgres: SELECT attname FROM pg_attribute WHERE attrelid = '\(table)'::regclass AND attnum > 0}}
                {{sqlite: SELECT lower(name) FROM pragma_table_info('\(table)')}}
                """
            ).joined())
    }

    @Test(.enabled(if: FreeRADIUSSchema.isInstalled, "FreeRADIUS is not installed"), arguments: Engine.available)
    func `our tables have every column of FreeRADIUS's`(_ engine: Engine) throws {
        let theirs = try FreeRADIUSSchema(engine)
        try with(engine) { (old, _) throws in
            try old.script(theirs.schema)
            try with(engine) { (new, _) throws in
                _ = try Schema.migrate(new)
                for table in Self.tables {
                    let missing = try columns(table, old).subtracting(try columns(table, new))
                    #expect(missing == [], "\(table)")
                }
                // And FreeRADIUS can write there.
                #expect(theirs.accountingColumns.count > 20)
                try new.script(theirs.insertStart("x", user: "bob", at: 1_000, dialect: new.dialect))
                try new.script(Self.authentications)
            }
        }
    }

    private static let authentications = """
        INSERT INTO radpostauth (username, pass, reply, authdate, class) VALUES ('bob', 'x', 'Access-Accept', '2024-01-02 03:04:05.678', '')
        """
    private static let policy = """
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Cleartext-Password', ':=', 'pw'), ('bob', 'Simultaneous-Use', ':=', '2');
        INSERT INTO radreply (username, attribute, op, value) VALUES ('bob', 'Session-Timeout', '=', '60');
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'second', 2), ('bob', 'first', 1);
        INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('first', 'NAS-Port', '==', '1');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('second', 'Reply-Message', '=', 'hi');
        INSERT INTO nas (nasname, shortname, type, secret) VALUES ('198.51.100.1', 'ap', 'cisco', 's3cr3t')
        """

    @Test(.enabled(if: FreeRADIUSSchema.isInstalled, "FreeRADIUS is not installed"), arguments: Engine.available)
    func `a database of FreeRADIUS is served as it is, and FreeRADIUS goes on writing to it`(_ engine: Engine) throws {
        let theirs = try FreeRADIUSSchema(engine)
        try with(engine) { (connection, database) throws in
            try connection.script(theirs.schema)
            try connection.script(Self.policy)
            try connection.script(theirs.insertStart("before", user: "bob", at: 1_000, dialect: connection.dialect))
            _ = try Schema.migrate(connection)

            let kept = KeptConnection(database, .packets)
            let loader = PolicyLoader(kept) { _ in nil }
            let bob = try #require(try loader.load([PolicyQuery(userName: "bob", organizationID: "some")]).first)
            #expect(bob.checks.map(\.value) == ["pw", "2"])
            #expect(bob.replies.map(\.value) == ["60"])
            #expect(bob.groups.map(\.name) == ["first", "second"])
            #expect(bob.groups[0].checks.map(\.value) == ["1"])
            #expect(bob.groups[1].replies.map(\.value) == ["hi"])
            #expect(bob.openSessions?.map(\.acctSessionID) == ["before"])
            let registry = NASRegistry(configured: [], logger: Logger(label: "test"))
            try registry.refresh(over: connection)
            let address = try #require(IPAddress("198.51.100.1"))
            let ap = try #require(registry.table.client(for: address))
            #expect(ap.name == "ap")
            #expect(ap.requireMessageAuthenticator == .auto)
            #expect(ap.sendMessageAuthenticator)

            // What FreeRADIUS began, Radian ends.
            let recorder = SessionRecorder(kept, events: EventBus())
            var stop = AccountingRecord(
                statusType: .stop, uniqueID: "before", eventEpoch: 1_500, acctSessionID: "before", nasIPAddress: "192.0.2.1")
            stop.sessionTime = 500
            var start = AccountingRecord(
                statusType: .start, uniqueID: "own", eventEpoch: 2_000, acctSessionID: "own", nasIPAddress: "192.0.2.1")
            start.userName = "bob"
            #expect(try recorder.record([stop, start]) == [.stored, .stored])
            let ended = try connection.table(
                "SELECT username, {{epoch acctstarttime}}, {{epoch acctstoptime}}, acctsessiontime FROM radacct WHERE acctuniqueid = 'before'"
            )
            #expect(ended == [["bob", "1000", "1500", "500"]])

            // FreeRADIUS's own statements, afterwards.
            try connection.script(theirs.insertStart("after", user: "bob", at: 3_000, dialect: connection.dialect))
            try connection.script(Self.authentications)
            try connection.script(Self.policy.replacing("bob", with: "alice").replacing("198.51.100.1", with: "198.51.100.2"))
            #expect(try loader.load([PolicyQuery(userName: "alice")])[0].checks.map(\.value) == ["pw", "2"])
            #expect(try loader.load([PolicyQuery(userName: "alice")])[0].groups.map(\.name) == ["first", "second"])
            #expect(try loader.load([PolicyQuery(userName: "bob")])[0].openSessions?.map(\.acctSessionID) == ["own", "after"])
            #expect(try UserProvisioning(connection).all().map(\.username) == ["alice", "bob"])
            #expect(try NASStore(connection).all().count == 2)
        }
    }

    @Test(.enabled(if: FreeRADIUSSchema.isInstalled, "FreeRADIUS is not installed"), arguments: Engine.available)
    func `a NAS without a short name is served too`(_ engine: Engine) throws {
        guard engine == .sqlite else { return }
        try with(engine) { (connection, _) throws in
            try connection.script(try FreeRADIUSSchema(engine).schema)
            try connection.script("INSERT INTO nas (nasname, secret) VALUES ('198.51.100.1', 's')")
            _ = try Schema.migrate(connection)
            let registry = NASRegistry(configured: [], logger: Logger(label: "test"))
            try registry.refresh(over: connection)
            let address = try #require(IPAddress("198.51.100.1"))
            #expect(registry.table.client(for: address)?.name == "198.51.100.1")
            #expect(try NASStore(connection).all().map(\.name) == ["198.51.100.1"])
        }
    }

    @Test(arguments: Engine.available) func `tables of an older FreeRADIUS get what they lack`(_ engine: Engine) throws {
        try with(engine) { (connection, database) throws in
            try connection.script(
                """
                CREATE TABLE radusergroup (username varchar(64) NOT NULL DEFAULT '', groupname varchar(64) NOT NULL DEFAULT '', priority integer NOT NULL DEFAULT 1);
                INSERT INTO radusergroup VALUES ('bob', 'second', 2), ('bob', 'first', 1);
                CREATE TABLE radpostauth (id {{bigserial}}, username varchar(64) NOT NULL, pass varchar(64) NOT NULL DEFAULT '',
                    reply varchar(32) NOT NULL DEFAULT '', authdate {{timestamptz}} NOT NULL);
                """)
            _ = try Schema.migrate(connection)
            let loader = PolicyLoader(KeptConnection(database, .packets)) { _ in nil }
            #expect(try loader.load([PolicyQuery(userName: "bob")])[0].groups.map(\.name) == ["first", "second"])
            #expect(try connection.columnExists(table: "radpostauth", column: "callingstationid"))
            #expect(try connection.columnExists(table: "radpostauth", column: "class"))
            let log = PostAuthenticationLog(engine: database, logger: Logger(label: "test"))
            log.append(
                AuthenticationLogEntry(
                    userName: "bob", replyName: "Access-Accept", reason: nil, nasName: "n", nasAddress: "192.0.2.1", epochMicroseconds: 1))
            log.start()
            log.stop()
            #expect(try connection.table("SELECT username, pass FROM radpostauth") == [["bob", ""]])
        }
    }
}

/// Results of threads.
private final class SharedList: @unchecked Sendable {
    // `lock` guards `texts`.
    private let lock = NSLock()
    private var texts: [String] = []

    func append(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
}
