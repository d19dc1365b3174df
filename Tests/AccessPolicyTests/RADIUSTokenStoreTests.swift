import Accounts
import Composition
import Database
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import AccessPolicy

@Suite struct RADIUSTokenStoreTests {
    /// A database with the organizations `cafe` and `bar` and the user `bob`, `bob@example.org`.
    private func withBob(
        _ engine: TestDatabase.Engine, _ body: (any DatabaseConnection, RADIUSTokenStore, TestDatabase) throws -> Void
    ) throws {
        try TestDatabase.with(engine, schema: Schema.migrations) { database in
            let connection = try database.engine.connect(.general)
            try connection.script(
                """
                INSERT INTO radian_organization (id, name, slug, created, modified) VALUES ('cafe', 'Café', 'cafe', 0, 0), ('bar', 'Bar', 'bar', 0, 0);
                INSERT INTO radian_user (id, username, email, phone_number, created, modified)
                    VALUES ('1', 'bob', 'Bob@example.org', '+393664255801', 0, 0);
                INSERT INTO radian_organization_user (organization_id, user_id, created) VALUES ('cafe', '1', 0), ('bar', '1', 0);
                INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob', 'Cleartext-Password', ':=', 'hello');
                INSERT INTO radian_registered_user (user_id, organization_id, method, is_verified, modified) VALUES ('1', 'cafe', 'email', 1, 0)
                """)
            try body(connection, RADIUSTokenStore(connection), database)
        }
    }

    @Test("a disposable token is new each time, a lasting one stays", arguments: TestDatabase.Engine.available)
    func renewal(engine: TestDatabase.Engine) throws {
        try withBob(engine) { _, store, _ in
            let first = try store.renew(
                userID: "1", organizationID: "cafe", isDisposable: true, canAuthenticate: false, isPasswordBased: nil, at: 100)
            #expect(first.key.count == 40)
            #expect(try store.token(userID: "1") == first)
            let second = try store.renew(
                userID: "1", organizationID: "cafe", isDisposable: true, canAuthenticate: true, isPasswordBased: true, at: 200)
            #expect(second.key != first.key)
            let third = try store.renew(
                userID: "1", organizationID: "cafe", isDisposable: false, canAuthenticate: true, isPasswordBased: false, at: 300)
            #expect(third.key == second.key)
            #expect(third.isPasswordBased == false)
            #expect(third.previousOrganizationID == nil)
        }
    }

