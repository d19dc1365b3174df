import Composition
import Database
import Foundation
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import AccessPolicy
@testable import Sessions

@Suite struct PolicyCacheTests {
    typealias Engine = TestDatabase.Engine

    /// Counts what is loaded, and lets a test act between a load and what follows.
    private final class Spy: PolicyStore {
        private let base: any PolicyStore
        var loadedNames: [String] = []
        var afterLoad: () throws -> Void = {}

        init(_ base: any PolicyStore) {
            self.base = base
        }

        func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy] {
            loadedNames += queries.map(\.userName)
            let policies = try base.load(queries)
            do { try afterLoad() } catch { throw .failed("\(error)") }
            return policies
        }
    }

    private struct Bench {
        let cached: CachedPolicyStore
        let spy: Spy
        /// Another thread's, over the same cache.
        let other: CachedPolicyStore
        let direct: PolicyLoader
        let connection: any DatabaseConnection
    }

    private static let users = """
        INSERT INTO radian_organization (id, name, slug, is_active, created, modified) VALUES ('o1', 'One', 'one', 1, 1, 1);
        INSERT INTO radian_user (id, username, created, modified) VALUES ('u1', 'ann', 1, 1), ('u2', 'bob', 1, 1);
        INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('o1', 'u1', 1);
        INSERT INTO radian_registered_user (user_id, organization_id, modified) VALUES ('u1', 'o1', 1);
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('ann', 'Cleartext-Password', ':=', 'a'), ('bob', 'Cleartext-Password', ':=', 'b'),
            ('cyd', 'Cleartext-Password', ':=', 'c');
        INSERT INTO radreply (username, attribute, op, value) VALUES ('ann', 'Session-Timeout', '=', '60');
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('ann', 'staff', 1), ('bob', 'staff', 1);
        INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('staff', 'NAS-Port', '==', '1');
        INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('staff', 'Class', '=', 'x')
        """
    private static let names = ["ann", "bob", "cyd", "dan"]

    private func with(_ engine: Engine, capacity: Int = 1000, _ body: (Bench) throws -> Void) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            try connection.script(Self.users)
            let cache = PolicyCache(capacity: capacity)
            func loader() -> (PolicyLoader, KeptConnection) {
                let kept = KeptConnection(database.engine, .packets)
                return (PolicyLoader(kept) { ["one": "o1"][$0] }, kept)
            }
            let (first, firstConnection) = loader()
            let (second, secondConnection) = loader()
            let spy = Spy(first)
            try body(
                Bench(
                    cached: CachedPolicyStore(spy, cache: cache, over: firstConnection), spy: spy,
                    other: CachedPolicyStore(second, cache: cache, over: secondConnection), direct: loader().0, connection: connection))
        }
    }

    private static func queries(_ names: [String] = names) -> [PolicyQuery] { names.map { PolicyQuery(userName: $0) } }

    @Test(arguments: Engine.available) func `a known user is not loaded again, an unknown one each time`(_ engine: Engine) throws {
        try with(engine) { (bench) throws in
            let first = try bench.cached.load(Self.queries())
            #expect(bench.spy.loadedNames == Self.names)
            bench.spy.loadedNames = []
            let second = try bench.cached.load(Self.queries().reversed())
            #expect(bench.spy.loadedNames == ["dan"])
            #expect(first == second.reversed())
            // What another thread loaded is known to all.
            let third = try bench.other.load(Self.queries())
            #expect(third == first)
        }
    }

    /// Every way in which another program may change what a policy says.
    private static let changes = [
        "INSERT INTO radcheck (username, attribute, op, value) VALUES ('ann', 'NAS-Port', '==', '7')",
        "UPDATE radcheck SET value = 'new' WHERE username = 'ann'", "DELETE FROM radcheck WHERE username = 'ann'",
        "UPDATE radcheck SET username = 'ann' WHERE username = 'cyd'", "UPDATE radcheck SET username = 'dan' WHERE username = 'ann'",
        "INSERT INTO radreply (username, attribute, op, value) VALUES ('bob', 'Session-Timeout', '=', '9')",
        "UPDATE radreply SET value = '61'", "DELETE FROM radreply",
        "INSERT INTO radusergroup (username, groupname, priority) VALUES ('cyd', 'staff', 1)",
        "UPDATE radusergroup SET groupname = 'none' WHERE username = 'bob'", "DELETE FROM radusergroup WHERE username = 'ann'",
        "INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('staff', 'NAS-Port', '!=', '3')",
        "UPDATE radgroupcheck SET value = '2'", "DELETE FROM radgroupcheck",
        "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('staff', 'Class', '+=', 'y')",
        "UPDATE radgroupreply SET value = 'z'", "DELETE FROM radgroupreply", "UPDATE radian_user SET is_active = 0 WHERE username = 'ann'",
        "UPDATE radian_user SET expires_at = 5", "UPDATE radian_user SET password_updated = 3, is_staff = 1",
        "UPDATE radian_user SET username = 'cyd' WHERE username = 'ann'", "DELETE FROM radian_user WHERE username = 'ann'",
        "INSERT INTO radian_user (id, username, is_active, created, modified) VALUES ('u3', 'cyd', 0, 1, 1)",
        "INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('o1', 'u2', 1)",
        "DELETE FROM radian_organization_user", "UPDATE radian_organization_user SET user_id = 'u2'",
        "INSERT INTO radian_registered_user (user_id, organization_id, modified) VALUES ('u2', 'o1', 1)",
        "UPDATE radian_registered_user SET is_verified = 1", "DELETE FROM radian_registered_user",
        """
        INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, created) VALUES ('u1', 'k', 'o1', 1, 1)
        """,
        """
        INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created) VALUES ('user', 'bob', 'time', 'daily', 60, 'refuse', 1)
        """,
        """
        INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created) VALUES ('group', 'staff', 'time', 'daily', 60, 'refuse', 1)
        """,
        "DELETE FROM radian_organization",
    ]

    @Test(arguments: Engine.available) func `after any change the next answer is what the database says`(_ engine: Engine) throws {
        try with(engine) { (bench) throws in
            // Others' changes stand beside each.
            for change in Self.changes {
                let before = try bench.cached.load(Self.queries())
                try bench.connection.script("BEGIN")
                try bench.connection.script(change)
                try bench.connection.script("COMMIT")
                let after = try bench.cached.load(Self.queries())
                let direct = try bench.direct.load(Self.queries())
                #expect(after == direct, "\(change)")
                #expect(before != after, "\(change) changes nothing")
                for table in [
                    "radcheck", "radreply", "radusergroup", "radgroupcheck", "radgroupreply", "radian_quota", "radian_user",
                    "radian_organization",
                ] { try bench.connection.script("DELETE FROM \(table)") }
                try bench.connection.script(Self.users)
            }
        }
    }

    @Test(arguments: Engine.available) func `a change between a load and its keeping is not lost`(_ engine: Engine) throws {
        try with(engine) { (bench) throws in
            bench.spy.afterLoad = {
                bench.spy.afterLoad = {}
                try bench.connection.script("UPDATE radcheck SET value = 'new' WHERE username = 'ann'")
                // Another thread moves the position on.
                _ = try bench.other.load(Self.queries(["bob"]))
            }
            let old = try bench.cached.load(Self.queries(["ann"]))
            #expect(old[0].checks.map(\.value) == ["a"])
            let new = try bench.cached.load(Self.queries(["ann"]))
            #expect(new[0].checks.map(\.value) == ["new"])
        }
    }

    @Test(.enabled(if: Engine.available.contains(.postgres))) func `transactions that end in another order than they began are all seen`()
        throws
    {
        try TestDatabase.with(.postgres, schema: Schema.migrations) { (database) throws in
            let (early, late) = (try database.engine.connect(.general), try database.engine.connect(.general))
            try early.script(Self.users)
            var position = try PolicyChanges.since(PolicyChanges.beginning, over: early).position
            try early.script("BEGIN; UPDATE radcheck SET value = '1' WHERE username = 'ann'")
            try late.script("UPDATE radcheck SET value = '2' WHERE username = 'bob'")
            let reader = try database.engine.connect(.general)
            let first = try PolicyChanges.since(position, over: reader)
            #expect(first.names == [StoredName("bob")] && !first.isEverybody)
            position = first.position
            try early.script("COMMIT")
            let second = try PolicyChanges.since(position, over: reader)
            #expect(second.names == [StoredName("ann")])
            let third = try PolicyChanges.since(second.position, over: reader)
            #expect(third.isEmpty)
        }
    }

    @Test(.enabled(if: Engine.available.contains(.postgres)))
    func `a program without rights to Radian's tables may go on writing radcheck`() throws {
        try TestDatabase.with(.postgres, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            try connection.script(
                """
                DROP ROLE IF EXISTS radian_test_writer; CREATE ROLE radian_test_writer;
                GRANT SELECT, INSERT ON radcheck TO radian_test_writer; GRANT USAGE ON radcheck_id_seq TO radian_test_writer;
                SET ROLE radian_test_writer;
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('eve', 'Cleartext-Password', ':=', 'x');
                RESET ROLE;
                """)
            let changes = try PolicyChanges.since(PolicyChanges.beginning, over: connection)
            #expect(changes.names.contains(StoredName("eve")))
            try connection.script("DROP OWNED BY radian_test_writer; DROP ROLE radian_test_writer")
        }
    }

    @Test(.enabled(if: Engine.available.contains(.postgres))) func `statements about many users and TRUNCATE are about everybody`() throws {
        try TestDatabase.with(.postgres, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            for statement in [
                "INSERT INTO radreply (username, attribute, op, value) SELECT 'u' || i, 'Class', '=', 'x' FROM generate_series(1, 101) i",
                "TRUNCATE radreply",
            ] {
                let position = try PolicyChanges.since(PolicyChanges.beginning, over: connection).position
                try connection.script(statement)
                let changes = try PolicyChanges.since(position, over: connection)
                #expect(changes.isEverybody, "\(statement)")
            }
            let position = try PolicyChanges.since(PolicyChanges.beginning, over: connection).position
            try connection.script("DELETE FROM radreply WHERE username = 'nobody'")
            let nothing = try PolicyChanges.since(position, over: connection)
            #expect(nothing.isEmpty)
        }
    }

    @Test(arguments: Engine.available) func `a user with a token is loaded each time`(_ engine: Engine) throws {
        try with(engine) { (bench) throws in
            try bench.connection.script(
                "INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, created) VALUES ('u1', 'k', 'o1', 1, 1)")
            for _ in 0..<2 { _ = try bench.cached.load(Self.queries()) }
            #expect(bench.spy.loadedNames.filter { $0 == "ann" }.count == 2)
            #expect(bench.spy.loadedNames.filter { $0 == "bob" }.count == 1)
        }
    }

    private static let noon: Int64 = 1_767_268_800

    private static func session(_ id: Int, of user: String, began: Int64 = noon - 3600, seconds: Int) -> String {
        """
        INSERT INTO radacct (radacctid, acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctsessiontime)
            VALUES (\(id), 's\(id)', 'unique\(id)', '\(user)', '192.0.2.1', {{timestamp \(began)}}, \(seconds))
        """
    }

    /// What accounting and those who keep usage do to users whose policies are kept, and who are loaded anew after it.
    private static let activities: [(change: String, anew: [String])] = [
        (session(10, of: "bob", seconds: 0), []), (session(11, of: "ann", seconds: 5), []),
        ("UPDATE radacct SET acctstoptime = acctstarttime WHERE radacctid = 10", []),
        ("count unique11", ["ann"]), ("count unique10", []),
        ("UPDATE radacct SET acctsessiontime = 600 WHERE radacctid = 11", []), ("count unique11", ["ann"]),
        // Counted anew: rows come and go, and the sums are those of before.
        ("recount ann", ["ann"]), ("DELETE FROM radacct WHERE radacctid = 11", []), ("recount ann", ["ann"]),
        ("UPDATE radian_usage_user SET granted = '{\"counters\":{\"a\":1}}' WHERE username = 'ann'", ["ann"]),
        ("UPDATE radian_usage_user SET hours_back = 9 WHERE username = 'ann'", ["ann"]),
        ("DELETE FROM radian_usage_user WHERE username = 'ann'", ["ann"]),
    ]

    @Test(arguments: Engine.available) func `usage and sessions are as the database says, and loaded only when they changed`(
        _ engine: Engine
    ) throws {
        try with(engine) { (bench) throws in
            try bench.connection.script(
                """
                INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created) VALUES ('user', 'ann', 'time', 'daily', 60, 'refuse', 1);
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Simultaneous-Use', ':=', '1')
                """)
            let calendar = LocalCalendar(.gmt)
            try bench.connection.transaction { () throws(DatabaseError) in
                try UsageLedger(bench.connection, calendar: calendar).begin(
                    [UsageQuery(userName: "ann", depth: UsageDepth(hours: 2, days: 40))], at: Self.noon)
            }
            let queries = ["ann", "bob", "cyd"].map { PolicyQuery(userName: $0, epoch: Self.noon) }
            _ = try bench.cached.load(queries)
            _ = try bench.cached.load(queries)
            #expect(bench.spy.loadedNames == ["ann", "bob", "cyd"])
            for (change, anew) in Self.activities {
                let words = change.split(separator: " ").map(String.init)
                try bench.connection.transaction { () throws(DatabaseError) in
                    let ledger = UsageLedger(bench.connection, calendar: calendar)
                    switch words[0] {
                    case "count": try ledger.count(ledger.kept([words[1]]))
                    case "recount": try ledger.recount([words[1]], at: Self.noon)
                    default: try bench.connection.script(change)
                    }
                }
                bench.spy.loadedNames = []
                let cached = try bench.cached.load(queries)
                let direct = try bench.direct.load(queries)
                #expect(cached == direct, "\(change)")
                // On SQLite each change of a table of policies is everybody's.
                #expect(bench.spy.loadedNames == anew || engine == .sqlite && bench.spy.loadedNames.count == 3, "\(change)")
            }
        }
    }

    @Test(arguments: Engine.available) func `what another thread kept meanwhile is not answered without its activity`(_ engine: Engine)
        throws
    {
        try with(engine) { (bench) throws in
            try bench.connection.script(
                "INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Simultaneous-Use', ':=', '1')")
            let cache = PolicyCache(capacity: 10)
            let query = PolicyQuery(userName: "bob")
            let changes = try PolicyChanges.since(PolicyChanges.beginning, over: bench.connection)
            let (none, mark) = cache.known([query], after: changes, now: 1)
            #expect(none == [nil])
            cache.keep(try bench.direct.load([query]), of: [query], at: mark)
            let quiet = PolicyChanges(position: changes.position)
            #expect(cache.known([query], after: quiet, now: 1).policies == [nil])
            let told = PolicyChanges(position: changes.position, activities: [StoredName("bob"): PolicyChanges.Activity()])
            #expect(cache.known([query], after: told, now: 1).policies[0]?.openSessions == [])
        }
    }

    @Test(arguments: Engine.available) func `a long history takes the room of several users`(_ engine: Engine) throws {
        try with(engine, capacity: 3) { (bench) throws in
            try bench.connection.script(Self.session(10, of: "ann", began: Self.noon - 40 * 86_400, seconds: 40 * 86_400))
            try bench.connection.transaction { () throws(DatabaseError) in
                try UsageLedger(bench.connection, calendar: LocalCalendar(.gmt)).begin(
                    [UsageQuery(userName: "ann", depth: UsageDepth(hours: 0, days: 40))], at: Self.noon)
            }
            let queries = ["ann", "bob", "cyd"].map { PolicyQuery(userName: $0, epoch: Self.noon) }
            for _ in 0..<2 { _ = try bench.cached.load(queries) }
            #expect(bench.spy.loadedNames.count > 3)
        }
    }

    @Test(arguments: Engine.available) func `organizations and realms do not see each other's answer`(_ engine: Engine) throws {
        try with(engine) { (bench) throws in
            try bench.connection.script("UPDATE radcheck SET organization_id = 'o1' WHERE username = 'ann'")
            let queries = [
                PolicyQuery(userName: "ann"), PolicyQuery(userName: "ann", organizationID: "o2"),
                PolicyQuery(userName: "ann", organizationSlug: "one"),
            ]
            for _ in 0..<2 {
                let cached = try bench.cached.load(queries)
                let direct = try bench.direct.load(queries)
                #expect(cached == direct)
            }
            #expect(bench.spy.loadedNames.count == 3)
        }
    }

    @Test(.enabled(if: Engine.available.contains(.postgres))) func `a new connection trusts nothing that was kept over the old one`() throws
    {
        try with(.postgres) { (bench) throws in
            _ = try bench.cached.load(Self.queries())
            // What another server has was never written down here.
            try bench.connection.script(
                """
                ALTER TABLE radcheck DISABLE TRIGGER USER; UPDATE radcheck SET value = 'restored' WHERE username = 'ann';
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            let after = try bench.cached.load(Self.queries(["ann"]))
            #expect(after[0].checks.map(\.value) == ["restored"])
        }
    }

    @Test(arguments: Engine.available) func `no more users than the capacity are kept, and none with zero`(_ engine: Engine) throws {
        try with(engine, capacity: 2) { (bench) throws in
            for _ in 0..<2 { _ = try bench.cached.load(Self.queries(["ann", "bob", "cyd"])) }
            // The third user let the first two go.
            #expect(bench.spy.loadedNames == ["ann", "bob", "cyd", "ann", "bob"])
        }
        try with(engine, capacity: 0) { (bench) throws in
            for _ in 0..<2 { _ = try bench.cached.load(Self.queries(["ann"])) }
            #expect(bench.spy.loadedNames == ["ann", "ann"])
        }
    }
}
