import Accounts
import Composition
import Database
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import AccessPolicy

@Suite struct PolicyLoaderTests {
    typealias Engine = TestDatabase.Engine

    /// A migrated database after a script, and a loader over it that knows the organizations `one` and `two`.
    private func with(
        _ engine: Engine, _ script: String, _ body: (PolicyLoader, any DatabaseConnection, SwitchableEngine) throws -> Void
    ) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.general)
            if !script.isEmpty { try connection.script(script) }
            let switchable = SwitchableEngine(database.engine)
            try body(
                PolicyLoader(KeptConnection(switchable, .packets)) { ["one": "id-one", "two": "id-two"][$0] }, connection, switchable)
        }
    }

    private static func checks(_ policy: UserPolicy) -> [String] { policy.checks.map { "\($0.attribute) \($0.op) \($0.value)" } }

    @Test(arguments: Engine.available) func `a batch of known and unknown names answers each in its place`(_ engine: Engine) throws {
        let script = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Cleartext-Password', ':=', 'b1'), ('alice', 'NT-Password', ':=', 'a'),
                ('bob', 'NAS-Port', '==', '7'), ('Bob', 'Cleartext-Password', ':=', 'other'), ('', 'Cleartext-Password', ':=', 'empty');
            INSERT INTO radreply (username, attribute, op, value) VALUES ('bob', 'Session-Timeout', '=', '60'), ('carol', 'Reply-Message', '=', 'hi')
            """
        try with(engine, script) { (loader, _, switchable) throws in
            let names = [
                "nobody", "bob", "o'neil; \"--", "alice", "bob", "b\u{0}ob", "Bob", "", "carol", "{bob,alice}", "NULL", "back\\slash", "ü",
            ]
            let policies = try loader.load(names.map { PolicyQuery(userName: $0) })
            #expect(policies.count == names.count)
            let bob = ["Cleartext-Password := b1", "NAS-Port == 7"]
            #expect(
                policies.map(Self.checks) == [
                    [], bob, [], ["NT-Password := a"], bob, [], ["Cleartext-Password := other"], ["Cleartext-Password := empty"], [], [],
                    [], [], [],
                ])
            #expect(policies.map { $0.replies.map(\.value) } == [[], ["60"], [], [], ["60"], [], [], [], ["hi"], [], [], [], []])
            #expect(policies[1].checks.map(\.table) == [.radcheck, .radcheck])
            #expect(policies[1].replies.map(\.table) == [.radreply])
            #expect(policies.allSatisfy { $0.groups.isEmpty && $0.openSessions == nil && $0.account == nil && !$0.isAmbiguous })
            #expect(try loader.load([]) == [])
            #expect(switchable.connectionAttempts == 1)
        }
    }

    @Test(arguments: Engine.available) func `names that look the same and are different bytes are different users`(_ engine: Engine) throws
    {
        let (composed, decomposed) = ("ren\u{e9}", "rene\u{301}")
        let script = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('\(composed)', 'Cleartext-Password', ':=', 'composed'),
                ('\(decomposed)', 'Cleartext-Password', ':=', 'decomposed')
            """
        try with(engine, script) { (loader, _, _) throws in
            for names in [[composed, decomposed], [decomposed, composed]] {
                let policies = try loader.load(names.map { PolicyQuery(userName: $0) })
                let values = policies.map { $0.checks.map(\.value) }
                #expect(
                    values
                        == (names[0].utf8.count == composed.utf8.count ? [["composed"], ["decomposed"]] : [["decomposed"], ["composed"]]))
            }
        }
    }

    @Test(arguments: Engine.available) func `the age of an account's password comes along and begins anew with a change`(_ engine: Engine)
        throws
    {
        let script = """
            INSERT INTO radian_organization (id, name, slug, created, modified) VALUES ('id-one', 'One', 'one', 0, 0);
            INSERT INTO radian_user (id, username, is_active, is_staff, password_updated, created, modified) VALUES
                ('1', 'bob', 1, 1, 20000, 0, 0), ('2', 'eve', 1, 0, NULL, 0, 0);
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'NT-Password', ':=', 'a'), ('eve', 'NT-Password', ':=', 'b');
            INSERT INTO radian_radius_token (user_id, key, organization_id, can_auth, password_based, created) VALUES
                ('1', 'k1', 'id-one', 1, 0, 0), ('2', 'k2', 'id-one', 1, NULL, 0)
            """
        try with(engine, script) { (loader, _, _) throws in
            let queries = ["bob", "eve"].map { PolicyQuery(userName: $0) }
            let policies = try loader.load(queries)
            #expect(policies.map { $0.account?.passwordUpdatedDay } == [20_000, nil])
            #expect(policies.map { $0.account?.isStaff } == [true, false])
            #expect(policies.map { $0.token?.isPasswordBased } == [false, nil])
            try loader.change([ChangedRow(row: policies[0].checks[0], value: "c")])
            let changed = try loader.load(queries)
            #expect(changed[0].checks.map(\.value) == ["c"])
            #expect(try #require(changed[0].account?.passwordUpdatedDay) > 20_000)
            #expect(changed[1] == policies[1])
        }
    }

    @Test(arguments: Engine.available) func `groups stand by priority, then in the order of their rows`(_ engine: Engine) throws {
        let script = """
            INSERT INTO radusergroup (username, groupname, priority) VALUES ('bob', 'last', 9), ('bob', 'b', 1), ('bob', 'a', 1), ('bob', 'first', -1),
                ('alice', 'a', 1), ('bob', 'empty', 5);
            INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('a', 'NAS-Port', '==', '1'), ('b', 'NAS-Port', '==', '2'),
                ('elsewhere', 'NAS-Port', '==', '3');
            INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('a', 'Reply-Message', '+=', 'a1'), ('last', 'Reply-Message', '=', 'l'),
                ('a', 'Reply-Message', '+=', 'a2')
            """
        try with(engine, script) { (loader, _, _) throws in
            let policies = try loader.load([PolicyQuery(userName: "bob"), PolicyQuery(userName: "alice")])
            #expect(policies[0].groups.map(\.name) == ["first", "b", "a", "empty", "last"])
            #expect(policies[0].groups.map(\.priority) == [-1, 1, 1, 5, 9])
            #expect(policies[0].groups.map { $0.checks.map(\.value) } == [[], ["2"], ["1"], [], []])
            #expect(policies[0].groups.map { $0.replies.map(\.value) } == [[], [], ["a1", "a2"], [], ["l"]])
            #expect(policies[1].groups.map(\.name) == ["a"])
            #expect(policies[1].groups[0].replies.map(\.table) == [.radgroupreply, .radgroupreply])
        }
    }

    @Test(arguments: Engine.available) func `profiles come with their groups`(_ engine: Engine) throws {
        let script = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'User-Profile', ':=', 'gold'), ('carol', 'user-profile', ':=', 'silver');
            INSERT INTO radusergroup (username, groupname, priority) VALUES ('gold', 'fast', 2), ('gold', 'vip', 1), ('silver', 'slow', 1),
                ('everyone', 'base', 1), ('alice', 'slow', 1), ('dave', 'sponsored', 1);
            INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('sponsored', 'User-Profile', ':=', 'gold');
            INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES ('fast', 'Session-Timeout', '=', '1'), ('base', 'Session-Timeout', '=', '2'),
                ('slow', 'Session-Timeout', '=', '3')
            """
        try with(engine, script) { (loader, _, _) throws in
            let names = ["bob", "alice", "carol", "nobody", "gold"]
            let policies = try loader.load(names.map { PolicyQuery(userName: $0, defaultProfile: "everyone") })
            #expect(
                policies.map { $0.profiles.keys.sorted() } == [
                    ["everyone", "gold"], ["everyone"], ["everyone", "silver"], ["everyone"], ["everyone"],
                ])
            #expect(policies[0].profiles["gold"]?.map(\.name) == ["vip", "fast"])
            #expect(policies[0].profiles["gold"]?[1].replies.map(\.value) == ["1"])
            #expect(policies[2].profiles["silver"]?.first?.replies.map(\.value) == ["3"])
            #expect(policies.map { $0.profiles["everyone"]?.first?.replies.map(\.value) } == Array(repeating: ["2"], count: 5))
            #expect(policies.map { $0.groups.map(\.name) } == [[], ["slow"], [], [], ["vip", "fast"]])
            let dave = try loader.load([PolicyQuery(userName: "dave")])[0]
            #expect(dave.profiles["gold"]?.map(\.name) == ["vip", "fast"])
            let without = try loader.load([PolicyQuery(userName: "alice")])
            #expect(without[0].profiles.isEmpty)
        }
    }

    @Test(arguments: Engine.available) func `rows of other organizations are not seen`(_ engine: Engine) throws {
        let script = """
            INSERT INTO radcheck (username, attribute, op, value, organization_id) VALUES ('bob', 'Cleartext-Password', ':=', 'shared', NULL),
                ('bob', 'Cleartext-Password', ':=', 'one', 'id-one'), ('bob', 'Cleartext-Password', ':=', 'two', 'id-two'),
                ('alice', 'Cleartext-Password', ':=', 'one', 'id-one'), ('dave', 'Cleartext-Password', ':=', 'shared', NULL);
            INSERT INTO radreply (username, attribute, op, value, organization_id) VALUES ('bob', 'Class', '=', 'one', 'id-one'), ('bob', 'Class', '=', 'two', 'id-two');
            INSERT INTO radusergroup (username, groupname, priority, organization_id) VALUES ('bob', 'g', 1, 'id-one'), ('bob', 'h', 1, 'id-two'),
                ('carol', 'g', 1, 'id-one'), ('carol', 'g', 1, 'id-two');
            INSERT INTO radgroupreply (groupname, attribute, op, value, organization_id) VALUES ('g', 'Class', '=', 'g1', 'id-one'), ('g', 'Class', '=', 'g2', 'id-two')
            """
        try with(engine, script) { (loader, _, _) throws in
            func load(_ name: String, nas: String? = nil, realm: String? = nil) throws -> UserPolicy {
                try #require(try loader.load([PolicyQuery(userName: name, organizationID: nas, organizationSlug: realm)]).first)
            }
            let one = try load("bob", nas: "id-one")
            #expect(one.checks.map(\.value) == ["shared", "one"])
            #expect(one.checks.map(\.organizationID) == [nil, "id-one"])
            #expect(one.replies.map(\.value) == ["one"])
            #expect(one.groups.map(\.name) == ["g"])
            #expect(one.groups[0].replies.map(\.value) == ["g1"])
            #expect(!one.isAmbiguous)
            #expect(try load("bob", realm: "two").checks.map(\.value) == ["shared", "two"])
            // The realm says more than the NAS does.
            #expect(try load("bob", nas: "id-one", realm: "two").checks.map(\.value) == ["shared", "two"])
            #expect(try load("alice", nas: "id-two").checks == [])
            #expect(try load("alice").checks.map(\.value) == ["one"])
            #expect(try !load("alice").isAmbiguous)
            #expect(try load("bob").isAmbiguous)
            #expect(try load("carol").isAmbiguous)
            #expect(try !load("dave").isAmbiguous)
            // Different askers in one batch do not mix.
            let both = try loader.load([
                PolicyQuery(userName: "bob", organizationID: "id-two"), PolicyQuery(userName: "bob", organizationID: "id-one"),
            ])
            #expect(both.map { $0.replies.map(\.value) } == [["two"], ["one"]])
        }
    }

    @Test(arguments: Engine.available) func `the account says whether it is active, until when, and where it belongs`(_ engine: Engine)
        throws
    {
        try with(engine, "") { (loader, connection, _) throws in
            let users = UserStore(connection)
            let bob = User(username: "bob", isActive: false, expiresAt: 4_102_444_800)
            try users.add(bob)
            try users.add(User(username: "alice"))
            var ids: [String] = []
            for slug in ["a", "b"] {
                let organization = Organization(name: slug, slug: slug)
                ids.append(organization.id)
                try OrganizationStore(connection).add(organization)
                try users.join(bob, organization: organization)
            }
            let policies = try loader.load(["bob", "alice", "nobody"].map { PolicyQuery(userName: $0) })
            let state = try #require(policies[0].account)
            #expect(state.userID == bob.id)
            #expect(!state.isActive)
            #expect(state.expiresAt == 4_102_444_800)
            #expect(state.organizationIDs.sorted() == ids.sorted())
            #expect(policies[1].account?.isActive == true)
            #expect(policies[1].account?.expiresAt == nil)
            #expect(policies[1].account?.organizationIDs == [])
            #expect(policies[2].account == nil)
        }
    }

    private static let sessions = """
        {{postgres: INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, callingstationid, framedipaddress)
            SELECT s, s, u, n::inet, to_timestamp(b), to_timestamp(e), c, NULLIF(f, '')::inet FROM}}
        {{sqlite: INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, callingstationid, framedipaddress)
            SELECT column1, column2, column3, column4, column5, column6, column7, column8 FROM}}
        (VALUES ('s1', 's1', 'limited', '192.0.2.1', 1000, NULL, 'mac1', '10.0.0.1'), ('s2', 's2', 'limited', '192.0.2.1', 2000, NULL, '', ''),
            ('s3', 's3', 'limited', '192.0.2.1', 3000, 3500, 'mac3', ''), ('s4', 's4', 'free', '192.0.2.1', 1000, NULL, '', ''),
            ('s5', 's5', 'grouped', '192.0.2.1', 1000, NULL, '', ''), ('s6', 's6', 'profiled', '192.0.2.1', 1000, NULL, '', ''),
            ('s7', 's7', 'lowercase', '192.0.2.1', 1000, NULL, '', '')) {{postgres: AS v (s, x, u, n, b, e, c, f)}};
        INSERT INTO radcheck (username, attribute, op, value) VALUES ('limited', 'Simultaneous-Use', ':=', '1'),
            ('free', 'Cleartext-Password', ':=', 'x'), ('profiled', 'User-Profile', ':=', 'p'), ('lowercase', 'simultaneous-use', ':=', '1');
        INSERT INTO radusergroup (username, groupname, priority) VALUES ('grouped', 'g', 1), ('p', 'g', 1), ('everyone', 'g', 1);
        INSERT INTO radgroupcheck (groupname, attribute, op, value) VALUES ('g', 'Simultaneous-Use', ':=', '1')
        """

    @Test(arguments: Engine.available) func `open sessions are loaded for whom they are limited, and for nobody else`(_ engine: Engine)
        throws
    {
        try with(engine, Self.sessions) { (loader, _, _) throws in
            let names = ["limited", "free", "grouped", "profiled", "lowercase", "nobody"]
            let policies = try loader.load(names.map { PolicyQuery(userName: $0) })
            let ids = policies.map { $0.openSessions?.map(\.acctSessionID) }
            #expect(ids == [["s1", "s2"], nil, ["s5"], ["s6"], ["s7"], nil])
            #expect(
                policies[0].openSessions == [
                    OpenSession(acctSessionID: "s1", nasAddress: "192.0.2.1", callingStationID: "mac1", framedIPAddress: "10.0.0.1"),
                    OpenSession(acctSessionID: "s2", nasAddress: "192.0.2.1"),
                ])
            let alone = try loader.load([PolicyQuery(userName: "profiled")])
            #expect(alone[0].openSessions?.map(\.acctSessionID) == ["s6"])
            // A default profile with a limit limits everyone.
            let everyone = try loader.load(["free", "nobody"].map { PolicyQuery(userName: $0, defaultProfile: "everyone") })
            #expect(everyone.map { $0.openSessions?.map(\.acctSessionID) } == [["s4"], []])
        }
    }

    @Test(arguments: Engine.available) func `sessions from before the NAS was reloaded do not count`(_ engine: Engine) throws {
        try with(engine, Self.sessions) { (loader, connection, _) throws in
            func open() throws -> [String]? {
                try loader.load([PolicyQuery(userName: "limited")])[0].openSessions?.map(\.acctSessionID)
            }
            try connection.script(
                "INSERT INTO nasreload (nasipaddress, reloadtime) VALUES ('192.0.2.2', {{timestamp 9000}}), ('192.0.2.1', {{timestamp 1500}})"
            )
            #expect(try open() == ["s2"])
            try connection.script("UPDATE nasreload SET reloadtime = {{timestamp 2000}}")
            #expect(try open() == [])
        }
    }

    @Test(arguments: Engine.available) func `a changed password replaces one row's value`(_ engine: Engine) throws {
        let script = """
            INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'NT-Password', ':=', 'old'), ('bob', 'NAS-Port', '==', '7')
            """
        try with(engine, script) { (loader, _, _) throws in
            let before = try loader.load([PolicyQuery(userName: "bob")])[0]
            try loader.change([ChangedRow(row: before.checks[0], value: "new 'one'")])
            #expect(try loader.load([PolicyQuery(userName: "bob")])[0].checks.map(\.value) == ["new 'one'", "7"])
            try loader.change(zip(before.checks, ["x", "8"]).map { ChangedRow(row: $0, value: $1) })
            #expect(try loader.load([PolicyQuery(userName: "bob")])[0].checks.map(\.value) == ["x", "8"])
        }
    }

    @Test(arguments: Engine.available) func `a database that is away is unavailable, one without tables has failed`(_ engine: Engine) throws
    {
        try with(engine, "") { (loader, connection, switchable) throws in
            _ = try loader.load([PolicyQuery(userName: "bob")])
            switchable.cutConnections()
            _ = try loader.load([PolicyQuery(userName: "bob")])
            try connection.script("ALTER TABLE radreply RENAME TO elsewhere")
            let failed = #expect(throws: StoreError.self) { try loader.load([PolicyQuery(userName: "bob")]) }
            guard case .failed = failed else {
                Issue.record("\(String(describing: failed))")
                return
            }
            try connection.script("ALTER TABLE elsewhere RENAME TO radreply")
            _ = try loader.load([PolicyQuery(userName: "bob")])
            switchable.takeAway()
            let away = #expect(throws: StoreError.self) { try loader.load([PolicyQuery(userName: "bob")]) }
            guard case .unavailable = away else {
                Issue.record("\(String(describing: away))")
                return
            }
        }
    }

    @Test(arguments: Engine.available) func `no look-up reads a whole table`(_ engine: Engine) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { (database) throws in
            let connection = try database.engine.connect(.packets)
            let fill = """
                {{postgres: generate_series(1, 10000) AS n (i)}}
                {{sqlite: (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n) AS n}}
                """
            try connection.script(
                """
                INSERT INTO radcheck (username, attribute, op, value) SELECT 'user' || i, 'Cleartext-Password', ':=', 'x' FROM \(fill);
                INSERT INTO radreply (username, attribute, op, value) SELECT 'user' || i, 'Session-Timeout', '=', '1' FROM \(fill);
                INSERT INTO radusergroup (username, groupname, priority) SELECT 'user' || i, 'group' || (i % 100), 1 FROM \(fill);
                INSERT INTO radgroupcheck (groupname, attribute, op, value) SELECT 'group' || i, 'NAS-Port', '==', '1' FROM \(fill);
                INSERT INTO radgroupreply (groupname, attribute, op, value) SELECT 'group' || i, 'Class', '=', '1' FROM \(fill);
                INSERT INTO radian_user (id, username, created, modified) SELECT i, 'user' || i, 0, 0 FROM \(fill);
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime)
                    SELECT i, i, 'user' || (i % 1000), {{inet '10.0.0.1'}}, {{timestamp i}}, CASE WHEN i % 10 > 0 THEN {{timestamp i}} END FROM \(fill);
                INSERT INTO radian_usage_user (username, zone, hours_back, days_back, granted) SELECT 'user' || i, 'GMT', 24, 31, '{}' FROM \(fill);
                INSERT INTO radian_usage (username, grain, began, seconds, input_octets, output_octets)
                    SELECT 'user' || i, 0, 0, 1, 1, 1 FROM \(fill);
                INSERT INTO radian_usage_stamp (username, stamp) SELECT 'user' || i, i FROM \(fill);
                INSERT INTO radian_quota (scope, subject, measure, period, amount, action, created)
                    SELECT CASE WHEN i % 2 = 0 THEN 'user' ELSE 'group' END, 'user' || i, 'time', 'daily', 1, 'disconnect', 0 FROM \(fill);
                ANALYZE
                """)
            for (statement, parameters) in [
                (PolicyLoader.loadUsers, 4), (PolicyLoader.loadMemberships, 1), (PolicyLoader.loadOpenSessions, 1),
            ] {
                let plan = try connection.plan(of: statement, parameters: parameters)
                #expect(plan.joined().contains("username"))
                #expect(plan.filter(Self.isScan) == [], "\(plan.joined(separator: "\n"))")
            }
        }
    }

    /// Whether a step reads a whole table, beside the statement's own intermediate ones and its argument.
    private static func isScan(_ step: String) -> Bool {
        if step.contains("Seq Scan") { return true }
        let words = step.split(separator: " ")
        return words.first == "SCAN" && words.count > 1 && !["c", "m", "g", "r", "d", "json_each", "SUBQUERY"].contains(words[1])
    }
}