    @Test("another organization's login ends the newest session of the old one", arguments: TestDatabase.Engine.available)
    func switching(engine: TestDatabase.Engine) throws {
        try withBob(engine) { connection, store, _ in
            try connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, organization_id) VALUES
                    ('a', 'a', 'bob', {{inet '10.0.0.1'}}, {{timestamp 10}}, 'cafe'), ('b', 'b', 'bob', {{inet '10.0.0.1'}}, {{timestamp 20}}, 'cafe'),
                    ('c', 'c', 'bob', {{inet '10.0.0.1'}}, {{timestamp 30}}, 'bar'), ('d', 'd', 'eve', {{inet '10.0.0.1'}}, {{timestamp 40}}, 'cafe')
                """)
            for (organization, epoch) in [("cafe", Int64(50)), ("bar", 60)] {
                _ = try store.renew(
                    userID: "1", organizationID: organization, isDisposable: true, canAuthenticate: true, isPasswordBased: true, at: epoch)
            }
            let ended = try connection.rows(
                Statement("SELECT acctuniqueid, {{epoch acctstoptime}}, acctterminatecause FROM radacct WHERE acctstoptime IS NOT NULL")
            ) { (row) throws(DatabaseError) in [row.text(0), row.text(1), row.text(2)] }
            #expect(ended == [["b", "60", "NAS_Request"]])
        }
    }

    @Test("one of many servers uses the token up, and its station may repeat", arguments: TestDatabase.Engine.available)
    func spending(engine: TestDatabase.Engine) throws {
        try withBob(engine) { connection, store, database in
            let key = try store.renew(
                userID: "1", organizationID: "cafe", isDisposable: true, canAuthenticate: true, isPasswordBased: true, at: 100
            ).key
            let spending = UserTokenSpending(KeptConnection(database.engine, .packets))
            func use(_ station: String, _ epoch: Int64) -> UserTokenUse { UserTokenUse(key: key, station: station, epoch: epoch) }
            #expect(try spending.spend([use("phone gate", 1000), use("laptop gate", 1000)]) == [true, false])
            #expect(try spending.spend([use("phone gate", 1030), use("phone gate", 1031), use("", 1001)]) == [true, false, false])

            let loader = PolicyLoader(KeptConnection(database.engine, .packets)) { _ in nil }
            let token = try loader.load([PolicyQuery(userName: "bob")])[0].token
            var spent = UserToken(key: key, organizationID: "cafe", canAuthenticate: false, spentAt: 1000, spentBy: "phone gate")
            spent.isPasswordBased = true
            #expect(token == spent)
            try store.disable(usernames: ["nobody", "bob"])
            #expect(try store.token(userID: "1")?.canAuthenticate == false)
        }
    }

    @Test("two devices log in at once: the first's token stays good for a moment", arguments: TestDatabase.Engine.available)
    func overlap(engine: TestDatabase.Engine) throws {
        try withBob(engine) { _, store, database in
            func renew(_ organization: String = "cafe", disposable: Bool = true, at epoch: Int64) throws -> String {
                try store.renew(
                    userID: "1", organizationID: organization, isDisposable: disposable, canAuthenticate: true, isPasswordBased: true,
                    at: epoch
                ).key
            }
            let loader = PolicyLoader(KeptConnection(database.engine, .packets)) { _ in nil }
            func earlier() throws -> UserToken.Earlier? { try loader.load([PolicyQuery(userName: "bob")])[0].token?.earlier }
            let spending = UserTokenSpending(KeptConnection(database.engine, .packets))
            func spend(_ key: String, _ station: String, at epoch: Int64) throws -> Bool {
                try spending.spend([UserTokenUse(key: key, station: station, epoch: epoch)]) == [true]
            }

            let phone = try renew(at: 1000)
            #expect(try earlier() == nil)
            let laptop = try renew(at: 1001)
            #expect(try earlier() == UserToken.Earlier(key: phone, replacedAt: 1001))
            #expect(try spend(laptop, "laptop gate", at: 1002))
            #expect(try spend(phone, "phone gate", at: 1003))
            #expect(try spend(phone, "phone gate", at: 1004))
            for station in ["thief gate", ""] { #expect(try !spend(phone, station, at: 1004)) }
            #expect(try !spend("", "phone gate", at: 1004))

            // That of the laptop was used, so nothing stays of it.
            let third = try renew(at: 1005)
            #expect(try earlier() == nil)
            #expect(try !spend(laptop, "laptop gate", at: 1006))
            _ = try renew(at: 1010)
            #expect(try !spend(third, "tablet gate", at: 1041))
            #expect(try spend(third, "", at: 1040))
            for station in ["", "tablet gate"] { #expect(try !spend(third, station, at: 1040)) }

            // Nor outside its organization, when it goes on, or once sessions of the user stop.
            _ = try renew("bar", at: 1050)
            #expect(try earlier() == nil)
            _ = try renew("bar", disposable: false, at: 1051)
            #expect(try earlier() == nil)
            _ = try renew("bar", at: 1052)
            #expect(try earlier() != nil)
            try store.disable(usernames: ["bob"])
            #expect(try earlier() == nil)
        }
    }

    @Test("a name that nobody has is looked for among addresses and numbers", arguments: TestDatabase.Engine.available)
    func aliases(engine: TestDatabase.Engine) throws {
        try withBob(engine) { connection, _, database in
            let loader = PolicyLoader(KeptConnection(database.engine, .packets)) { _ in nil }
            func query(_ name: String) -> PolicyQuery { PolicyQuery(userName: name, aliases: NameAliases.of(name, phonePrefixes: ["+39"])) }
            let names = ["BOB@example.org", "bob", "3664255801", "eve@example.org", "+393664255801"]
            let policies = try loader.load(names.map(query))
            #expect(policies.map(\.userName) == ["bob", nil, "bob", nil, "bob"])
            #expect(policies.map { $0.checks.count } == [1, 1, 1, 0, 1])
            #expect(policies[0].account?.registrations == [IdentityRegistration(organizationID: "cafe", method: "email", isVerified: true)])
            // Rows of that very name come first: they are FreeRADIUS's.
            try connection.script(
                "INSERT INTO radcheck (username, attribute, op, value) VALUES ('bob@example.org', 'NT-Password', ':=', 'x')")
            #expect(try loader.load([query("bob@example.org")])[0].checks.map(\.attribute) == ["NT-Password"])
        }
    }
}
